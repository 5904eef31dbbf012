"""Transactions on a connection in autocommit."""

from __future__ import annotations

import sqlite3


class Transaction:
    """``BEGIN IMMEDIATE`` to ``COMMIT``, or ``ROLLBACK`` when it raises."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self.db = db

    def __enter__(self) -> None:
        self.db.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self.db.in_transaction:
            self.db.execute("COMMIT" if kind is None else "ROLLBACK")
