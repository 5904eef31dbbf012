"""The properties of time (design of the ledger): each a check of one history, raising AssertionError.

They are here and not in a test, so that the tests that break the fold on purpose can run the same
checks and see them fail.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from taizhang.declarations.registry import Registry
from taizhang.ledger.vault import vault_of
from taizhang.testing import oracle
from taizhang.testing.histories import DAYS
from taizhang.testing.ledgers import Rows, dump, ledger_of, readable, replayed, view
from taizhang.testing.logs import Said, append, encoded, logged
from taizhang_eventstore.log import open_log

PAGES = ((1, False), (2, True), (7, False), (5_000, True))
"""Page sizes, caught up or built aside."""


class Differs(AssertionError):
    """A property does not hold: of which table, and what was found instead."""

    def __init__(self, table: str, what: str) -> None:
        self.table, self.what = table, what
        super().__init__(f"{table}: {what}")


def same(one: dict[str, Rows], other: dict[str, Rows], *when: object) -> None:
    """Raises :class:`Differs` for the first table of which two readings differ."""
    for name in sorted(one.keys() | other.keys()):
        mine, theirs = one.get(name, []), other.get(name, [])
        if mine != theirs:
            only = (
                [r for r in mine if r not in theirs][:2],
                [r for r in theirs if r not in mine][:2],
            )
            place = " ".join(str(w) for w in when)
            raise Differs(name, f"{only[0]} != {only[1]}" + (f" ({place})" if place else ""))


def fed(history: Sequence[Said], r: Registry) -> list[str]:
    """The tables that the history reaches; the others are empty."""
    types = {type(s.event) for s in history}
    return [name for name, table in r.tables.items() if types & set(table.feeds)]


def ends(history: Sequence[Said]) -> list[int]:
    """Positions at which actions end."""
    return [s.position for s in history if s.i == s.n]


def any_order_gives_the_same(one: Sequence[Said], other: Sequence[Said], r: Registry) -> None:
    """The order in which facts were recorded is of no consequence, positions aside."""
    seen = []
    for history in (one, other):
        with replayed(history, r) as projector:
            seen.append(readable(view(projector), without=("src", "seq"), only=fed(history, r)))
    same(*seen)


def rebuild_equals_incremental(history: Sequence[Said], r: Registry) -> None:
    """Rows, history and everything else come out the same at any page size, built or caught up."""
    with tempfile.TemporaryDirectory() as folder:
        whole = encoded(history, r)
        with open_log(Path(folder, "events.db"), r.codec) as log:
            with ledger_of(log, r, Path(folder, "live.db")) as projector:
                done = 0
                for end in ends(history):
                    append(log, whole[done:end])
                    projector.catch_up()
                    done = end
                live = dump(projector.db, r)
            for page, building in PAGES:
                path = Path(folder, f"{page}.db")
                with ledger_of(log, r, path, page=page, building=building) as projector:
                    same(dump(projector.db, r), live, "page", page, "built" * building)


def what_was_known_stays(history: Sequence[Said], r: Registry) -> None:
    """As known at K, later: what was known at K, then; and what a log cut at K gives; seq and all."""
    with tempfile.TemporaryDirectory() as folder:
        whole = encoded(history, r)
        only = fed(history, r)
        then: dict[int, list[dict[str, Rows]]] = {}
        with (
            open_log(Path(folder, "events.db"), r.codec) as log,
            ledger_of(log, r, Path(folder, "ledger.db")) as projector,
        ):
            done = 0
            for end in ends(history):
                append(log, whole[done:end])
                projector.catch_up()
                done = end
                then[end] = [readable(view(projector), only=only)] + [
                    readable(view(projector, day), every_day=False, only=only) for day in DAYS[1::2]
                ]
            for known, seen in then.items():
                same(readable(view(projector, known=known), only=only), seen[0], "known", known)
                for day, rows in zip(DAYS[1::2], seen[1:], strict=True):
                    now = readable(view(projector, day, known), every_day=False, only=only)
                    same(now, rows, day, "known", known)
        cut = ends(history)[len(ends(history)) // 2]
        with (
            logged(Path(folder, "cut.db"), history[:cut], r) as log,
            ledger_of(log, r, Path(folder, "fresh.db")) as projector,
        ):
            same(readable(view(projector), only=only), then[cut][0], "cut at", cut)


def ledger_says_what_the_oracle_says(history: Sequence[Said], r: Registry) -> None:
    """At every position, on every day: the rows of the brute-force oracle."""
    only = fed(history, r)
    with replayed(history, r, page=3) as projector:
        for known in (None, *ends(history)):
            for day in (None, *DAYS[::2]):
                ledger = view(projector, day, known)
                seen = readable(
                    ledger,
                    every_day=day is None,
                    without=("seq",),
                    only=only,
                    computed=False,
                )
                for name in only:
                    expected = oracle.rows(history, r, r.tables[name], day, known)
                    same({name: seen[name]}, {name: expected}, day or "every day", "known", known)


def history_moves_by_whole_actions(history: Sequence[Said], r: Registry) -> None:
    """Versions begin and end where actions end; two that follow each other differ to a reader."""
    whole = {*ends(history), None}
    with replayed(history, r) as projector:
        vault, kept = vault_of(r), projector.db.execute("SELECT token, text FROM personal")
        text = {token: vault.text(token, said) for token, said in kept.fetchall()}
        for name in fed(history, r):
            versions: dict[int, dict[int, tuple[tuple[object, ...], int | None]]] = {}
            for *row, gone in projector.db.execute(f'SELECT * FROM "_{name}_history"'):
                cells = tuple(text.get(v, v) for v in row[2:])
                versions.setdefault(row[0], {})[row[1]] = (cells, gone)
            for row in projector.db.execute(f'SELECT * FROM "_{name}"'):
                cells = tuple(text.get(v, v) for v in row[2:])
                versions.setdefault(row[0], {})[row[1]] = (cells, None)
            for src, found in versions.items():
                for seq, (cells, gone) in found.items():
                    if gone is not None and gone <= seq:
                        raise Differs(name, f"#{src}: a version ends at {gone}, before {seq}")
                    if not {seq, gone} <= whole:
                        raise Differs(name, f"#{src}: {seq} to {gone} is not an action's end")
                    if gone in found and found[gone][0] == cells:
                        raise Differs(name, f"#{src}: a version at {gone} changes nothing")


ALL = (
    rebuild_equals_incremental,
    what_was_known_stays,
    ledger_says_what_the_oracle_says,
    history_moves_by_whole_actions,
)
"""The checks of a single history."""
