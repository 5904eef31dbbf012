"""The ledger's file: which SQLite tables, indexes and views stand for the declared tables.

A declared table ``members`` is stored as ``_members`` (rows as known now) and ``_members_history``
(rows that were known once, with the position from which they were gone). In the file itself a plain
view ``members`` shows the readable columns of every day, for any tool that opens SQLite; taizhang's own
connections put temporary views of the same name over it that look through two clocks
(:mod:`taizhang.ledger.view`).

Row columns beside the declared ones: ``src`` the root fact, ``seq`` the last writer (end of its action),
``since``/``until`` (spans and folds, until exclusive) or ``on_date`` (records), ``rank`` the fact's order
within a day, ``gap`` 1 where a state has ended, ``problem`` the rule that a fold's fact could not follow.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from taizhang.declare import specs
from taizhang.programme import Table
from taizhang.registry import Registry

LEDGER_VERSION = 1
"""Version of the ledger's own layout; another one means a rebuild, never a migration."""

TIMED = ("since", "until", "rank", "gap", "problem")

_COMMON = """
CREATE TABLE IF NOT EXISTS _meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _tracking (
  unit TEXT PRIMARY KEY, position INTEGER NOT NULL, fingerprint TEXT NOT NULL, fault TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _actions (seq INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS amendments (
  seq INTEGER PRIMARY KEY, root INTEGER NOT NULL, target INTEGER NOT NULL, kind TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS _amendments_root ON amendments (root);
CREATE TABLE IF NOT EXISTS personal (
  token TEXT PRIMARY KEY, subject TEXT NOT NULL, text TEXT NOT NULL,
  pinyin TEXT NOT NULL DEFAULT '', initials TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _found (
  rowid INTEGER PRIMARY KEY, entity TEXT NOT NULL, id TEXT NOT NULL, UNIQUE (entity, id)
);
CREATE VIRTUAL TABLE IF NOT EXISTS _finder USING fts5 (terms, prefix='1 2 3');
"""

_COMMON_INDEXES = """
CREATE INDEX IF NOT EXISTS _actions_time ON _actions (recorded_at);
CREATE INDEX IF NOT EXISTS _personal_text ON personal (text);
CREATE INDEX IF NOT EXISTS _personal_subject ON personal (subject);
"""


