"""The ledger's file: which SQLite tables, indexes and views stand for the declared tables.

A declared table ``members`` is stored as ``_members`` (rows as known now) and ``_members_history``
(rows that were known once, with the position from which they were gone). In the file itself a plain
view ``members`` shows the readable columns of every day, for any tool that opens SQLite; taizhang's own
connections put temporary views of the same name over it that look through two clocks
(:mod:`taizhang.ledger.view`).

Row columns beside the declared ones: ``src`` the root fact (of a table that is fed by lines the number of
the line is part of it, and readers see that as ``line``; :mod:`taizhang.ledger.lines`), ``seq`` the last writer (end of its action),
``since``/``until`` (spans and folds, until exclusive) or ``on_date`` (records), ``rank`` the fact's order
within a day, ``gap`` 1 where a state has ended, ``problem`` the rule that a fold's fact could not follow.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taizhang.declarations.fields import specs
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.ledger.lines import line_sql, source_sql
from taizhang_eventstore.errors import must_be_file
from taizhang_eventstore.files import private
from taizhang_eventstore.layout import distrust
from taizhang_eventstore.personal.cipher import ERASED

if TYPE_CHECKING:
    from sqlite_utils import Database

LEDGER_VERSION = 7
"""Version of the ledger's own layout; another one means a rebuild, never a migration."""

BUSY = 30_000
"""Milliseconds that a connection waits for another one's lock."""

TEXT = "personal_text(token, text)"
"""SQL: a text of ``personal``, on a connection of ours (:meth:`taizhang.ledger.vault.Vault.attach`)."""

ENCRYPTED = "〔已加密〕"
"""The word that other tools read in place of a text."""

_UNREAD = f"iif(typeof(text) = 'text', text, '{ENCRYPTED}')"

TIMED = ("since", "until", "rank", "gap", "problem")

_COMMON = """
CREATE TABLE IF NOT EXISTS _meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _tracking (
  unit TEXT PRIMARY KEY, position INTEGER NOT NULL, fingerprint TEXT NOT NULL, fault TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _actions (
  seq INTEGER PRIMARY KEY, recorded_at TEXT NOT NULL, claimed TEXT
);
CREATE TABLE IF NOT EXISTS amendments (
  seq INTEGER PRIMARY KEY, root INTEGER NOT NULL, target INTEGER NOT NULL, kind TEXT NOT NULL, line TEXT
);
CREATE INDEX IF NOT EXISTS _amendments_root ON amendments (root);
CREATE TABLE IF NOT EXISTS _batches (
  batch TEXT NOT NULL, name TEXT NOT NULL,
  first INTEGER NOT NULL, last INTEGER NOT NULL, events INTEGER NOT NULL,
  PRIMARY KEY (batch, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS personal (
  token TEXT PRIMARY KEY, subject TEXT NOT NULL, text NOT NULL, hmac TEXT, mark BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _ranks (
  mark BLOB PRIMARY KEY, rank INTEGER NOT NULL, name NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _spelled (
  place TEXT NOT NULL, id TEXT NOT NULL, spelled TEXT NOT NULL, PRIMARY KEY (place, id, spelled)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS _found_kinds (number INTEGER PRIMARY KEY, entity TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS _found (
  rowid INTEGER PRIMARY KEY, entity TEXT NOT NULL, id TEXT NOT NULL, mark BLOB NOT NULL, signs BLOB NOT NULL,
  UNIQUE (entity, id)
);
CREATE VIRTUAL TABLE IF NOT EXISTS _finder USING fts5 (
  signs, content='', detail=none, columnsize=0, tokenize='ascii'
);
"""

