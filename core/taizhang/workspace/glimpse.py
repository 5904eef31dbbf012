"""A glimpse of a store (先睹): its ledger as known now, read before any programme is loaded.

What is shown first needs some tables of the core alone, and the card of the store (:mod:`taizhang.workspace.card`)
says how they are read. Where the card is not true of the store any more there is no glimpse, and the store is
opened first. Nothing is decided or written by one.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from taizhang.ledger.schema import connect
from taizhang.ledger.vault import Vault
from taizhang.ledger.view import LedgerView
from taizhang.ledger.views import WrittenViews
from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import open_keys, secret_of
from taizhang.workspace.card import Card, fitting
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.personal.wrapping import Secret


class Glimpse:
    """A store that is not open yet: what its card says, and its ledger on the day on which it stands."""

    def __init__(
        self,
        path: Path,
        db: sqlite3.Connection,
        card: Card,
        tables: Iterable[str],
        vault: Vault,
    ) -> None:
        """Use :func:`glimpse`.

        Args:
            path: the ledger's file.
            db: a connection to it, from before the card was read.
            card: the card.
            tables: the tables that are to be read.
            vault: opens the ledger's texts.
        """
        self._path, self._db, self._seen, self._vault = path, db, _state(db), vault
        self.name: str = card.said["name"]
        self.demonstration: bool = card.said["demonstration"]
        self.day = dt.date.fromisoformat(card.day)
        self.head = card.position
        """The position of the last event."""
        written = card.said["views"]
        self._written: dict[str, str] = {
            name: written[name] for table in tables for name in (table, f"{table}_all")
        }

    def reader(self) -> LedgerView:
        """The ledger on a connection of its own, which the caller closes."""
        db = connect(self._path, read_only=True)
        views = WrittenViews(db, self._written, self._vault)
        return LedgerView(db, views.registry, self.day, views=views)

    def stands(self) -> bool:
        """Tells if the ledger has taken in nothing since, and was not written anew."""
        return _state(self._db) == self._seen

    def close(self) -> None:
        """Closes what it has open itself."""
        self._db.close()


def glimpse(root: Path, tables: Iterable[str], secret: Secret | None = None) -> Glimpse | None:
    """A glimpse of a store; None where there is none to be had.

    Args:
        root: the store.
        tables: those of its tables that are to be read.
        secret: unlocks its keys; None to look for it where the store says.
    """
    path = root / "ledger.db"
    try:
        db = connect(path, read_only=True)
    except sqlite3.Error:
        return None
    try:
        db.execute("BEGIN")  # what is noted of it and what it says are of one moment
        if (card := fitting(db, str(root))) is not None:
            made = Glimpse(path, db, card, tables, _vault(root, secret))
            db.execute("COMMIT")
            return made
    except (sqlite3.Error, StoreError, ValueError, KeyError, TypeError, OSError):
        pass
    db.close()
    return None


def _vault(root: Path, secret: Secret | None) -> Vault:
    """The key of the ledger of a store. Raises ``StoreError`` where it cannot be unlocked."""
    paths = StorePaths(root)
    if not paths.keys.exists():
        return Vault(None)
    with closing(open_keys(paths, secret or secret_of(paths), read_only=True)) as keys:
        return Vault(keys.ledger)


def _state(db: sqlite3.Connection) -> list[Any]:
    """Returns what changes with every action that the ledger takes in, and when its file is written anew."""
    asked = ("SELECT * FROM _meta", "SELECT * FROM _tracking", "PRAGMA schema_version")
    return [db.execute(sql).fetchall() for sql in asked]


__all__ = ["Glimpse", "glimpse"]
