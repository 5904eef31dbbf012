"""Which row somebody means: by an id, by a name, by the event behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from taizhang.declarations.kinds import Bad
from taizhang.declarations.lines import split_name
from taizhang.ledger.lines import number_of, row_of
from taizhang.ledger.resolving import resolve
from taizhang.ledger.schema import history, physical, quoted
from taizhang.readmodels.tables import condition
from taizhang.readmodels.timeline import Key, known_now
from taizhang.words.errors import Invalid, NotFound, Problem, Usage
from taizhang.words.labels import clean, narrow

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.ledger.view import LedgerView


@dataclass(frozen=True, slots=True)
class Place:
    """A row: its table, the key of its timeline, and the day (ISO) on which it is looked at."""

    table: Table[Any]
    key: Key
    day: str


def entity_of(ledger: LedgerView, kind: str, text: str) -> str:
    """The id of the entity written as ``text``, also of one that has ended. Raises :class:`Invalid`.

    Args:
        ledger: The ledger at its two clocks.
        kind: The kind of the entity.
        text: Its id or a name.
    """
    try:
        return resolve(kind, text, ledger, ended=True, wide=True)
    except Bad as bad:
        label = ledger.registry.entity(kind).label
        raise Invalid([Problem(kind, label, bad.rule, bad.candidates)]) from None


def locate(ledger: LedgerView, table: Table[Any], text: str) -> Place:
    """The row of ``table`` that ``text`` means on the ledger's day.

    ``#12`` is the row behind event 12, ``#12/3`` that behind its line 3, on the ledger's day or on the nearest one on which it was in
    force. Otherwise an id or a unique name; where the key of a span has several columns these are
    divided by ``/``, and of the last ones may be left away what is clear without. Raises
    :class:`NotFound` or :class:`Invalid` for what is not there, :class:`Usage` for what is not clear.

    Args:
        ledger: The ledger at its two clocks.
        table: The table.
        text: What names the row: a key, a name, an id or a position.
    """
    number = re.fullmatch(r"#?(\d{1,12})(?:[/.](\d{1,4}))?", narrow(text))
    if number is not None and (table.shape == "record" or narrow(text).startswith("#")):
        return behind(ledger, table, int(number[1]), int(number[2]) if number[2] else None)
    if table.shape == "record":
        raise Usage(
            "台账 {table} 的行用事件序号指明，例如 #12"
            "|a row of the table {table} is named by its event, such as #12",
            table=table.name,
        )
    try:
        return Place(table, _key(ledger, table, text), ledger.on.isoformat())
    except Invalid:
        if number is None:
            raise
        return behind(ledger, table, int(number[1]))


def behind(ledger: LedgerView, table: Table[Any], seq: int, line: int | None = None) -> Place:
    """The row that the event at ``seq``, or the fact that it amends, has made in ``table``.

    In a table of lines that of ``line``, or of the only line; raises :class:`Usage` where there are several.
    """
    row = ledger.db.execute("SELECT root, line FROM amendments WHERE seq = ?", (seq,)).fetchone()
    root, named = (seq, None) if row is None else row
    if table.lined and line is None and named is not None:
        line = split_name(named)[1]
    src = row_of(table, root, line or 0)
    if table.lined and line is None:
        src = _only_line(ledger, table, root)
    record = table.shape == "record"
    time = "on_date, NULL" if record else "since, until"
    keys = ["src"] if record else [quoted(k) for k in table.key_columns]
    columns = f"{time}, {', '.join(keys)}"
    known = known_now(ledger)
    # The version that is known now, or the last one that was.
    found = ledger.db.execute(
        f"SELECT {columns}, seq, 9e18 AS gone FROM {quoted(physical(table))} "
        "WHERE src = ? AND seq <= ? UNION ALL "
        f"SELECT {columns}, seq, gone FROM {quoted(history(table))} WHERE src = ? AND seq <= ? "
        "ORDER BY seq DESC LIMIT 1",
        (src, known, src, known),
    ).fetchone()
    if found is None:
        raise NotFound(
            "台账 {table} 里没有第 {seq} 号事件的行|event {seq} has no row in the table {table}",
            table=table.name,
            seq=seq,
        )
    since, until, *key = found[:-2]
    return Place(table, tuple(key), _within(ledger.on.isoformat(), since, until))


def _only_line(ledger: LedgerView, table: Table[Any], root: int) -> int:
    low, high = row_of(table, root), row_of(table, root + 1)
    found = [
        src
        for (src,) in ledger.db.execute(
            f"SELECT src FROM {quoted(physical(table))} WHERE src >= ? AND src < ? UNION "
            f"SELECT src FROM {quoted(history(table))} WHERE src >= ? AND src < ? ORDER BY 1",
            (low, high, low, high),
        )
    ]
    if len(found) > 1:
        raise Usage(
            "第 {seq} 号事件在台账 {table} 里有 {n} 行，用 #{seq}/行号 指明，例如 #{seq}/{line}"
            "|event {seq} has {n} rows in the table {table}: name one by its line, such as #{seq}/{line}",
            seq=root,
            table=table.name,
            n=len(found),
            line=number_of(table, found[0]),
        )
    return int(found[0]) if found else low


def _within(day: str, since: str, until: str | None) -> str:
    """The day, or the nearest one on which the row is in force."""
    if until is not None and until <= day:
        day = (date.fromisoformat(until) - timedelta(days=1)).isoformat()
    return max(day, since)


def _key(ledger: LedgerView, table: Table[Any], text: str) -> Key:
    if table.entity is not None:
        try:
            return (resolve(table.entity, text, ledger, ended=True),)
        except Bad as bad:
            raise Invalid([Problem("", table.label, bad.rule, bad.candidates)]) from None
    parts = [text] if len(table.key) == 1 else [p for p in text.split("/") if clean(p)]
    if len(parts) > len(table.key) or not parts:
        raise _unclear(table, [])
    given = [
        condition(ledger, table, column, part)
        for column, part in zip(table.key, parts, strict=False)
    ]
    missing = table.key[len(given) :]
    if not missing:
        return tuple(given)
    where = " AND ".join(f"{quoted(c)} IS ?" for c in table.key[: len(given)])
    columns = ", ".join(map(quoted, missing))
    found = ledger.db.execute(
        f"SELECT {columns} FROM {quoted(physical(table))} WHERE {where} UNION "
        f"SELECT {columns} FROM {quoted(history(table))} WHERE {where} ORDER BY 1",
        (*given, *given),
    ).fetchall()
    if len(found) == 1:
        return (*given, *found[0])
    raise _unclear(table, ["/".join([*parts, *map(str, rest)]) for rest in found])


def _unclear(table: Table[Any], candidates: list[str]) -> Usage:
    return Usage(
        "台账 {table} 的行用 {key} 指明，中间以 / 分开{zh}"
        "|a row of the table {table} is named by {key}, divided by /{en}",
        table=table.name,
        key="/".join(table.key),
        zh=f"；可选：{'；'.join(candidates)}" if candidates else "",
        en=f"; candidates: {'; '.join(candidates)}" if candidates else "",
    )
