"""The finder: an FTS5 index over the names of entities, by characters, pinyin and initials.

What may be typed to find a name is every beginning of one of its terms (:func:`~taizhang.words.pinyin.search_terms`).
The index has a keyed sign for each (:meth:`~.vault.Vault.sign`), and one more for each whole term; so a word that is
typed is one sign, and no file says what names there are. ``_found.signs`` has an entity's signs together, for
taking them out of the index again, which keeps none of its own.

Beside it ``_spelled`` has the names of entities that are no persons as they are compared
(:mod:`taizhang.words.spelling`), by table; those of persons stand in ``personal``, as marks.

Rows of one kind of entity have neighbouring numbers, so that a search among one kind is a search in a
stretch of the index; ``_found_kinds`` says which kind has which stretch.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby, islice
from typing import Any

import msgspec

from taizhang.declarations.programme import Table
from taizhang.ledger import ranking
from taizhang.ledger.schema import TEXT, history, personal_columns, physical, quoted
from taizhang.ledger.vault import SIGN, Vault
from taizhang.words.pinyin import search_terms
from taizhang.words.spelling import spelled
from taizhang_eventstore.personal.cipher import MISSING

CANDIDATES = 2_000
"""So many hits are ranked at most, whole matches first; a longer query narrows them."""

FEW, VERY_FEW = 10_000, 300
MANY = 5_000
"""Among few entities each is looked at, where the index has many hits; among very few always."""

LENGTHS = (*range(1, 15), 16, 18, 21, 24, 30, 40, 60)
"""Lengths of the beginnings that have a sign. A longer word is held to the next shorter one, and so may find
what differs from it in the last letters only; no Chinese name of three characters has more than 18.
"""

_MARKED = re.compile("[\u0080-\u2dff]")
"""What may be a letter with a mark."""

_STRETCH = 1 << 40
"""Numbers that one kind of entity has for itself."""

_NUMBERED = (
    "SELECT f.id, f.rowid, f.signs FROM json_each(?) q "
    "CROSS JOIN _found f ON f.id = q.value AND f.entity = ?"
)
"""The numbers of those entities that have one, with their signs; values: a JSON list of ids, and their kind."""

_NAMES = (
    "SELECT q.value, %s FROM json_each(?) q CROSS JOIN %s r ON r.id = q.value AND r.gap = 0 "
    "ORDER BY q.key, r.since, r.rowid"
)
"""Every name of each entity of a JSON list of ids, entity by entity."""

_INDEX = "INSERT INTO _finder (rowid, signs) VALUES (?, ?)"
_UNINDEX = "INSERT INTO _finder (_finder, rowid, signs) VALUES ('delete', ?, ?)"

_encode = msgspec.json.Encoder().encode

Among = tuple[str, Sequence[Any]]
"""A query over the ledger's tables, with its values, whose column ``id`` says among which entities."""


class Found(msgspec.Struct, frozen=True):
    """An entity as it can be found."""

    id: str
    names: tuple[str, ...]
    """Every name, the first one first, by which it is sorted."""

    mark: bytes
    signs: bytes


def _columns(table: Table[Any], text: str = TEXT) -> str:
    personal = personal_columns(table)
    return ", ".join(
        f"(SELECT {text} FROM personal WHERE token = r.{quoted(c)})"
        if c in personal
        else f"r.{quoted(c)}"
        for c in table.search
    )


def refresh(db: sqlite3.Connection, table: Table[Any], ids: Iterable[str], vault: Vault) -> None:
    """Indexes entities anew, by every name that they bear in the ledger.

    Args:
        db: The ledger, inside a transaction.
        table: The table of their kind.
        ids: The entities.
        vault: The ledger's key.
    """
    entity = str(table.entity)
    asked = _encode(sorted(ids)).decode()
    _spell(db, table, asked)
    there = db.execute(_NUMBERED, (asked, entity)).fetchall()
    numbers = {id: number for id, number, _ in there}
    rows = db.execute(_NAMES % (_columns(table), quoted(physical(table))), (asked,))
    named = list(_named(rows, vault))
    db.executemany(_UNINDEX, [(number, _said(signs)) for _, number, signs in there])
    kept = {found.id for found in named}
    nameless = [(number,) for id, number in numbers.items() if id not in kept]
    db.executemany("DELETE FROM _found WHERE rowid = ?", nameless)
    if fresh := [found.id for found in named if found.id not in numbers]:
        last = _last(db, entity)
        numbers |= {id: number for number, id in enumerate(fresh, last + 1)}
    _insert(db, entity, named, numbers)
    ranking.take_in(db, vault, ((vault.mark(spelled(n)), n) for f in named for n in f.names))


