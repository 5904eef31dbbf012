"""Is the layout of a database what this program makes (表结构), and what a connection to it is not to do.

A trigger swallows what is written, a view shows what is not there, a changed column or collation finds
other rows: whatever is in a file beside what we make is refused, whoever put it there.
"""

from __future__ import annotations

import sqlite3
from typing import Final, NamedTuple

DISTRUST: Final = "PRAGMA trusted_schema = OFF"
"""A file from elsewhere may hold views and triggers: they get no function that does anything."""

_CHECKED: Final = "PRAGMA cell_size_check = ON"
"""A page that was tampered with is found out before its cells are read."""

_STATISTICS: Final = ("sqlite_stat1", "sqlite_stat4")
"""What ANALYZE of any tool leaves; it speeds up and changes no answer."""

_OWN: Final = "sqlite_autoindex_"


class Made(NamedTuple):
    """One object of a layout, as `sqlite_master` lists it."""

    type: str
    name: str
    table: str
    sql: str


def distrust(connection: sqlite3.Connection) -> None:
    """Has a connection run no trigger and no view of the file, where Python can say so (from 3.12).

    What is temporary is our own, and stays.
    """
    connection.execute(DISTRUST)
    connection.execute(_CHECKED)
    setconfig = getattr(connection, "setconfig", None)
    if setconfig is not None:
        for name in ("ENABLE_TRIGGER", "ENABLE_VIEW"):
            setconfig(getattr(sqlite3, f"SQLITE_DBCONFIG_{name}"), False)


def defend(connection: sqlite3.Connection) -> None:
    """`distrust`, and no statement may touch what SQLite itself keeps (from Python 3.12)."""
    distrust(connection)
    setconfig = getattr(connection, "setconfig", None)
    if setconfig is not None:
        setconfig(getattr(sqlite3, "SQLITE_DBCONFIG_DEFENSIVE"), True)  # noqa: B009 - from 3.12 on


def plain(sql: str | None) -> str:
    """A statement as it is compared: how it is broken into lines does not matter."""
    return " ".join((sql or "").split())


def layout(connection: sqlite3.Connection) -> set[Made]:
    """Every object of the database; indexes that are part of a table's own text are left out."""
    rows = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master")
    return {
        Made(str(type_), str(name), str(table), plain(sql))
        for type_, name, table, sql in rows
        if name not in _STATISTICS and not (sql is None and str(name).startswith(_OWN))
    }


def foreign(there: set[Made], made: set[Made]) -> str:
    """The first object in a database that is not as it was made, or is missing; empty where all are."""
    if there == made:
        return ""
    strange = sorted(there - made) or sorted(made - there)
    return f"{strange[0].type} {strange[0].name}"


__all__ = ["DISTRUST", "Made", "defend", "distrust", "foreign", "layout", "plain"]
