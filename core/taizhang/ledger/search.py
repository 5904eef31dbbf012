"""The finder: an FTS5 prefix index over the names of entities, by characters, pinyin and initials."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from taizhang.ledger.schema import personal_columns, physical, quoted
from taizhang.pinyin import search_terms
from taizhang.programme import Table
from taizhang_eventstore.cipher import MISSING

CANDIDATES = 2_000
"""So many hits are ranked at most; a longer query narrows them."""


def _columns(table: Table[Any]) -> str:
    personal = personal_columns(table)
    return ", ".join(
        f"(SELECT text FROM personal WHERE token = r.{quoted(c)})"
        if c in personal
        else f"r.{quoted(c)}"
        for c in table.search
    )


def refresh(db: sqlite3.Connection, table: Table[Any], ids: Iterable[str]) -> None:
    """Indexes the given entities anew, by every name that they bear in the ledger."""
    select = (
        f"SELECT {_columns(table)} FROM {quoted(physical(table))} r WHERE r.id = ? AND r.gap = 0"
    )
    for id in ids:
        texts = [t for row in db.execute(select, (id,)) for t in row if t]
        _store(db, str(table.entity), id, texts)


def rebuild(db: sqlite3.Connection, table: Table[Any]) -> None:
    """Indexes all entities of a table, in a ledger that has no index of it yet."""
    select = (
        f"SELECT r.id, {_columns(table)} FROM {quoted(physical(table))} r "
        "WHERE r.gap = 0 ORDER BY r.id"
    )
    rowid = db.execute("SELECT coalesce(max(rowid), 0) FROM _found").fetchone()[0]
    named = _named(db.execute(select))
    # In parts, so that a table of any size fits.
    while part := list(islice(named, 1_000)):
        numbered = [(rowid := rowid + 1, id, terms) for id, terms in part]
        db.executemany(
            "INSERT INTO _found VALUES (?, ?, ?)", [(n, table.entity, id) for n, id, _ in numbered]
        )
        db.executemany(
            "INSERT INTO _finder (rowid, terms) VALUES (?, ?)", [(n, t) for n, _, t in numbered]
        )


def forget(db: sqlite3.Connection, entity: str) -> None:
    """Takes all entities of a kind out of the index."""
    db.execute(
        "DELETE FROM _finder WHERE rowid IN (SELECT rowid FROM _found WHERE entity = ?)", (entity,)
    )
    db.execute("DELETE FROM _found WHERE entity = ?", (entity,))


def _named(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, str]]:
    """Each id with its terms, of rows in order of id."""
    for id, some in groupby(rows, key=lambda row: row[0]):
        if terms := _terms(t for row in some for t in row[1:] if t):
            yield id, terms


def _terms(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(search_terms(t) for t in dict.fromkeys(texts) if t != MISSING))


def _store(db: sqlite3.Connection, entity: str, id: str, texts: Iterable[str]) -> None:
    terms = _terms(texts)
    row = db.execute(
        "SELECT rowid FROM _found WHERE entity = ? AND id = ?", (entity, id)
    ).fetchone()
    if row is not None:
        db.execute("DELETE FROM _finder WHERE rowid = ?", row)
        if not terms:
            db.execute("DELETE FROM _found WHERE rowid = ?", row)
            return
        rowid = row[0]
    elif not terms:
        return
    else:
        rowid = db.execute("INSERT INTO _found (entity, id) VALUES (?, ?)", (entity, id)).lastrowid
    db.execute("INSERT INTO _finder (rowid, terms) VALUES (?, ?)", (rowid, terms))


def find(
    db: sqlite3.Connection, text: str, entity: str | None = None, limit: int = 50
) -> list[tuple[str, str]]:
    """``(entity kind, id)`` of what is found by the beginning of a name, pinyin or initials.

    Several words all have to match. Whole matches come before beginnings.
    """
    words = [w for w in text.lower().replace('"', " ").split() if w]
    if not words:
        return []
    query = " ".join(f'"{w}"*' for w in words)
    rows = db.execute(
        "SELECT f.entity, f.id, s.terms FROM (SELECT rowid, terms FROM _finder WHERE _finder MATCH ? "
        "LIMIT ?) s JOIN _found f ON f.rowid = s.rowid",
        (query, CANDIDATES),
    ).fetchall()
    ranked = []
    for kind, id, terms in rows:
        if entity is not None and kind != entity:
            continue
        have = terms.split()
        whole = all(w in have for w in words)
        ranked.append((not whole, len(terms), kind, id))
    ranked.sort()
    return [(kind, id) for _, _, kind, id in ranked[:limit]]
