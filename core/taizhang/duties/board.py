"""Duties of an organisation (待办): numbers for everybody, names for the community and below.

The names of those who have not done what they have to are for their community: whoever asks from above
one (a county, a street) gets numbers only. What a community is, is said by the store's setting
``communities``, or else it is the lowest on the way up that the hierarchy declares to be one, or else the top.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from taizhang.declarations.duties import Duty, State
from taizhang.duties.belonging import below, every, holds, of_selection, outsiders
from taizhang.duties.guarding import guarded
from taizhang.duties.predicates import literal, name
from taizhang.duties.standing import Compiler, iso
from taizhang.duties.windows import Window, containing, current
from taizhang.words.errors import Refused
from taizhang.words.labels import Label
from taizhang.words.nearest import unknown

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

T = TypeVar("T")

STATES: dict[State, Label] = {
    "overdue": Label("逾期", "overdue"),
    "missed": Label("未完成", "missed"),
    "exceeded": Label("超限", "exceeded"),
    "no_data": Label("无数据", "no data"),
    "due_soon": Label("将到期", "due soon"),
    "due": Label("待办", "due"),
    "done": Label("已完成", "done"),
}
"""The states with their words, the most pressing first."""

PRESSING: tuple[State, ...] = ("overdue", "missed", "exceeded", "no_data", "due_soon")
"""States that somebody has to look at."""


@dataclass(frozen=True, slots=True)
class DutyCounts:
    """A duty in a window in one subtree: how many are in each state.

    ``organisation`` None is everybody in the store, the empty text those who belong to none of its own
    organisations.
    """

    window: Window
    organisation: str | None
    counts: dict[State, int] = field(default_factory=dict)

    @property
    def obliged(self) -> int:
        """Tells how many have the duty."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """Tells how many have done it."""
        return self.counts.get("done", 0)

    @property
    def share(self) -> float | None:
        """Tells how many of them have done it, 0 to 1; None where nobody has the duty, or who has done it is
        no longer among them.
        """
        counted = self.obliged and self.window.version.counts
        return self.done / self.obliged if counted else None


@dataclass(frozen=True, slots=True)
class Standing:
    """The standing of one in a duty: ``value`` of ``needed``, ``due`` the last day."""

    window: Window
    kind: str
    id: str
    state: State
    value: int | None
    needed: int
    due: dt.date | None
    organisation: str | None = None
    lacking: tuple[str, ...] = ()
    """Of a duty for each of several choices those that are not done."""


def duties_of(ledger: LedgerView, names: Sequence[str] | None = None) -> list[Duty]:
    """The duties that are declared, or those called so (the whole name, or its last part)."""
    every = [d for _, d in sorted(ledger.registry.duties.items())]
    if names is None:
        return every
    found = []
    for wanted in names:
        some = [d for d in every if wanted in (d.name, d.name.rpartition(".")[2])]
        some = [d for d in some if d.name == wanted] or some
        if not some:
            raise unknown(
                "没有职责 {name}；已有 {known}|there is no duty {name}; there are {known}",
                wanted,
                {d.name: d.label for d in every},
            )
        found += some
    return found


def windows_of(
    ledger: LedgerView, names: Sequence[str] | None = None, day: dt.date | None = None
) -> list[Window]:
    """Of each duty the window that ended last and the one that runs on the ledger's day; with ``day``
    the one in which that day lies. Windows that have not begun are not looked at, nor those that ended before the
    books began, unless somebody looks at a day before that.

    Args:
        ledger: The ledger at its two clocks.
        names: The duties asked for, all if not given.
        day: A day of the window asked for.
    """
    found: list[Window] = []
    opening = ledger.registry.opening
    begins = dt.date.min if opening is None or ledger.on < opening else opening
    for duty in duties_of(ledger, names):
        if day is None:
            found += [w for w in current(duty, ledger.on) if not w.closed(begins)]
        elif (window := containing(duty, day)) is not None and window.begin <= ledger.on:
            found.append(window)
    return found


def tops(ledger: LedgerView) -> list[str]:
    """Lists the organisations at the top of the hierarchy on the ledger's day, outside ones left out."""
    registry, tree = ledger.registry, ledger.registry.hierarchy
    if tree is None:
        return []
    table, up = name(tree.table), name(tree.parent)
    outside = holds(registry, tree, tree.outside, iso(ledger.on), "o")
    rows = ledger.query(
        f"SELECT o.id FROM {table} o WHERE NOT {outside} AND (o.{up} IS NULL "
        f"OR NOT EXISTS (SELECT 1 FROM {table} p WHERE p.id = o.{up})) ORDER BY o.src"
    )
    return [r["id"] for r in rows]


