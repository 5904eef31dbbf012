"""Which row somebody means: by an id, by a name, by the event behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from taizhang.declarations.kinds import Bad
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
    """The id of the entity written as ``text``, also of one that has ended. Raises :class:`Invalid`."""
    try:
        return resolve(kind, text, ledger, ended=True)
    except Bad as bad:
        label = ledger.registry.entity(kind).label
        raise Invalid([Problem(kind, label, bad.rule, bad.candidates)]) from None


def locate(ledger: LedgerView, table: Table[Any], text: str) -> Place:
    """The row of ``table`` that ``text`` means on the ledger's day.

    ``#12`` is the row behind event 12, on the ledger's day or on the nearest one on which it was in
    force. Otherwise an id or a unique name; where the key of a span has several columns these are
    divided by ``/``, and of the last ones may be left away what is clear without. Raises
    :class:`NotFound` or :class:`Invalid` for what is not there, :class:`Usage` for what is not clear.
    """
    number = re.fullmatch(r"#?(\d{1,18})", narrow(text))
    if number is not None and (table.shape == "record" or narrow(text).startswith("#")):
        return behind(ledger, table, int(number[1]))
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


def behind(ledger: LedgerView, table: Table[Any], seq: int) -> Place:
    """The row that the event at ``seq``, or the fact that it amends, has made in ``table``."""
    row = ledger.db.execute("SELECT root FROM amendments WHERE seq = ?", (seq,)).fetchone()
    src = seq if row is None else row[0]
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
