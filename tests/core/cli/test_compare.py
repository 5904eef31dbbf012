"""The ledger is held against the log: `verify --ledger` and `doctor --full` name the first row that differs."""

import sqlite3
from pathlib import Path

import pytest

from .conftest import Command

EDITS = {
    "UPDATE _organisations SET name = '假支部' WHERE src = 4": ("_organisations", "4", "name"),
    "DELETE FROM _organisations WHERE src = 3": ("_organisations", "3", ""),
    "INSERT INTO _organisations SELECT 99, seq, id || 'x', name, kind, parent, code, holds_members, since, until, rank, gap, problem FROM _organisations WHERE src = 4": ("_organisations", "99", ""),
    "UPDATE _actions SET recorded_at = '2000' WHERE seq = 2": ("_actions", "2", "recorded_at"),
    "UPDATE personal SET text = '李四' WHERE subject LIKE 'member:%'": ("personal", "name", "text"),
}  # fmt: skip


@pytest.fixture
def peopled(office: Command) -> Command:
    made = office(
        "record", "member.register", "--name", "王小明", "--organisation", "第一支部", "--on", "2010-01-01",
        "--category", "在职党员",
    )  # fmt: skip
    assert made.code == 0, made.err
    return office


def test_a_ledger_that_nobody_touched_agrees(peopled: Command) -> None:
    shown = peopled("verify", "--ledger")
    assert shown.code == 0, shown.out + shown.err
    assert "逐行相符" in shown.out
    assert peopled("verify", "--ledger", "--json").json["ledger"] is None
    checks = {c["check"]: c for c in peopled("doctor", "--full", "--json").json["checks"]}
    assert checks["ledger"]["state"] == "ok", checks["ledger"]


@pytest.mark.parametrize(("sql", "names"), EDITS.items(), ids=[n[0] + n[2] for n in EDITS.values()])
def test_the_first_row_that_differs_is_named(
    peopled: Command, tmp_path: Path, sql: str, names: tuple[str, str, str]
) -> None:
    with sqlite3.connect(tmp_path / "store" / "ledger.db") as db:
        assert db.execute(sql).rowcount
    db.close()
    shown = peopled("verify", "--ledger")
    assert shown.code == 3
    assert all(name in shown.out for name in names), shown.out
    assert "李四" not in shown.out
    assert "王小明" not in shown.out
    checks = {c["check"]: c for c in peopled("doctor", "--full", "--json").json["checks"]}
    assert checks["ledger"]["state"] == "damaged", checks["ledger"]
    assert names[0] in checks["ledger"]["zh"]
    assert peopled("rebuild").code == 0
    assert peopled("verify", "--ledger").code == 0
