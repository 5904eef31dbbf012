"""The index of tags held against the tags that the events themselves bear (标签索引)."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Final

from taizhang_eventstore.verifying.scanning import PRIME

_WEIGHT: Final = f"((seq * ?1 % {PRIME}) * (seq * ?1 % {PRIME}) >> 16) & {PRIME}"
"""A number made of a position that sums cannot imitate, as `Scan` makes it too."""


def tags_sum(connection: sqlite3.Connection, factor: int, until: int) -> int | None:
    """Adds up the index of tags, to be held against `Scan.tag_sum`; None where it holds what is no tag.

    Args:
        connection: reads the log.
        factor: that of the scan.
        until: the last position that counts.
    """
    cursor = connection.execute(
        f"SELECT tag, sum(CASE WHEN seq <= ?2 THEN {_WEIGHT} ELSE 0 END), max(seq) "
        "FROM event_tags GROUP BY tag",
        (factor, until),
    )
    found, top = 0, 0
    while rows := cursor.fetchmany(5_000):
        tags, sums, tops = zip(*rows, strict=True)
        # Positions of the index are anybody's too: a text, a fraction, nothing at all.
        if set(map(type, tags)) != {str} or {*map(type, sums), *map(type, tops)} != {int}:
            return None
        found += sum(a * b for a, b in zip(map(hash, tags), sums, strict=True))
        top = max(top, *tops)
    if top > until:
        # Of events that were appended meanwhile, or of none.
        stray = "SELECT 1 FROM event_tags t LEFT JOIN events e ON e.seq = t.seq WHERE e.seq IS NULL"
        if connection.execute(f"{stray} AND t.seq > ? LIMIT 1", (until,)).fetchone():
            return None
    return found


def first_disagreement(connection: sqlite3.Connection, until: int) -> int | None:
    """The first event whose tags the index has not, or has too many of; slow, and exact."""
    queries = (
        "SELECT min(e.seq) FROM events e, json_each(e.tags) j WHERE NOT EXISTS"
        " (SELECT 1 FROM event_tags t WHERE t.tag = j.value AND t.seq = e.seq) AND e.seq <= ?",
        "SELECT min(t.seq) FROM event_tags t LEFT JOIN events e ON e.seq = t.seq WHERE e.seq IS NULL"
        " OR (t.seq <= ? AND NOT EXISTS (SELECT 1 FROM json_each(e.tags) j WHERE j.value = t.tag))",
    )
    found = []
    for sql in queries:
        with suppress(sqlite3.Error):  # tags that SQLite cannot read are told by the scan
            found.append(connection.execute(sql, (until,)).fetchone()[0])
    return min((seq for seq in found if isinstance(seq, int)), default=None)


__all__ = ["first_disagreement", "tags_sum"]
