"""What checks of the ledger read (所读): the tables that SQLite is asked for while one runs."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from taizhang.declarations.checks import Check
from taizhang.ledger.schema import history, physical
from taizhang.ledger.view import LedgerView
from taizhang.testing.ledgers import ledger_of, view
from taizhang.testing.logs import logged
from taizhang.testing.subject import Subject

_NONE = {"json_each", "json_tree", "sqlite_master", "sqlite_temp_master", "_spelled"}
"""What holds no rows of the ledger, and names of entities as they are compared, which change with their rows."""


@contextmanager
def listing(ledger: LedgerView) -> Iterator[set[str]]:
    """The tables that are read meanwhile through the ledger's connection, by their declared names.

    ``personal`` is listed only where it is asked for itself: a name that a view shows changes with the row.
    """
    tables = ledger.registry.tables
    declared = {stored(t): n for n, t in tables.items() for stored in (physical, history)}
    views = {name for table in tables for name in (table, f"{table}_all")}
    found: set[str] = set()

    def look(action: int, table: str | None, _: str | None, __: str | None, by: str | None) -> int:
        if action == sqlite3.SQLITE_READ and table is not None:
            if table in declared:
                found.add(declared[table])
            elif table not in views | _NONE and not (table == "personal" and by in views):
                found.add(table)
        return sqlite3.SQLITE_OK

    ledger.db.set_authorizer(look)
    try:
        yield found
    finally:
        ledger.db.set_authorizer(None)


def unsaid(ledger: LedgerView, check: Check, ids: Sequence[str] | None) -> set[str]:
    """The tables that a check reads and does not name; none for one that names no tables at all."""
    if check.reads is None:
        return set()
    with listing(ledger) as found:
        list(check.find(ledger, ids))
    return found - check.reads


def reads(subject: Subject) -> None:
    """A check that says which tables it reads names all of them, or it is not run when it should be."""
    registry = subject.registry
    with (
        tempfile.TemporaryDirectory() as folder,
        logged(Path(folder, "events.db"), [], registry) as log,
        ledger_of(log, registry, Path(folder, "ledger.db")) as projector,
    ):
        for check in subject.programme.checks:
            for ids in (None, ["x"]):
                for table in sorted(unsaid(view(projector), check, ids)):
                    raise subject.broken(
                        "reads",
                        check.code,
                        f"检查 {check.code} 读了 {table}，reads 里没有写",
                        f"the check {check.code} reads {table}, which its reads do not name",
                    )
