"""Is what stands in a ledger's file of our own making (自写)? Notes that only who has the store's keys can write.

The file is read by any tool, and may be written by any: so its layout is noted under a key of `keys.db`, and
held against the note at each opening. A ledger that another tool has written is thrown away and built anew.
"""

from __future__ import annotations

import hashlib
import sqlite3

from taizhang.declarations.registry import Registry
from taizhang_eventstore.layout import layout
from taizhang_eventstore.personal.keyring import Keyring

LAYOUT = "layout"
"""The row of ``_meta`` with the note of the layout."""


def keyed(registry: Registry, what: str, said: bytes) -> str:
    """A mark of some bytes that nobody without the store's keys can make; a plain hash in a store without any."""
    digest = hashlib.sha256(f"taizhang.ledger.{what}\n".encode() + said).hexdigest()
    ring = registry.codec.cipher
    if not isinstance(ring, Keyring) or ring.keys is None:
        return digest
    return ring.keys.number(digest)


def _layout_mark(db: sqlite3.Connection, registry: Registry) -> str:
    said = "\n".join("\t".join(made) for made in sorted(layout(db)))
    return keyed(registry, LAYOUT, said.encode())


def note_layout(db: sqlite3.Connection, registry: Registry) -> None:
    """Notes the layout as it is, inside the transaction that has made it."""
    row = LAYOUT, _layout_mark(db, registry)
    db.execute("INSERT OR REPLACE INTO _meta VALUES (?, ?)", row)


def own_layout(db: sqlite3.Connection, registry: Registry) -> bool:
    """Tells if the layout is the one that was noted, or there is none yet."""
    there = layout(db)
    if not there:
        return True
    if not any(made.name == "_meta" for made in there):
        return False
    row = db.execute("SELECT value FROM _meta WHERE name = ?", (LAYOUT,)).fetchone()
    return row is not None and row[0] == _layout_mark(db, registry)


__all__ = ["LAYOUT", "keyed", "note_layout", "own_layout"]
