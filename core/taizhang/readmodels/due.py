"""Duties of an organisation (待办) for every client: lines with shares, the names behind them, a member's cell.

Typed rows with texts in one language; their fields in order are what programs are told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from taizhang.duties.board import PRESSING, STATES, board, named, people, states_of, windows_of
from taizhang.ledger.naming import called
from taizhang.readmodels.defining import Defining
from taizhang.readmodels.listing import DIM, DUE, OVERDUE, Columns, Link, Made, Row, bar, headed
from taizhang.readmodels.wording import lacking
from taizhang.words.errors import Refused
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.declarations.duties import State
    from taizhang.duties.board import DutyCounts, Standing
    from taizhang.ledger.view import LedgerView

EVERYBODY = Label("合计", "all")
OTHERS = Label("（其他）", "(others)")
"""Those who belong to no organisation of the store's own, or to outside ones only."""

WIDE = 12
"""Cells of the bar of a share."""

_MARKS: dict[State, str] = {
    "overdue": OVERDUE,
    "missed": OVERDUE,
    "exceeded": OVERDUE,
    "due_soon": DUE,
}
_URGENCY: dict[str | None, State] = {OVERDUE: "overdue", DUE: "due_soon", None: "due"}
"""As which state a mark counts."""


class DutyLine(Struct, frozen=True):
    """A duty in a window in one subtree. ``organisation`` None is everybody, empty all who belong to none
    of the store's own; ``share`` 0 to 1.
    """

    duty: str
    label: str
    source: str
    window: str
    begin: dt.date
    end: dt.date | None
    closed: bool
    organisation: str | None
    organisation_name: str
    obliged: int
    done: int
    share: float | None
    states: dict[State, int]
    definition: str
    """Who is obliged, what counts, in which window and whose they are, in one sentence."""

    @property
    def key(self) -> str:
        """Tells it from all other lines."""
        return f"{self.duty}/{self.begin}/{self.organisation}"

    @property
    def percent(self) -> str:
        """The share with one decimal, nothing where there is none."""
        return "" if self.share is None else f"{self.done / self.obliged * 100:.1f}%"


class Name(Struct, frozen=True):
    """The standing of one in a duty, with a name: ``value`` of ``needed``, ``due`` the last day."""

    duty: str
    label: str
    window: str
    state: State
    state_label: str
    entity: str
    id: str
    name: str
    organisation: str | None
    organisation_name: str | None
    value: int | None
    needed: int
    due: dt.date | None
    lacking: tuple[str, ...] = ()
    """Of a checklist the things that are not done."""

    @property
    def progress(self) -> str:
        """The progress: how much is done of how much."""
        if self.value is None:
            return ""
        return f"{self.value:,}/{self.needed:,}" if self.needed else f"{self.value:,}"


