"""The finder: an FTS5 prefix index over the names of entities, by characters, pinyin and initials.

Beside it ``_spelled`` has the names of entities that are no persons as they are compared
(:mod:`taizhang.words.spelling`), by table; those of persons stand in ``personal``.

Rows of one kind of entity have neighbouring numbers, so that a search among one kind is a search in a
stretch of the index; ``_found_kinds`` says which kind has which stretch.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

import msgspec

from taizhang.declarations.programme import Table
from taizhang.ledger.schema import personal_columns, physical, quoted
from taizhang.words.pinyin import search_terms
from taizhang.words.spelling import spelled
from taizhang_eventstore.personal.cipher import MISSING

CANDIDATES = 2_000
"""So many hits are ranked at most, whole matches first; a longer query narrows them."""

FEW, VERY_FEW = 10_000, 300
MANY = 5_000
"""Among few entities each is looked at, where the index has many hits; among very few always."""

_MARKED = re.compile("[\u0080-\u2dff]")
"""What may be a letter with a mark."""

_STRETCH = 1 << 40
"""Numbers that one kind of entity has for itself."""

_NUMBERED = (
    "SELECT f.id, f.rowid FROM json_each(?) q "
    "CROSS JOIN _found f ON f.id = q.value AND f.entity = ?"
)
"""The numbers of those entities that have one; values: a JSON list of ids, and their kind."""

_NAMES = (
    "SELECT q.value, %s FROM json_each(?) q CROSS JOIN %s r ON r.id = q.value AND r.gap = 0 "
    "ORDER BY q.key, r.since, r.rowid"
)
"""Every name of each entity of a JSON list of ids, entity by entity."""

_INDEX = "INSERT INTO _finder (rowid, terms) VALUES (?, ?)"

_encode = msgspec.json.Encoder().encode

Among = tuple[str, Sequence[Any]]
"""A query over the ledger's tables, with its values, whose column ``id`` says among which entities."""


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
    entity = str(table.entity)
    asked = _encode(sorted(ids)).decode()
    _spell(db, table, asked)
    numbers = dict(db.execute(_NUMBERED, (asked, entity)).fetchall())
    named = dict(_named(db.execute(_NAMES % (_columns(table), quoted(physical(table))), (asked,))))
    old = [(number,) for number in numbers.values()]
    db.executemany("DELETE FROM _finder WHERE rowid = ?", old)
    nameless = [(number,) for id, number in numbers.items() if id not in named]
    db.executemany("DELETE FROM _found WHERE rowid = ?", nameless)
    if fresh := [id for id in named if id not in numbers]:
        last = _last(db, entity)
        numbered = {id: number for number, id in enumerate(fresh, last + 1)}
        _insert(db, entity, numbered)
        numbers |= numbered
    db.executemany(_INDEX, [(numbers[id], terms) for id, terms in named.items()])


def rebuild(db: sqlite3.Connection, table: Table[Any]) -> None:
    """Indexes all entities of a table, in a ledger that has no index of it yet."""
    select = (
        f"SELECT r.id, {_columns(table)} FROM {quoted(physical(table))} r "
        "WHERE r.gap = 0 ORDER BY r.id"
    )
    _spell(db, table, None)
    entity = str(table.entity)
    rowid = _last(db, entity)
    named = _named(db.execute(select))
    # In parts, so that a table of any size fits.
    while part := list(islice(named, 1_000)):
        numbered = {id: rowid + place for place, (id, _) in enumerate(part, 1)}
        rowid += len(part)
        _insert(db, entity, numbered)
        db.executemany(_INDEX, [(numbered[id], terms) for id, terms in part])


def _spell(db: sqlite3.Connection, table: Table[Any], asked: str | None) -> None:
    """Notes anew how the entities of a JSON list of ids, or all, are called, if no text about a person says it."""
    if table.title is None or table.title in personal_columns(table):
        return
    some = "" if asked is None else " AND id IN (SELECT value FROM json_each(?))"
    values = () if asked is None else (asked,)
    db.execute(f"DELETE FROM _spelled WHERE place = ?{some}", (table.name, *values))
    title = quoted(table.title)
    named = db.execute(
        f"SELECT DISTINCT id, {title} FROM {quoted(physical(table))} "
        f"WHERE gap = 0 AND {title} <> ''{some} ORDER BY id",
        values,
    )
    rows = ((table.name, id, spelled(name)) for id, name in named)
    db.executemany("INSERT OR IGNORE INTO _spelled VALUES (?, ?, ?)", rows)


def forget(db: sqlite3.Connection, table: Table[Any]) -> None:
    """Takes all entities of a table out of the index."""
    entity = str(table.entity)
    db.execute("DELETE FROM _spelled WHERE place = ?", (table.name,))
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


def _insert(db: sqlite3.Connection, entity: str, numbered: Mapping[str, int]) -> None:
    """Gives entities that had none their numbers."""
    rows = [(number, entity, id) for id, number in numbered.items()]
    db.executemany("INSERT INTO _found VALUES (?, ?, ?)", rows)


