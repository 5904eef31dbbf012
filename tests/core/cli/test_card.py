"""``tables`` without loading programmes: the same answer, and none that is not true any more."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from taizhang.maintenance.erasing import erase
from taizhang.workspace import Workspace, card
from taizhang.workspace.settling import Settlement

from .conftest import Command


@pytest.fixture
def store(office: Command, tmp_path: Path) -> Path:
    """A store whose card was left."""
    assert office("tables").code == 0
    root = tmp_path / "store"
    assert card.read(str(root)) is not None
    return root


def told(store: Path) -> dict[str, int]:
    with Workspace.open(store, read_only=True) as ws:
        return {t["name"]: t["rows"] for t in card.contents(ws)["tables"]}


def test_the_answer_is_the_same_byte_for_byte(store: Path, office: Command) -> None:
    with_card = [office("tables", *words).out for words in ((), ("--json",))]
    with closing(sqlite3.connect(store / "ledger.db")) as db, db:
        db.execute("DELETE FROM _meta WHERE name = ?", (card.CARD,))
    assert [office("tables", *words).out for words in ((), ("--json",))] == with_card


def test_nothing_is_loaded_for_it(store: Path) -> None:
    code = (
        "import sys\nfrom taizhang.cli import main\n"
        f"try:\n    main(['--store', {str(store)!r}, 'tables', '--json'])\nexcept SystemExit as e:\n"
        "    assert not e.code\n"
        "print([m for m in sys.modules if m.startswith(('taizhang.', 'taizhang_', 'eventsourcing'))], "
        "file=sys.stderr)"
    )
    # Twice: the place of a program is part of what decides which programmes are found.
    for _ in range(2):
        ran = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd="/"
        )
    assert {t["name"] for t in json.loads(ran.stdout)} >= {"members", "organisations"}
    loaded = ran.stderr
    assert "taizhang.loading" not in loaded
    assert "taizhang_liudai" not in loaded
    assert "eventsourcing" not in loaded


def test_rows_are_counted_each_time(store: Path, office: Command) -> None:
    fields = {"name": "第三支部", "kind": "支部", "parent": "天井湖社区党工委"}
    with Workspace.open(store) as ws:
        ws.record("organisation.found", fields, on="2006-01-01")
    found = card.read(str(store))
    assert found is not None
    assert {t["name"]: t["rows"] for t in found["tables"]} == told(store)


def test_what_is_founded_tomorrow_is_not_counted_today(store: Path) -> None:
    before = told(store)["organisations"]
    fields = {"name": "第三支部", "kind": "支部", "parent": "天井湖社区党工委"}
    with Workspace.open(store) as ws:
        ws.record("organisation.found", fields, on="2999-01-01", accept=True)
    found = card.read(str(store))
    assert found is not None
    assert {t["name"]: t["rows"] for t in found["tables"]}["organisations"] == before


def _config(store: Path, _: Any) -> None:
    (store / "config.toml").write_text('disabled = ["liudai"]\n', "utf-8")


def _quarantine(store: Path, _: Any) -> None:
    (store / "quarantine.json").write_text("{}", "utf-8")


def _mark(store: Path, _: Any) -> None:
    (store / ".running-liudai-1-999999").write_text("{", "utf-8")


def _erased(store: Path, _: Any) -> None:
    with (store / "seals" / "erasures.jsonl").open("a", encoding="utf-8") as file:
        file.write("\n")


def _keys(store: Path, _: Any) -> None:
    shutil.copy(store / "keys.db", store / "keys.new")
    os.replace(store / "keys.new", store / "keys.db")


def _no_keys(store: Path, _: Any) -> None:
    (store / "keys.db").unlink()


def _no_ledger(store: Path, _: Any) -> None:
    for file in store.glob("ledger.db*"):
        file.unlink()


def _behind(store: Path, _: Any) -> None:
    with closing(sqlite3.connect(store / "ledger.db")) as db, db:
        db.execute("UPDATE _tracking SET position = position - 1 WHERE unit = 'core'")


def _another_log(store: Path, _: Any) -> None:
    with closing(sqlite3.connect(store / "events.db")) as db, db:
        db.execute('UPDATE events SET data = replace(data, \'"id":"\', \'"id":"0\') WHERE seq > 1')


def _other_code(store: Path, _: Any) -> None:
    with closing(sqlite3.connect(store / "ledger.db")) as db, db:
        db.execute("UPDATE _tracking SET fingerprint = 'other' WHERE unit = 'core'")


def _plugin_file(store: Path, _: Any) -> None:
    (store / "plugins").mkdir()
    (store / "plugins" / "mine.py").write_text("", "utf-8")


def _environment(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TAIZHANG_DISABLE", "liudai")


def _installed(store: Path, patch: pytest.MonkeyPatch) -> None:
    site = store.parent / "site"
    info = site / "late-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "entry_points.txt").write_text("[taizhang.plugins]\nlate = taizhang_late\n", "utf-8")
    patch.syspath_prepend(site)


def _source(_: Path, patch: pytest.MonkeyPatch) -> None:
    real = os.stat

    def touched(path: Any, **options: Any) -> Any:
        found = real(path, **options)
        if str(path).endswith(os.path.join("taizhang_liudai", "__init__.py")):
            return os.stat_result((*found[:6], found.st_size + 1, *found[7:]))
        return found

    patch.setattr(card.os, "stat", touched)


@pytest.mark.parametrize(
    "change",
    [
        _config, _quarantine, _mark, _erased, _keys, _no_keys, _no_ledger, _behind, _another_log, _other_code,
        _plugin_file, _environment, _installed, _source,
    ],
)  # fmt: skip
def test_it_is_not_believed_once_anything_has_changed(
    store: Path, change: Callable[[Path, pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert card.read(str(store)) is not None
    change(store, monkeypatch)
    assert card.read(str(store)) is None


def test_nobody_is_named_whose_erasure_was_recorded_and_not_carried_out(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace.open(store) as ws:
        fields = {"name": "周五一", "organisation": "第一支部"}
        member = ws.record("member.register", fields, on="2006-01-01").ids["member"]
        card.leave(ws)
        assert card.read(str(store)) is not None
        # As if the process had been killed in between.
        monkeypatch.setattr(Settlement, "settle", lambda *_: True)
        erase(ws, "member", member, "本人要求")
    assert card.read(str(store)) is None


def test_where_something_has_to_be_said_it_is_said(store: Path, office: Command) -> None:
    (store / "config.toml").write_text("[plugin.liudai]\nnothing = 1\n", "utf-8")
    for _ in range(2):
        assert "nothing" in office("tables").err


def test_a_store_from_elsewhere_is_not_believed(store: Path, office: Command) -> None:
    with closing(sqlite3.connect(store / "ledger.db")) as db, db:
        written = db.execute("SELECT value FROM _meta WHERE name = ?", (card.CARD,)).fetchone()[0]
        lie = written.replace("党员", "假的")
        db.execute("UPDATE _meta SET value = ? WHERE name = ?", (lie, card.CARD))
    assert "假的" not in office("--read-only", "tables").out


def test_a_demonstration_counts_by_its_own_day(demo: Path) -> None:
    with Workspace.open(demo) as ws:
        made = card.contents(ws)
        card.leave(ws)
    found = card.read(str(demo))
    assert found is not None
    assert found["tables"] == [{**t} for t in made["tables"]]