def rebuild(db: sqlite3.Connection, table: Table[Any], vault: Vault) -> None:
    """Indexes all entities of a table, in a ledger that has no index of it yet; names are to be arranged
    when all tables are there (:func:`~.ranking.arrange`).

    Args:
        db: The ledger, inside a transaction.
        table: A table of entities.
        vault: The ledger's key.
    """
    select = (
        f"SELECT r.id, {_columns(table)} FROM {quoted(physical(table))} r "
        "WHERE r.gap = 0 ORDER BY r.id"
    )
    _spell(db, table, None)
    entity = str(table.entity)
    rowid = _last(db, entity)
    ranks = ranking.Names(db, vault)
    named = _named(db.execute(select), vault)
    # In parts, so that a table of any size fits.
    while part := list(islice(named, 1_000)):
        numbered = {found.id: rowid + place for place, found in enumerate(part, 1)}
        rowid += len(part)
        _insert(db, entity, part, numbered)
        ranks.add((vault.mark(spelled(name)), name) for found in part for name in found.names)
    # Names that were known once are sorted too, where they are looked at as known then.
    past = db.execute(f"SELECT {_columns(table)} FROM {quoted(history(table))} r WHERE r.gap = 0")
    while some := past.fetchmany(1_000):
        ranks.add((vault.mark(spelled(n)), n) for row in some for n in row if n and n != MISSING)


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
    rows = db.execute("SELECT rowid, signs FROM _found WHERE entity = ?", (entity,))
    while some := rows.fetchmany(1_000):
        db.executemany(_UNINDEX, [(number, _said(signs)) for number, signs in some])
    db.execute("DELETE FROM _found WHERE entity = ?", (entity,))


def _named(rows: Iterable[Sequence[Any]], vault: Vault) -> Iterator[Found]:
    """Each entity as it is found, of rows in order of id."""
    for id, some in groupby(rows, key=lambda row: row[0]):
        texts = (t for row in some for t in row[1:] if t and t != MISSING)
        names = tuple(dict.fromkeys(texts))
        if not names:
            continue
        first, *others = names
        signs = _signs(first, vault)
        if others:
            signs = tuple(sorted({s for name in names for s in _signs(name, vault)}))
        if signs:
            yield Found(id, names, vault.mark(spelled(first)), b"".join(signs))


@lru_cache(maxsize=4_096)
def _signs(name: str, vault: Vault) -> tuple[bytes, ...]:
    """The signs of everything by which a name is found."""
    terms = _unmarked(search_terms(name)).split()
    return tuple(sorted(set().union(*[_beginnings(term, vault) for term in terms])))


@lru_cache(maxsize=1 << 15)
def _beginnings(term: str, vault: Vault) -> tuple[bytes, ...]:
    """The signs of a whole term and of its beginnings; given names, and their sounds, are many people's."""
    last = bisect(LENGTHS, len(term))
    return (vault.sign(f"{term}\n"), *[vault.sign(term[:n]) for n in LENGTHS[:last]])


def _said(signs: bytes) -> str:
    """Signs as the index takes them."""
    return signs.hex(" ", SIGN)