def named(
    ledger: LedgerView, organisation: str | None, communities: Sequence[str] | None = None
) -> bool:
    """Tells if whoever asks from an organisation (None: of the whole store) is told names.

    Args:
        ledger: The ledger at its two clocks.
        organisation: From where it is asked.
        communities: The organisations that are told names, those of the hierarchy if not given.
    """
    registry, tree = ledger.registry, ledger.registry.hierarchy
    if organisation is None:
        top = tops(ledger)
        if len(top) != 1:
            return False
        organisation = top[0]
    if tree is None:
        return False
    day = iso(ledger.on)
    outside = holds(registry, tree, tree.outside, day, "o")
    if ledger.value(f"SELECT {outside} FROM {every(tree)} o WHERE o.id = ? LIMIT 1", organisation):
        return False
    table, up = name(tree.table), name(tree.parent)
    if communities is not None:
        climbed = ledger.query(
            f"WITH RECURSIVE up(id) AS (SELECT ? UNION SELECT o.{up} FROM up "
            f"JOIN {table} o ON o.id = up.id WHERE o.{up} IS NOT NULL) SELECT id FROM up",
            organisation,
        )
        return any(r["id"] in communities for r in climbed)
    under = ledger.value(
        f"WITH RECURSIVE below(child, id) AS ({below(registry, organisation, day)}) "
        f"SELECT 1 FROM below b JOIN {table} o ON o.id = b.id WHERE o.id <> ? "
        f"AND {holds(registry, tree, tree.community, day, 'o')} LIMIT 1",
        organisation,
    )
    return under is None


def numbers(
    ledger: LedgerView, window: Window, organisation: str | None = None
) -> list[DutyCounts]:
    """A duty in a window: the whole subtree of an organisation (the store, when None), then each of
    its children with anyone obliged; of the store also those who belong to none of these, but not
    those who belong outside.

    Args:
        ledger: The ledger at its two clocks.
        window: The window of a duty.
        organisation: Whose subtree is counted; the whole store if not given.
    """
    compiler = Compiler(ledger.registry.tables, window, ledger.on)
    belonging = of_selection(ledger.registry, window.version.who, compiler.day)
    whole = ""
    if organisation is None:
        whole = (
            " UNION ALL SELECT NULL AS child, state, count(*) AS n FROM standing WHERE entity NOT IN "
            "(SELECT entity FROM outsiders) GROUP BY state "
            "UNION ALL SELECT '' AS child, state, count(*) AS n FROM standing WHERE entity NOT IN "
            "(SELECT entity FROM outsiders UNION ALL "
            "SELECT h.entity FROM here h JOIN below b ON b.id = h.node) "
            "GROUP BY state"
        )
    rows = ledger.query(
        f"WITH RECURSIVE standing AS MATERIALIZED ({compiler.sql()}), "
        f"here AS MATERIALIZED (SELECT entity, node FROM ({belonging})), "
        f"outsiders AS MATERIALIZED ({outsiders(ledger.registry, 'SELECT * FROM here', compiler.day)}), "
        f"below(child, id) AS ({below(ledger.registry, organisation, compiler.day)}) "
        "SELECT b.child, s.state, count(DISTINCT s.entity) AS n FROM below b "
        "JOIN here h ON h.node = b.id JOIN standing s ON s.entity = h.entity "
        f"GROUP BY b.child, s.state{whole}"
    )
    lines: dict[str | None, DutyCounts] = {}
    for row in rows:
        child = row["child"]
        if organisation is not None and child == "":
            child = organisation
        lines.setdefault(child, DutyCounts(window, child)).counts[row["state"]] = row["n"]
    first = lines.pop(organisation, DutyCounts(window, organisation))
    return [first, *(lines[k] for k in sorted(lines, key=str))]


