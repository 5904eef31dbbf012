"""A glance at a log's file (一瞥): how far it is, without a recorder, for programs that start fast."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing

from taizhang_eventstore.recorders.schema import APPLICATION_ID, FORMAT


def glance(path: str, without: str, since: int) -> tuple[int, bytes] | None:
    """Looks at the end of a log. Nothing is written, and nothing is checked: whoever needs to be sure opens it.

    Args:
        path: the log's file.
        without: the name of a type of events.
        since: a position.

    Returns:
        The position of the last event and its stored data; None where there is no log that can be read so, or
        none with an event, or where events of the type ``without`` came after ``since``.
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
            # Of any version; "A" comes after "@".
            came = "SELECT 1 FROM events WHERE type > ? AND type < ? AND seq > ? LIMIT 1"
            if db.execute(came, (f"{without}@", f"{without}A", since)).fetchone():
                return None
            row = db.execute("SELECT seq, data FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else (int(row[0]), bytes(row[1]))


__all__ = ["glance"]