def _insert(
    db: sqlite3.Connection, entity: str, named: Sequence[Found], numbers: Mapping[str, int]
) -> None:
    """Puts entities into the index under their numbers."""
    rows = [(numbers[f.id], entity, f.id, f.mark, f.signs) for f in named]
    db.executemany("INSERT OR REPLACE INTO _found VALUES (?, ?, ?, ?, ?)", rows)
    db.executemany(_INDEX, [(numbers[f.id], _said(f.signs)) for f in named])


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
    vault: Vault,
    entity: str | None = None,
    limit: int = 50,
    among: Among | None = None,
) -> list[tuple[str, str]]:
    """``(entity kind, id)`` of what is found by the beginning of a name, pinyin or initials.

    Several words all have to match. Whole matches come before beginnings, each in the order of pinyin. With ``among`` only what
    that query gives is found, however many others match; it needs the ``entity``.

    Args:
        db: The ledger.
        text: What people wrote.
        vault: The ledger's key.
        entity: The kind asked for, all if not given.
        limit: The most that are found.
        among: Which entities may be found, all if not given.
    """
    words = [w for w in (_unmarked(spelled(w)) for w in text.replace('"', " ").split()) if w]
    stretch = (0, 1 << 62) if entity is None else _stretch(db, entity)
    if not words or stretch is None:
        return []
    beginnings = [vault.sign(w[: LENGTHS[bisect(LENGTHS, len(w)) - 1]]) for w in words]
    wholes = [vault.sign(f"{w}\n") for w in words]
    found = _hits(db, beginnings, entity, stretch, among)
    if len(found) == CANDIDATES:
        # Whole words too, for which many beginnings may have left no room.
        found = {**found, **_hits(db, wholes, entity, stretch, among)}
    ranked = []
    for (kind, id), (rank, signs) in found.items():
        ranked.append((not _has(wholes, signs), rank, kind, id))
    ranked.sort()
    return [(kind, id) for _, _, kind, id in ranked[:limit]]


Hits = dict[tuple[str, str], tuple[int, bytes]]
"""Kind and id of hits, with the rank of each by its name, and its signs."""


def _hits(
    db: sqlite3.Connection,
    wanted: Sequence[bytes],
    entity: str | None,
    stretch: tuple[int, int],
    among: Among | None,
) -> Hits:
    """Gathers those that have all of some signs, as many as are ranked."""
    query = _said(b"".join(wanted))
    ranked = "coalesce((SELECT rank FROM _ranks WHERE mark = f.mark), 1 << 62), f.signs"
    shown = f"SELECT f.entity, f.id, {ranked}"
    hits = (
        f"{shown} FROM _finder s CROSS JOIN _found f ON f.rowid = s.rowid "
        "WHERE s._finder MATCH ? AND s.rowid >= ? AND s.rowid < ?"
    )
    values: tuple[Any, ...] = (query, *stretch)
    if among is not None:
        asked, others = among
        if _looked_through(db, query, among):
            rows = db.execute(
                f"{shown} FROM (SELECT DISTINCT id FROM ({asked})) a "
                "CROSS JOIN _found f ON f.entity = ? AND f.id = a.id",
                (*others, entity),
            )
            return {
                (kind, id): (rank, signs) for kind, id, rank, signs in rows if _has(wanted, signs)
            }
        hits += f" AND EXISTS (SELECT 1 FROM ({asked}) a WHERE a.id = f.id)"
        values += tuple(others)
    rows = db.execute(f"{hits} LIMIT {CANDIDATES}", values)
    return {(kind, id): (rank, signs) for kind, id, rank, signs in rows}


def _looked_through(db: sqlite3.Connection, query: str, among: Among) -> bool:
    """Tells if the entities are so few that their signs are read, rather than all hits of the index."""
    if _many(db, *among, FEW):
        return False
    return not _many(db, *among, VERY_FEW) or _many(
        db, "SELECT 1 FROM _finder WHERE _finder MATCH ?", (query,), MANY
    )


def _has(wanted: Sequence[bytes], signs: bytes) -> bool:
    """Tells if all of some signs are among an entity's."""
    return all(_at(sign, signs) for sign in wanted)


def _at(sign: bytes, signs: bytes) -> bool:
    place = signs.find(sign)
    # A sign begins where a multiple of its length is, and might also be found between two others.
    while place > 0 and place % SIGN:
        place = signs.find(sign, place + 1)
    return place >= 0


@lru_cache(maxsize=30_000)
def _unmarked(text: str) -> str:
    """Letters without their marks, by which they are found."""
    if not _MARKED.search(text):
        return text
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in parts if not unicodedata.combining(c)))


def _many(db: sqlite3.Connection, sql: str, values: Sequence[Any], most: int) -> bool:
    """Tells if a query gives more than ``most`` rows; no more of them are looked at."""
    row = db.execute(f"SELECT count(*) FROM ({sql} LIMIT {most + 1})", values).fetchone()
    return bool(row[0] > most)