def people(
    ledger: LedgerView,
    window: Window,
    organisation: str | None = None,
    states: Sequence[State] = PRESSING,
    *,
    communities: Sequence[str] | None = None,
) -> list[Standing]:
    """Lists those in the subtree of an organisation who are in one of the states, the most pressing first.

    Raises :class:`Refused` for whoever asks from above a community.

    Args:
        ledger: The ledger at its two clocks.
        window: The window of a duty.
        organisation: Whose subtree is listed; the whole store if not given.
        states: The states asked for.
        communities: The organisations that are told names, those of the hierarchy if not given.
    """
    if not named(ledger, organisation, communities):
        raise Refused(
            "名单只给本社区及以下；在社区之上只看数目"
            "|names are for the community and below; from above there are numbers only"
        )
    compiler = Compiler(ledger.registry.tables, window, ledger.on)
    belonging = of_selection(ledger.registry, window.version.who, compiler.day)
    inside = "LEFT JOIN" if organisation is None else "JOIN"
    ours = ""
    if organisation is None:
        ours = f" AND s.entity NOT IN ({outsiders(ledger.registry, belonging, compiler.day)})"
    child = "" if organisation is None else " AND b.child = ''"
    rows = ledger.query(
        f"WITH RECURSIVE standing AS MATERIALIZED ({compiler.sql()}), "
        f"below(child, id) AS ({below(ledger.registry, organisation, compiler.day)}), "
        "here AS MATERIALIZED (SELECT h.entity, h.node, min(h.rank) AS rank "
        f"FROM ({belonging}) h JOIN below b ON b.id = h.node{child} GROUP BY h.entity) "
        f"SELECT s.entity, s.value, s.due, s.state, s.reached, h.node FROM standing s {inside} here h "
        f"ON h.entity = s.entity WHERE s.state IN ({', '.join(map(literal, states))}){ours}"
    )
    found = [_standing(compiler, window, row, row["node"]) for row in rows]
    called = ledger.names(compiler.kind, [s.id for s in found])
    founded: dict[str, int] = {}
    if (tree := ledger.registry.hierarchy) is not None:
        # In the order in which they were founded, which is how they are numbered: the first branch first.
        first = f"SELECT id, min(src) AS src FROM {every(tree)} GROUP BY id"
        founded = {r["id"]: r["src"] for r in ledger.query(first)}
    order = list(STATES)
    found.sort(
        key=lambda s: (
            order.index(s.state),
            s.due or dt.date.max,
            founded.get(s.organisation or "", 0),
            called.get(s.id, ""),
            s.id,
        )
    )
    return found


def states_of(
    ledger: LedgerView,
    kind: str,
    ids: Sequence[str],
    states: Sequence[State] = PRESSING,
    names: Sequence[str] | None = None,
) -> dict[str, list[Standing]]:
    """Tells how each of some entities stands in the duties of their kind: for a column beside a list.

    Args:
        ledger: The ledger at its two clocks.
        kind: The kind of the entities.
        ids: The entities.
        states: The states asked for.
        names: The duties asked for, all if not given.
    """
    found: dict[str, list[Standing]] = {}
    if not ids:
        return found
    for window in windows_of(ledger, names):
        work = partial(_of_ids, ledger, window, kind, ids, states)
        for standing in _guarded(ledger, window, work) or ():
            found.setdefault(standing.id, []).append(standing)
    order = list(STATES)
    for listed in found.values():
        listed.sort(key=lambda s: (order.index(s.state), s.due or dt.date.max, s.window.duty.name))
    return found


def _of_ids(
    ledger: LedgerView, window: Window, kind: str, ids: Sequence[str], states: Sequence[State]
) -> list[Standing]:
    compiler = Compiler(ledger.registry.tables, window, ledger.on, ids)
    if compiler.kind != kind:
        return []
    wanted = ", ".join(map(literal, states))
    return [
        _standing(compiler, window, row)
        for row in ledger.query(f"SELECT * FROM ({compiler.sql()}) WHERE state IN ({wanted})")
    ]


def board(
    ledger: LedgerView,
    organisation: str | None = None,
    names: Sequence[str] | None = None,
    day: dt.date | None = None,
) -> Iterator[list[DutyCounts]]:
    """For each duty and window its lines (:func:`numbers`), those without anyone obliged left out.

    Args:
        ledger: The ledger at its two clocks.
        organisation: Whose subtree is counted; the whole store if not given.
        names: The duties asked for, all if not given.
        day: A day of the window asked for; without it those of :func:`windows_of`.
    """
    for window in windows_of(ledger, names, day):
        lines = _guarded(ledger, window, partial(numbers, ledger, window, organisation))
        if lines is not None and lines[0].obliged:
            yield lines


def _guarded(ledger: LedgerView, window: Window, work: Callable[[], T]) -> T | None:
    duty = window.duty
    return guarded(ledger, duty.owner, f"职责 {duty.name}|the duty {duty.name}", work)


def _standing(
    compiler: Compiler, window: Window, row: Mapping[str, Any], organisation: str | None = None
) -> Standing:
    last = dt.date.fromisoformat(row["due"]) if row["due"] else window.end
    return Standing(
        window,
        compiler.kind,
        row["entity"],
        row["state"],
        row["value"],
        compiler.needed,
        last,
        organisation,
        compiler.lacking(row["reached"]),
    )


__all__ = [
    "PRESSING",
    "STATES",
    "DutyCounts",
    "Standing",
    "board",
    "duties_of",
    "named",
    "numbers",
    "people",
    "states_of",
    "tops",
    "windows_of",
]
