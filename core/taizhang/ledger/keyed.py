"""With which keys the ledger was made: whether `keys.db` is another one since, and what it lacks."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

from taizhang.ledger.purge import texts_of
from taizhang.ledger.vault import ring_vault
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.personal.cipher import MISSING
from taizhang_eventstore.personal.keyring import Keyring

_SEE = "INSERT OR REPLACE INTO _meta VALUES ('keys', ?)"
"""Notes the state of `keys.db` with which the ledger was last compared."""


def keys_went(db: sqlite3.Connection, ring: Keyring, *, note: bool) -> bool:
    """Tells if the ledger has texts in the clear whose key is gone, since an older `keys.db` was put back, or
    is not to be used, since somebody claims an erasure.

    Looked into when the file is another one than last time, which is noted if ``note``, where the ledger
    may be written.
    """
    if ring.keys is None:
        return False  # What the ledger was made with is part of its units' fingerprints.
    if any(_told(db, subject) for subject in ring.claimed):
        return True
    state = ring.keys.state()
    if _seen(db) == state:
        return False
    told = {subject for (subject,) in db.execute("SELECT DISTINCT subject FROM personal")}
    if any(_told(db, subject) for subject in told - ring.keys.subjects() - ring.erased):
        return True
    if note:
        db.execute(_SEE, (state,))
    return False


def _told(db: sqlite3.Connection, subject: str) -> bool:
    """Tells if the ledger has a text of the subject in the clear that the log has encrypted."""
    # What was said before personal texts were sealed has no mark, and needs no key.
    clear = "SELECT 1 FROM personal WHERE subject = ? AND text <> ? AND token LIKE '%.%.%'"
    return db.execute(clear, (subject, MISSING)).fetchone() is not None


def keys_made(db: sqlite3.Connection, ring: Keyring) -> None:
    """Notes that `keys.db` is another one by keys of this process's own, which need no looking into.

    Never fails over the file: without the note the next opening looks.
    """
    keys, seen = ring.keys, _seen(db)
    if keys is None or seen is None:
        return
    with suppress(StoreError):
        state = keys.state()
        # Unless somebody has put another file in its place.
        if state.split()[0] == seen.split()[0]:
            db.execute(_SEE, (state,))


def _seen(db: sqlite3.Connection) -> str | None:
    row = db.execute("SELECT value FROM _meta WHERE name = 'keys'").fetchone()
    return None if row is None else str(row[0])


def without_key(db: sqlite3.Connection, ring: Keyring) -> int:
    """Tells how many subjects the ledger has whose texts cannot be read, their key being lost."""
    found = db.execute("SELECT DISTINCT subject FROM personal WHERE text = ?", (MISSING,))
    return sum(subject not in ring.claimed for (subject,) in found)


def keys_came_back(db: sqlite3.Connection, ring: Keyring) -> bool:
    """Tells if the ledger says of some text that its key is missing, and now the key is there."""
    rows = db.execute("SELECT DISTINCT subject FROM personal WHERE text = ?", (MISSING,)).fetchall()
    return any(ring.key(subject) is not None for (subject,) in rows)


def lingering(db: sqlite3.Connection, keyring: Keyring) -> bool:
    """Tells if the ledger still has texts of somebody who was erased, as an older copy may."""
    vault = ring_vault(keyring)
    return any(texts_of(db, subject, vault) for subject in keyring.erased)
