"""The file format (文件格式): tables, stamps, and how a log is created and recognised.

The whole format is written down for strangers in eventstore/README.md; change both together.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreAltered, StoreDamaged, StoreTooNew, not_found
from taizhang_eventstore.layout import Made, defend, foreign, layout, plain

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID: Final = 0x545A4556
"""Stamped into the file's header: "TZEV". `file` and SQLite's own tools show it."""

FORMAT: Final = 1
"""The version of the tables, kept in `user_version`. A higher one in a file is refused."""

TABLES: Final = (
    # AUTOINCREMENT: a position that was once given is never given again, even after rows at
    # the end were lost; implicit rowids are reused.
    """
    CREATE TABLE events (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        type TEXT NOT NULL,
        data BLOB NOT NULL,
        tags TEXT NOT NULL
    )
    """,
    "CREATE TABLE event_tags (tag TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (tag, seq))"
    " WITHOUT ROWID",
    "CREATE INDEX events_type ON events (type)",
)

_LAYOUT: Final = {
    Made("table", "events", "events", plain(TABLES[0])),
    Made("table", "event_tags", "event_tags", plain(TABLES[1])),
    Made("index", "events_type", "events", plain(TABLES[2])),
    Made("table", "sqlite_sequence", "sqlite_sequence", "CREATE TABLE sqlite_sequence(name,seq)"),
}
"""All that a log holds."""

_SETTINGS: Final = (
    # FULL: an append that has returned survives a loss of power.
    "PRAGMA synchronous = FULL",
    # Freed bytes are overwritten from the first day, so that what is erased is gone.
    "PRAGMA secure_delete = ON",
    # KiB. The tag index of a large log is read at random places.
    "PRAGMA cache_size = -16384",
    # Bytes. The write-ahead log of one large import is cut back after its checkpoint.
    "PRAGMA journal_size_limit = 67108864",
)

_FOREIGN: Final = (
    "{path} 是别的程序的 SQLite 数据库，不是台账的事件日志。"
    "|{path} is a SQLite database of another program, not a log of taizhang."
)
_INCOMPLETE: Final = (
    "事件日志 {path} 缺少表 {tables}，已损坏。|The log {path} is damaged: it lacks {tables}."
)
_ALTERED: Final = (
    "事件日志 {path} 的表结构不是本程序写的：{what}；被别的工具改过，没有登记任何内容，请由备份恢复。"
    "|The layout of the log {path} is not what taizhang makes: {what}; another tool has changed it, nothing "
    "was recorded, restore a backup."
)
_TOO_NEW: Final = (
    "事件日志 {path} 是较新版本的台账写的（格式 {found}，本程序只认识到 {known}），请升级程序。"
    "|The log {path} was written by a later taizhang (format {found}; this program knows "
    "up to {known}); please upgrade."
)


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    return int(connection.execute(f"PRAGMA {pragma}").fetchone()[0])


def recognise(connection: sqlite3.Connection, path: Path) -> bool:
    """Tells if the file is a log that we can use; False when it is empty.

    Raises `StoreTooNew` for a later format, `StoreDamaged` for a database of another program
    and for a log without its tables; `sqlite3.DatabaseError` when it is no database.
    """
    # In one transaction: another process may be creating the log between two questions.
    begun = not connection.in_transaction
    if begun:
        connection.execute("BEGIN")
    try:
        there = layout(connection)
        present = {made.name for made in there}
        stamp = _number(connection, "application_id")
        found = _number(connection, "user_version")
    finally:
        if begun and connection.in_transaction:
            connection.execute("ROLLBACK")
    if stamp == 0 and not present:
        return False
    if stamp != APPLICATION_ID:
        raise StoreDamaged(_FOREIGN, path=path)
    if found > FORMAT:
        raise StoreTooNew(_TOO_NEW, path=path, found=found, known=FORMAT)
    missing = {"events", "event_tags"} - present
    if missing:
        raise StoreDamaged(_INCOMPLETE, path=path, tables=", ".join(sorted(missing)))
    # The file remembers the last number from the first event on, and its table from the beginning.
    what = foreign(there, _LAYOUT)
    if what or found != FORMAT:
        altered = StoreAltered(_ALTERED, path=path, what=what or f"user_version {found}")
        kinds = {made.name: made for made in there}
        altered.readable = all(
            kinds[name].type == "table" and not kinds[name].sql.startswith("CREATE VIRTUAL")
            for name in ("events", "event_tags")
        )
        raise altered
    return True


def version(connection: sqlite3.Connection) -> int:
    """A number of SQLite's own that is another one once anything of the layout was changed."""
    return _number(connection, "schema_version")


def settle(connection: sqlite3.Connection) -> None:
    """Sets on a connection what SQLite does not keep in the file."""
    defend(connection)
    for statement in _SETTINGS:
        connection.execute(statement)


def prepare(connection: sqlite3.Connection, path: Path, *, create: bool) -> None:
    """Makes `connection` ready to append: recognises the log, or creates it where empty.

    With `create` False an empty file is `StoreNotFound`: a log that was cut to nothing must
    not quietly begin anew. Errors are those of `recognise`; `sqlite3.OperationalError` (busy)
    when several processes create one file at once, and the caller tries again.
    """
    settle(connection)
    if recognise(connection, path):
        return
    if not create:
        raise not_found(path)
    # Before the first table, while no page holds anything.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been faster.
        if not recognise(connection, path):
            for statement in TABLES:
                connection.execute(statement)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