def _last(db: sqlite3.Connection, entity: str) -> int:
    """The last number that a kind of entity uses; the kind has a stretch of its own from then on."""
    db.execute("INSERT OR IGNORE INTO _found_kinds (entity) VALUES (?)", (entity,))
    first, end = _stretch(db, entity) or (0, 0)
    row = db.execute("SELECT max(rowid) FROM _found WHERE rowid >= ? AND rowid < ?", (first, end))
    last: int | None = row.fetchone()[0]
    return first if last is None else last


def _stretch(db: sqlite3.Connection, entity: str) -> tuple[int, int] | None:
    """Finds where the numbers of a kind begin and end; None where nothing of the kind is found."""
    row = db.execute("SELECT number FROM _found_kinds WHERE entity = ?", (entity,)).fetchone()
    return None if row is None else (row[0] * _STRETCH, (row[0] + 1) * _STRETCH)


def find(
    db: sqlite3.Connection,
    text: str,
    entity: str | None = None,
    limit: int = 50,
    among: Among | None = None,
) -> list[tuple[str, str]]:
    """``(entity kind, id)`` of what is found by the beginning of a name, pinyin or initials.

    Several words all have to match. Whole matches come before beginnings, each in the order of pinyin. With ``among`` only what
    that query gives is found, however many others match; it needs the ``entity``.
    """
    words = [w for w in map(spelled, text.replace('"', " ").split()) if w]
    stretch = (0, 1 << 62) if entity is None else _stretch(db, entity)
    if not words or stretch is None:
        return []
    beginnings = " ".join(f'"{w}"*' for w in words)
    found = _hits(db, beginnings, words, entity, stretch, among)
    if len(found) == CANDIDATES:
        # Whole words too, for which many beginnings may have left no room.
        whole_words = " ".join(f'"{w}"' for w in words)
        found = {**found, **_hits(db, whole_words, words, entity, stretch, among)}
    ranked = []
    for (kind, id), terms in found.items():
        have = terms.split()
        whole = all(w in have for w in words)
        ranked.append((not whole, terms, kind, id))  # terms begin with the name's pinyin
    ranked.sort()
    return [(kind, id) for _, _, kind, id in ranked[:limit]]


def _hits(
    db: sqlite3.Connection,
    query: str,
    words: Sequence[str],
    entity: str | None,
    stretch: tuple[int, int],
    among: Among | None,
) -> dict[tuple[str, str], str]:
    """Kind and id of hits with their terms, as many as are ranked."""
    shown = "SELECT f.entity, f.id, s.terms"
    hits = (
        f"{shown} FROM _finder s CROSS JOIN _found f ON f.rowid = s.rowid "
        "WHERE s._finder MATCH ? AND s.rowid >= ? AND s.rowid < ?"
    )
    values: tuple[Any, ...] = (query, *stretch)
    if among is not None:
        asked, wanted = among
        if _looked_through(db, query, words, among):
            rows = db.execute(
                f"{shown} FROM (SELECT DISTINCT id FROM ({asked})) a "
                "CROSS JOIN _found f ON f.entity = ? AND f.id = a.id "
                "CROSS JOIN _finder s ON s.rowid = f.rowid",
                (*wanted, entity),
            )
            return {(kind, id): terms for kind, id, terms in rows if _begin(words, terms)}
        hits += f" AND EXISTS (SELECT 1 FROM ({asked}) a WHERE a.id = f.id)"
        values += tuple(wanted)
    rows = db.execute(f"{hits} LIMIT {CANDIDATES}", values)
    return {(kind, id): terms for kind, id, terms in rows}


def _looked_through(db: sqlite3.Connection, query: str, words: Sequence[str], among: Among) -> bool:
    """Tells if the entities are so few that their terms are read, rather than all hits of the index.

    Only for words that the index takes as they are, so that both come to the same.
    """
    if not all(word.isalnum() for word in words) or _many(db, *among, FEW):
        return False
    return not _many(db, *among, VERY_FEW) or _many(
        db, "SELECT 1 FROM _finder WHERE _finder MATCH ?", (query,), MANY
    )


def _begin(words: Sequence[str], terms: str) -> bool:
    """Tells if each word begins one of the terms; letters are equal without their marks, as FTS5 has it."""
    text = f" {_unmarked(terms)}"
    return all(f" {_unmarked(word)}" in text for word in words)


def _unmarked(text: str) -> str:
    if not _MARKED.search(text):
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def _many(db: sqlite3.Connection, sql: str, values: Sequence[Any], most: int) -> bool:
    """Tells if a query gives more than ``most`` rows; no more of them are looked at."""
    row = db.execute(f"SELECT count(*) FROM ({sql} LIMIT {most + 1})", values).fetchone()
    return bool(row[0] > most)
