"""A glance at a log's file (一瞥): how far it is, without a recorder, for programs that start fast."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from taizhang_eventstore.recorders.schema import APPLICATION_ID, FORMAT


def glance(path: str) -> tuple[int, bytes] | None:
    """The position of the last event and its stored data; None where there is no log that can be read so,
    or none with an event. Nothing is written, and nothing is checked: whoever needs to be sure opens the log.
    """
    if not os.path.isfile(path):
        return None
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute("PRAGMA query_only = ON")
            stamp = db.execute("PRAGMA application_id").fetchone()[0]
            version = db.execute("PRAGMA user_version").fetchone()[0]
            if (stamp, version) != (APPLICATION_ID, FORMAT):
                return None
            row = db.execute("SELECT seq, data FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else (int(row[0]), bytes(row[1]))


__all__ = ["glance"]