def quoted(name: str) -> str:
    """``name`` as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def physical(table: Table[Any]) -> str:
    """Name of the stored table."""
    return "_" + table.name


def history(table: Table[Any]) -> str:
    """Name of the stored history."""
    return "_" + table.name + "_history"


def value_columns(table: Table[Any]) -> list[str]:
    """``id`` (entities) and the declared columns, in the order in which rows store them."""
    return (["id"] if table.entity else []) + list(specs(table.row))


def stored_columns(table: Table[Any]) -> list[str]:
    """All columns of a stored row: src, seq, values, then time."""
    time = ["on_date"] if table.shape == "record" else list(TIMED)
    return ["src", "seq", *value_columns(table), *time]


def personal_columns(table: Table[Any]) -> list[str]:
    """Declared columns that hold a token of the ``personal`` table instead of text."""
    return [name for name, spec in specs(table.row).items() if spec.kind.personal]


def _types(table: Table[Any]) -> dict[str, str]:
    return {name: spec.kind.sql for name, spec in specs(table.row).items()}


def create_common(db: sqlite3.Connection) -> None:
    """The tables that do not depend on declarations."""
    _run(db, _COMMON)
    db.execute("INSERT OR IGNORE INTO _meta VALUES ('version', ?)", (str(LEDGER_VERSION),))


def create_common_indexes(db: sqlite3.Connection) -> None:
    """Their indexes that only reading needs."""
    _run(db, _COMMON_INDEXES)


def _run(db: sqlite3.Connection, statements: str) -> None:
    # Not executescript, which would commit.
    for statement in statements.split(";\n"):
        if statement.strip():
            db.execute(statement)


def create_table(db: sqlite3.Connection, table: Table[Any]) -> None:
    """The stored table, its history and the index that finds a timeline."""
    types = _types(table)
    values = ", ".join(f"{quoted(c)} {types.get(c, 'TEXT')}" for c in value_columns(table))
    time = (
        "on_date TEXT NOT NULL"
        if table.shape == "record"
        else "since TEXT NOT NULL, until TEXT, rank INTEGER NOT NULL, gap INTEGER NOT NULL, problem TEXT"
    )
    comma = ", " if values else ""
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {quoted(physical(table))} "
        f"(src INTEGER PRIMARY KEY, seq INTEGER NOT NULL, {values}{comma}{time})"
    )
    db.execute(
        f"CREATE TABLE IF NOT EXISTS {quoted(history(table))} "
        f"(src INTEGER NOT NULL, seq INTEGER NOT NULL, {values}{comma}{time}, gone INTEGER NOT NULL)"
    )
    if table.shape != "record":
        key = ", ".join(quoted(c) for c in table.key_columns)
        db.execute(
            f"CREATE INDEX IF NOT EXISTS {quoted(physical(table) + '_line')} "
            f"ON {quoted(physical(table))} ({key}, since)"
        )


def create_indexes(db: sqlite3.Connection, table: Table[Any]) -> None:
    """Indexes that only reading needs: one for each reference, and those that were declared.

    An index for a span's reference carries the time columns and the timeline's key, so that a list on
    a past date as known at a past position is answered from the index alone.
    """
    record = table.shape == "record"
    wanted: list[tuple[str, ...]] = [tuple(i) for i in table.indexes]
    for name, spec in specs(table.row).items():
        if spec.entity is not None and (table.key_columns[:1] != (name,)):
            key = tuple(k for k in table.key_columns if k != name)
            wanted.append((name, "on_date") if record else (name, "until", "since", "seq", *key))
        elif table.search and name in table.search:
            wanted.append((name,))
    for columns in wanted:
        suffix = "_".join(c for c in columns if c not in ("until", "since", "seq", "on_date"))
        listed = ", ".join(quoted(c) for c in columns)
        for stored, more in ((physical(table), ""), (history(table), ", gone")):
            db.execute(
                f"CREATE INDEX IF NOT EXISTS {quoted(stored + '_by_' + suffix)} "
                f"ON {quoted(stored)} ({listed}{more})"
            )
    if not record:
        line = ", ".join(quoted(c) for c in table.key_columns)
        db.execute(
            f"CREATE INDEX IF NOT EXISTS {quoted(history(table) + '_line')} "
            f"ON {quoted(history(table))} ({line}, since)"
        )
        db.execute(
            f"CREATE INDEX IF NOT EXISTS {quoted(physical(table) + '_problem')} "
            f"ON {quoted(physical(table))} (src) WHERE problem IS NOT NULL"
        )
    db.execute(
        f"CREATE INDEX IF NOT EXISTS {quoted(history(table) + '_src')} "
        f"ON {quoted(history(table))} (src)"
    )


def shown_columns(table: Table[Any], row: str = "r") -> str:
    """The readable columns of a stored row as a select list, personal tokens resolved."""
    personal = set(personal_columns(table))
    parts = []
    for name in value_columns(table):
        if name in personal:
            parts.append(
                f"(SELECT text FROM personal WHERE token = {row}.{quoted(name)}) AS {quoted(name)}"
            )
        else:
            parts.append(f"{row}.{quoted(name)}")
    time = ["on_date"] if table.shape == "record" else ["since", "until"]
    parts += [f"{row}.{c}" for c in [*time, "src", "seq"]]
    return ", ".join(parts)


def shown_names(table: Table[Any]) -> list[str]:
    """Names of the columns that a reader of the table sees."""
    time = ["on_date"] if table.shape == "record" else ["since", "until"]
    return [*value_columns(table), *time, "src", "seq"]


def create_views(db: sqlite3.Connection, registry: Registry) -> None:
    """The plain views in the file, for other tools; replaced when declarations changed."""
    for table in registry.tables.values():
        where = "" if table.shape == "record" else " WHERE r.gap = 0"
        db.execute(f"DROP VIEW IF EXISTS main.{quoted(table.name)}")
        db.execute(
            f"CREATE VIEW main.{quoted(table.name)} AS SELECT {shown_columns(table)} "
            f"FROM {quoted(physical(table))} r{where}"
        )


def drop_table(db: sqlite3.Connection, name: str) -> None:
    """Removes a declared table's rows, history and view (its plugin changed or is to be rebuilt)."""
    db.execute(f"DROP VIEW IF EXISTS main.{quoted(name)}")
    db.execute(f"DROP TABLE IF EXISTS {quoted('_' + name)}")
    db.execute(f"DROP TABLE IF EXISTS {quoted('_' + name + '_history')}")


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to a ledger file with taizhang's settings; autocommit, explicit transactions."""
    if read_only:
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
    else:
        db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA secure_delete = ON")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA cache_size = -32000")
    return db
