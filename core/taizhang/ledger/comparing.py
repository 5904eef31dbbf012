"""A ledger held against one that is built anew from the log (比对台账): which row is the first that differs?

The ledger is a function of the log, so that whatever another program has written into it shows here, however
it was done.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import Any

from msgspec import Struct

from taizhang.declarations.registry import Registry
from taizhang.ledger.projector import Progress, Projector
from taizhang.ledger.rebuild import build
from taizhang.ledger.schema import history, physical, quoted
from taizhang.words.labels import Label
from taizhang_eventstore.log import Log

_COMMON = {
    "_actions": "seq",
    "amendments": "seq",
    "_batches": "batch, name",
    "personal": "token",
}
"""Tables of every ledger, and by which columns each row is told."""

_FOUND = (
    "SELECT f.entity, f.id, f.mark, f.signs, dense_rank() OVER (ORDER BY r.rank) AS sorted "
    "FROM _found f LEFT JOIN _ranks r ON r.mark = f.mark ORDER BY f.entity, f.id"
)
"""Of ranks only the order is a function of the log."""

_TRIES = 5


class Difference(Struct, frozen=True):
    """The first row that is not what the log gives."""

    table: str
    row: str
    """What tells it: the position of its fact, its token, an entity's id."""

    column: str
    """The first column that differs; empty where the row as such should not be there, or is missing."""

    missing: bool = False

    @property
    def label(self) -> Label:
        """The sentence. No value is told: it may be a person's."""
        at, at_en = f"{self.table} 的行 {self.row}", f"row {self.row} of {self.table}"
        if self.column:
            return Label(
                f"台账与日志不符：{at} 的 {self.column} 被改过",
                f"the ledger does not agree with the log: {self.column} in {at_en} was changed",
            )
        if self.missing:
            return Label(
                f"台账与日志不符：缺少 {at}",
                f"the ledger does not agree with the log: it lacks {at_en}",
            )
        return Label(
            f"台账与日志不符：多出 {at}",
            f"the ledger does not agree with the log: {at_en} should not be there",
        )


def compared(
    there: sqlite3.Connection, log: Log, registry: Registry, progress: Progress | None = None
) -> Difference | None:
    """Builds a ledger from the log in a temporary place, and holds one against it.

    Args:
        there: a connection to the ledger; it stands at some position and is read as it is at one time.
        log: the log, which others may go on writing.
        registry: the tables that are compared, all that it has.
        progress: told how far the building has come.

    Returns:
        The first difference, None where there is none.
    """
    with tempfile.TemporaryDirectory(prefix="taizhang-ledger-") as folder:
        path = Path(folder, "ledger.db")
        with closing(build(path, log, registry, progress)) as made:
            own, other = Projector(made, log, registry), Projector(there, log, registry)
            for _ in range(_TRIES):
                own.catch_up()
                there.execute("BEGIN")
                try:
                    if other.position() == own.position():
                        return first_difference(there, made, registry)
                finally:
                    there.execute("ROLLBACK")
                if not there.execute("PRAGMA query_only").fetchone()[0]:
                    other.catch_up()
    return None


def first_difference(
    there: sqlite3.Connection, made: sqlite3.Connection, registry: Registry
) -> Difference | None:
    """The first row in which a ledger differs from another that stands at the same position."""
    for name, sql, key in _questions(registry):
        # Of programmes that are not loaded here the texts are theirs.
        open_ended = name == "personal"
        for one, other in _side_by_side(there, made, sql, key, open_ended):
            if one == other:
                continue
            if one is None or other is None:
                row = other if one is None else one
                assert row is not None
                return Difference(name, _told(row, key), "", missing=one is None)
            columns = [c[0] for c in made.execute(f"{sql} LIMIT 0").description]
            at = next(i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
            return Difference(name, _told(one, key), columns[at])
    return None


def _questions(registry: Registry) -> Iterator[tuple[str, str, int]]:
    """Of each table its name, all of its rows in an order, and how many columns tell a row."""
    for table in registry.tables.values():
        name = physical(table)
        yield name, f"SELECT * FROM {quoted(name)} ORDER BY src", 1
        past = history(table)
        yield past, f"SELECT src, gone, * FROM {quoted(past)} ORDER BY src, gone, seq", 2
    for name, order in _COMMON.items():
        yield name, f"SELECT * FROM {name} ORDER BY {order}", order.count(",") + 1
    yield "_finder", _FOUND, 2


def _side_by_side(
    there: sqlite3.Connection, made: sqlite3.Connection, sql: str, key: int, open_ended: bool
) -> Iterator[tuple[tuple[Any, ...] | None, tuple[Any, ...] | None]]:
    """Rows of both in pairs of equal keys; None where one has none."""
    ones, others = iter(there.execute(sql)), iter(made.execute(sql))
    if not open_ended:
        pairs = zip_longest(ones, others)
    else:
        wanted = {row[:key] for row in made.execute(sql)}
        pairs = zip_longest((row for row in ones if row[:key] in wanted), others)
    for one, other in pairs:
        if one is not None and other is not None and one[:key] != other[:key]:
            # The one that comes first is the one too many, or the one that is missing.
            if _order(one[:key]) < _order(other[:key]):
                yield one, None
            else:
                yield None, other
            return
        yield one, other


def _order(key: tuple[Any, ...]) -> tuple[tuple[str, Any], ...]:
    return tuple((type(part).__name__, part) for part in key)


def _told(row: tuple[Any, ...], key: int) -> str:
    return " ".join(str(part) for part in row[:key])


__all__ = ["Difference", "compared", "first_difference"]