def communities_of(ledger: LedgerView, settings: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The organisations that the store's setting ``communities`` lists, by name or id; None where it
    says nothing.
    """
    listed = settings.get("communities")
    if not isinstance(listed, list):
        return None
    return tuple(
        id for text in map(str, listed) for id in ledger.called("organisation", text) or [text]
    )


def organisation_name(ledger: LedgerView, organisation: str | None, language: str = "zh") -> str:
    """Names the organisation of a line."""
    if not organisation:
        return (EVERYBODY if organisation is None else OTHERS).text(language)
    return ledger.names("organisation", [organisation]).get(organisation) or organisation


def duty_line(ledger: LedgerView, line: DutyCounts, language: str = "zh") -> DutyLine:
    """A line in words."""
    window, version = line.window, line.window.version
    return DutyLine(
        window.duty.name,
        version.label.text(language),
        version.source,
        window.label.text(language),
        window.begin,
        window.end,
        window.closed(ledger.on),
        line.organisation,
        organisation_name(ledger, line.organisation, language),
        line.obliged,
        line.done,
        None if line.share is None else round(line.share, 4),
        {s: line.counts.get(s, 0) for s in STATES},
        Defining(ledger.registry, language).duty(version),
    )


def names_of(ledger: LedgerView, standings: Sequence[Standing], language: str = "zh") -> list[Name]:
    """Lists those who stand somewhere, with their names."""
    kinds = {s.kind for s in standings}
    names = {k: ledger.names(k, sorted({s.id for s in standings if s.kind == k})) for k in kinds}
    there = ledger.names(
        "organisation", sorted({s.organisation for s in standings if s.organisation})
    )
    return [
        Name(
            s.window.duty.name,
            s.window.version.label.text(language),
            s.window.label.text(language),
            s.state,
            STATES[s.state].text(language),
            s.kind,
            s.id,
            clean(names[s.kind].get(s.id) or called(ledger, s.kind, s.id, language)),
            s.organisation,
            there.get(s.organisation) if s.organisation else None,
            s.value,
            s.needed,
            s.due,
            lacking(ledger, s, language),
        )
        for s in standings
    ]


class Due:
    """The duties of an organisation (None: of the store) in the windows that run and the ones that ended
    last, or with ``day`` in the ones in which it lies; ``duties`` None is all that are declared.
    """

    def __init__(
        self,
        ledger: LedgerView,
        organisation: str | None = None,
        duties: Sequence[str] | None = None,
        day: dt.date | None = None,
        communities: Sequence[str] | None = None,
        language: str = "zh",
    ) -> None:
        self.ledger, self.organisation, self.language = ledger, organisation, language
        self.communities = communities
        self._board = list(board(ledger, organisation, duties, day))

    @cached_property
    def lines(self) -> list[DutyLine]:
        """Of each duty and window the organisation's line, then those of its children."""
        return [duty_line(self.ledger, x, self.language) for some in self._board for x in some]

    @cached_property
    def told(self) -> bool:
        """Tells if whoever asks is told names."""
        return named(self.ledger, self.organisation, self.communities)

    @property
    def rest(self) -> bool:
        """Tells if somebody has not done all."""
        return any(lines[0].obliged > lines[0].done for lines in self._board)

    def names(self, states: Sequence[State] = PRESSING) -> list[Name]:
        """Lists those in one of the states, duty by duty; none where names are not told."""
        found: list[Standing] = []
        for lines in self._board if self.told else ():
            window, here = lines[0].window, self.organisation
            found += people(self.ledger, window, here, states, communities=self.communities)
        return names_of(self.ledger, found, self.language)

    def as_json(self, states: Sequence[State] = PRESSING) -> dict[str, Any]:
        """The whole answer; ``names`` null where whoever asks stands above a community."""
        return {
            "on": self.ledger.on.isoformat(),
            "known": self.ledger.known,
            "organisation": self.organisation,
            "lines": msgspec.to_builtins(self.lines),
            "names": msgspec.to_builtins(self.names(states)) if self.told else None,
        }


# Listings


def duties(
    read: Callable[[], LedgerView], organisation: str | None, text: str, language: str
) -> Made[DutyLine]:
    """Each duty in its windows: the organisation's line, then those of its children, indented.

    Args:
        read: Gives the ledger, on the thread that calls it.
        organisation: Whose subtree is counted; the whole store if None.
        text: What the lines have to hold.
        language: ``zh`` or ``en``.
    """

    def child(line: DutyLine) -> bool:
        return line.organisation != organisation

    def states(line: DutyLine) -> Iterator[tuple[str, str | None]]:
        for state, label in STATES.items():
            if state != "done" and (n := line.states[state]):
                yield f"{label.text(language)} {n:,}", _MARKS.get(state)

    def share(line: DutyLine) -> str:
        if line.share is None:
            return ""
        return f"{bar(line.done / line.obliged, 1, WIDE)} {line.percent:>6}"

    def paint(line: DutyLine, key: str, cells: tuple[str, ...]) -> Row:
        mark = DIM if child(line) else None
        pieces: list[tuple[str, str | None]] = []
        for said, how in states(line):
            pieces += [("  ", mark)] if pieces else []
            pieces.append((said, how or mark))
        return Row(key, cells, (mark,) * 6, {5: pieces})

    columns = headed(
        language,
        (
            *("duty", "职责 · 组织|Duty · organisation", 16, 34, "text"),
            lambda d: f"  {d.organisation_name}" if child(d) else d.label,
        ),
        ("window", "期|Window", 4, 16, "text", lambda d: "" if child(d) else d.window),
        ("share", "完成率|Done", WIDE + 7, WIDE + 7, "text", share),
        ("done", "完成|Done", 4, 8, "number", lambda d: f"{d.done:,}"),
        ("obliged", "应办|Obliged", 4, 8, "number", lambda d: f"{d.obliged:,}"),
        ("rest", "其余|The others", 6, 40, "text", lambda d: "  ".join(w for w, _ in states(d))),
    )
    return Made(
        columns,
        lambda: Due(read(), organisation, language=language).lines,
        lambda d: d.key,
        paint=paint,
        text=text,
    )


def names(
    make: Callable[[], Sequence[Name]], shown: Sequence[str], language: str, text: str = ""
) -> Made[Name]:
    """Names with some of the columns ``name state value organisation due lacking duty window``.

    Args:
        make: Gives the names, on the thread that calls it.
        shown: The states that are shown.
        language: ``zh`` or ``en``.
        text: What the lines have to hold.
    """
    columns: Columns[Name] = headed(
        language,
        ("name", "姓名或名称|Name", 8, 24, "text", lambda n: n.name),
        ("state", "状态|State", 6, 10, "text", lambda n: n.state_label),
        ("value", "进度|Progress", 4, 10, "number", lambda n: n.progress),
        ("organisation", "组织|Organisation", 8, 30, "text", lambda n: n.organisation_name or ""),
        ("due", "期限|By", 10, 10, "date", lambda n: "" if n.due is None else n.due.isoformat()),
        ("lacking", "缺|Missing", 4, 40, "text", lambda n: "、".join(n.lacking)),
        ("duty", "职责|Duty", 8, 30, "text", lambda n: n.label),
        ("window", "期|Window", 4, 16, "text", lambda n: n.window),
    )
    by_key = {column.key: (column, text) for column, text in columns}

    def paint(one: Name, key: str, cells: tuple[str, ...]) -> Row:
        mark = DIM if one.state == "done" else _MARKS.get(one.state)
        return Row(key, cells, tuple(mark if c == "state" else None for c in shown))

    return Made(
        [by_key[c] for c in shown],
        make,
        lambda n: f"{n.entity}:{n.id}",
        paint=paint,
        text=text,
        link=lambda n: Link(n.entity, n.id),
    )


def names_behind(
    ledger: LedgerView, line: DutyLine, communities: Sequence[str] | None, language: str
) -> list[Name]:
    """All who are behind a line, the most pressing first, those who have done it last; none for whoever
    stands above a community.

    Args:
        ledger: The ledger at its two clocks.
        line: The line of the listing.
        communities: The organisations that are told names, those of the hierarchy if None.
        language: ``zh`` or ``en``.
    """
    try:
        return names_of(
            ledger,
            [
                one
                for window in windows_of(ledger, [line.duty], line.begin)
                for one in people(
                    ledger, window, line.organisation, tuple(STATES), communities=communities
                )
            ],
            language,
        )
    except Refused:
        return []


# A cell beside a list


def told(standing: Standing, language: str = "zh") -> str:
    """Says in a few words where one stands in a duty: ``将到期 季度报到``. The state first: it is what a narrow
    column must not cut.
    """
    label = standing.window.version.label
    return f"{STATES[standing.state].text(language)} {label.text(language)}"


def pressing(
    ledger: LedgerView,
    kind: str,
    ids: Sequence[str],
    organisation: str | None,
    settings: Mapping[str, Any],
) -> dict[str, list[Standing]]:
    """The duties that press of some entities; none for whoever may not see them by name.

    Args:
        ledger: The ledger at its two clocks.
        kind: The kind of the entities.
        ids: The entities.
        organisation: From where it is asked.
        settings: The store's settings.
    """
    if not named(ledger, organisation, communities_of(ledger, settings)):
        return {}
    return states_of(ledger, kind, ids)


def todo(
    words: str, mark: str | None, standings: Sequence[Standing], language: str
) -> tuple[str, str | None]:
    """Says what somebody has to do, in one cell: the most urgent of a letter (its words and mark, if any) and
    of the duties that press, and how many others there are; with its mark.

    Args:
        words: What a letter asks for, or nothing.
        mark: How urgent that is.
        standings: The duties that press.
        language: ``zh`` or ``en``.
    """
    order = list(STATES)
    found = [(order.index(s.state), told(s, language), _MARKS.get(s.state)) for s in standings]
    if words:
        found.append((order.index(_URGENCY[mark]), words, mark))
    if not found:
        return "", None
    _, first, how = min(found, key=lambda f: f[0])
    return first + (f" +{len(found) - 1}" if len(found) > 1 else ""), how