_COMMON_INDEXES = """
CREATE INDEX IF NOT EXISTS _actions_time ON _actions (recorded_at);
CREATE INDEX IF NOT EXISTS _personal_mark ON personal (mark) WHERE mark IS NOT NULL;
CREATE INDEX IF NOT EXISTS _ranks_rank ON _ranks (rank);
CREATE INDEX IF NOT EXISTS _spelled_name ON _spelled (place, spelled);
CREATE INDEX IF NOT EXISTS _personal_hmac ON personal (hmac) WHERE hmac IS NOT NULL;
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


def _utils(db: sqlite3.Connection) -> Database:
    # Imported where the layout is made: most starts find it made, and the import takes 0.1 s.
    from sqlite_utils import Database

    return Database(db, execute_plugins=False)


def current(db: sqlite3.Connection) -> bool:
    """Tells if a ledger is empty or has the layout of this program."""
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = '_meta'").fetchone():
        return True
    row = db.execute("SELECT value FROM _meta WHERE name = 'version'").fetchone()
    return row is None or row[0] == str(LEDGER_VERSION)


def create_table(db: sqlite3.Connection, table: Table[Any]) -> None:
    """The stored table and its history."""
    utils = _utils(db)
    kinds = {name: int if kind == "INTEGER" else str for name, kind in _types(table).items()}
    values = {name: kinds.get(name, str) for name in value_columns(table)}
    if table.shape == "record":
        time: dict[str, type] = {"on_date": str}
    else:
        time = {"since": str, "until": str, "rank": int, "gap": int, "problem": str}
    needed = {"seq", "on_date", "since", "rank", "gap"}
    columns = {"src": int, "seq": int, **values, **time}
    utils.table(physical(table)).create(
        columns, pk="src", not_null=needed & set(columns), if_not_exists=True
    )
    columns["gone"] = int
    utils.table(history(table)).create(
        columns, not_null=(needed | {"src", "gone"}) & set(columns), if_not_exists=True
    )


def create_line(db: sqlite3.Connection, table: Table[Any]) -> None:
    """The index that finds a timeline, without which nothing can be added to one."""
    if table.shape != "record":
        _utils(db).table(physical(table)).create_index(
            [*table.key_columns, "since"], physical(table) + "_line", if_not_exists=True
        )


def create_indexes(db: sqlite3.Connection, table: Table[Any]) -> None:
    """Indexes that only reading needs: one for each reference, and those that were declared.

    An index for a span's reference carries the time columns and the timeline's key, so that a list, or
    a count, on a past date as known at a past position is answered from the index alone.
    """
    record = table.shape == "record"
    wanted: list[tuple[str, ...]] = [tuple(i) for i in table.indexes]
    for name, spec in specs(table.row).items():
        if spec.entity is not None and (table.key_columns[:1] != (name,)):
            key = tuple(k for k in table.key_columns if k != name)
            timed = ("until", "since", "seq", *key, "gap")
            wanted.append((name, "on_date") if record else (name, *timed))
        elif table.search and name in table.search:
            wanted.append((name,))
    utils = _utils(db)
    now, then = utils.table(physical(table)), utils.table(history(table))
    for columns in wanted:
        suffix = "_".join(
            c for c in columns if c not in ("until", "since", "seq", "gap", "on_date")
        )
        now.create_index(columns, f"{now.name}_by_{suffix}", if_not_exists=True)
        then.create_index([*columns, "gone"], f"{then.name}_by_{suffix}", if_not_exists=True)
    if not record:
        line = [*table.key_columns, "since"]
        then.create_index(line, f"{then.name}_line", if_not_exists=True)
        db.execute(
            f"CREATE INDEX IF NOT EXISTS {quoted(now.name + '_problem')} "
            f"ON {quoted(now.name)} (src) WHERE problem IS NOT NULL"
        )
    then.create_index(["src"], f"{then.name}_src", if_not_exists=True)


def shown_columns(table: Table[Any], row: str = "r", text: str = TEXT) -> str:
    """The readable columns of a stored row as a select list, personal tokens resolved.

    Args:
        table: The table.
        row: What the row is called in the query.
        text: SQL for a text, on a row of ``personal``.
    """
    personal = set(personal_columns(table))
    parts = []
    for name in value_columns(table):
        if name in personal:
            parts.append(
                f"coalesce((SELECT {text} FROM personal WHERE token = {row}.{quoted(name)}), CASE WHEN "
                f"{row}.{quoted(name)} <> '' THEN '{ERASED}' ELSE {row}.{quoted(name)} END) AS {quoted(name)}"
            )
        else:
            parts.append(f"{row}.{quoted(name)}")
    time = ["on_date"] if table.shape == "record" else ["since", "until"]
    parts += [f"{row}.{c}" for c in time]
    if table.lined:
        src = f"{row}.src"
        parts += [f"{line_sql(src)} AS line", f"{source_sql(table, src)} AS src", f"{row}.seq"]
    else:
        parts += [f"{row}.src", f"{row}.seq"]
    return ", ".join(parts)


def shown_names(table: Table[Any]) -> list[str]:
    """Names of the columns that a reader of the table sees."""
    time = ["on_date"] if table.shape == "record" else ["since", "until"]
    line = ["line"] if table.lined else []
    return [*value_columns(table), *table.computed, *time, *line, "src", "seq"]


def create_views(db: sqlite3.Connection, registry: Registry) -> None:
    """The plain views in the file, for other tools, which cannot read what is encrypted; replaced when
    declarations changed.
    """
    utils = _utils(db)
    for table in registry.tables.values():
        where = "" if table.shape == "record" else " WHERE r.gap = 0"
        sql = f"SELECT {shown_columns(table, text=_UNREAD)} FROM {quoted(physical(table))} r{where}"
        utils.create_view(table.name, sql, replace=True)


def drop_table(db: sqlite3.Connection, name: str) -> None:
    """Removes a declared table's rows, history and view (its plugin changed or is to be rebuilt)."""
    db.execute(f"DROP VIEW IF EXISTS main.{quoted(name)}")
    db.execute(f"DROP TABLE IF EXISTS {quoted('_' + name)}")
    db.execute(f"DROP TABLE IF EXISTS {quoted('_' + name + '_history')}")


LABEL = ("台账", "ledger")
"""What ``ledger.db`` is called when it cannot be read or written."""


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection to a ledger file with taizhang's settings; autocommit, explicit transactions."""
    must_be_file(path, LABEL)
    if read_only:
        db = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
        )
    else:
        private(path)
        db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=BUSY / 1000
        )
    try:
        if not read_only:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA synchronous = NORMAL")
            db.execute("PRAGMA secure_delete = ON")
        settle(db)
    except BaseException:
        db.close()
        raise
    return db


def settle(db: sqlite3.Connection) -> None:
    """Settings of every connection to a ledger, also of one that somebody else has made."""
    # A ledger from elsewhere may hold views and triggers: they get no function that does anything.
    distrust(db)
    # Not temp_store = MEMORY: under a savepoint every statement then walks the whole of a journal in
    # memory, and catching up took seven times as long.
    db.execute("PRAGMA cache_size = -32000")
