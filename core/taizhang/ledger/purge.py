"""Taking erased texts out of the ledger's file, down to its bytes.

The rows go first, in one transaction that also notes that the file is not clean yet. Then the finder is
merged, since a term that was deleted stands on in its older segments; the file is written anew, since
pages that were split keep what they held; and the write-ahead log is cut off. Who dies in between, or
finds another process reading, leaves the note, and the next opening goes on.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection

from taizhang.declarations.registry import Registry
from taizhang.ledger import search
from taizhang.ledger.schema import BUSY, personal_columns, physical, quoted
from taizhang.ledger.vault import Vault, vault_of

_DUE = "purge"
_PATIENCE = 3_000
"""Milliseconds."""


def texts_of(db: sqlite3.Connection, subject: str, vault: Vault) -> set[str]:
    """The texts that the ledger has of a subject.

    Args:
        db: The ledger.
        subject: The person, ``member:m-…``.
        vault: The ledger's key.
    """
    if not _made(db):
        return set()
    rows = db.execute("SELECT token, text FROM personal WHERE subject = ?", (subject,))
    return {str(vault.text(token, kept)) for token, kept in rows}


def _made(db: sqlite3.Connection) -> bool:
    found = "SELECT count(*) FROM sqlite_master WHERE name IN ('personal', '_found', '_meta')"
    return bool(db.execute(found).fetchone()[0] == 3)


def purge(db: sqlite3.Connection, registry: Registry, subjects: Collection[str]) -> bool:
    """Takes out every text of `subjects`; False when somebody else at work keeps some bytes alive.

    Args:
        db: The connection to the ledger.
        registry: Knows which tables there are.
        subjects: Whose texts go: ``member:m-…``.
    """
    if not _made(db):
        return True
    listed = json.dumps(sorted(subjects))
    of_them = "subject IN (SELECT value FROM json_each(?))"
    if db.execute(f"SELECT 1 FROM personal WHERE {of_them} LIMIT 1", (listed,)).fetchone():
        _delete(db, registry, listed, of_them)
    return _clean(db)


def _delete(db: sqlite3.Connection, registry: Registry, listed: str, of_them: str) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        named = _named(db, registry, listed, of_them)
        marks = db.execute(
            f"DELETE FROM personal WHERE {of_them} RETURNING mark", (listed,)
        ).fetchall()
        for table, ids in named.items():
            search.refresh(db, registry.tables[table], ids, vault_of(registry))
        # Of a name that nobody else bears nothing is left.
        db.executemany(
            "DELETE FROM _ranks WHERE mark = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM personal WHERE mark = ?1) "
            "AND NOT EXISTS (SELECT 1 FROM _found WHERE mark = ?1)",
            [mark for mark in marks if mark[0] is not None],
        )
        db.execute("INSERT OR REPLACE INTO _meta VALUES (?, 'due')", (_DUE,))
        db.execute("COMMIT")
    except BaseException:
        # For want of room SQLite has rolled back itself.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _named(
    db: sqlite3.Connection, registry: Registry, listed: str, of_them: str
) -> dict[str, list[str]]:
    """The entities, by table, that the finder knows by these texts."""
    found: dict[str, list[str]] = {}
    present = {name for (name,) in db.execute("SELECT name FROM sqlite_master")}
    for table in registry.tables.values():
        columns = set(table.search) & set(personal_columns(table))
        if table.entity is None or not columns or physical(table) not in present:
            continue
        ids: set[str] = set()
        for column in sorted(columns):
            ids |= {
                id
                for (id,) in db.execute(
                    f"SELECT DISTINCT id FROM {quoted(physical(table))} WHERE {quoted(column)} IN "
                    f"(SELECT token FROM personal WHERE {of_them})",
                    (listed,),
                )
            }
        found[table.name] = sorted(ids)
    return found


def _clean(db: sqlite3.Connection) -> bool:
    if not db.execute("SELECT 1 FROM _meta WHERE name = ?", (_DUE,)).fetchone():
        return True
    # Somebody who reads for long need not be waited for: the next opening tries again.
    db.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
    try:
        db.execute("INSERT INTO _finder (_finder) VALUES ('optimize')")
        db.execute("VACUUM")
        # What the note itself writes goes through the same log: it is cut off last.
        busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if not busy:
            db.execute("DELETE FROM _meta WHERE name = ?", (_DUE,))
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    finally:
        db.execute(f"PRAGMA busy_timeout = {BUSY}")
    return not busy
