"""``backup`` and ``restore`` as the command line offers them."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taizhang.maintenance import manifest
from taizhang.store import making
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import MISSING
from taizhang_eventstore.personal.wrapping import KeyFile

from .conftest import Command, files, found


def names(store: Path) -> list[str]:
    with Workspace.open(store) as ws:
        return [r["name"] for r in ws.at("2012-01-01").rows("organisations")]


def furnished(store: Path) -> None:
    """Everything that a store may hold beside its log."""
    (store / "config.toml").write_text('disabled = ["liudai"]\n')
    (store / "files" / "2012").mkdir(parents=True)
    (store / "files" / "2012" / "扫描.pdf").write_bytes(b"%PDF" * 1_000)
    (store / "files" / "link").symlink_to("/etc/passwd")
    (store / "drafts").mkdir(exist_ok=True)
    (store / "drafts" / "half.json").write_text("李秀英")
    (store / "plugins").mkdir()
    (store / "plugins" / "own.py").write_text("x = 1\n")
    db = sqlite3.connect(store / "keys.db")
    db.execute("INSERT INTO keys VALUES ('member:m-1', x'00')")
    db.commit()
    db.close()


def test_a_backup_is_a_store_without_its_keys(office: Command, tmp_path: Path) -> None:
    store, dest = tmp_path / "store", tmp_path / "disk" / "backup"
    dest.parent.mkdir()
    furnished(store)
    made = office("backup", dest, "--json")
    assert made.code == 0, made.err
    assert made.json["events"] == made.json["sealed"] == made.json["position"] == 5
    assert made.json["left_out"] == ["files/link"]
    held = {str(p.relative_to(dest)) for p in dest.rglob("*") if p.is_file()}
    seals = {
        f"seals/{n}"
        for n in ("000000000001.seal", "000000000005.seal", "leaves.bin", "range", "seal.pub")
    }
    assert held == seals | {
        "events.db",
        "config.toml",
        "backup.json",
        "files/2012/扫描.pdf",
        "plugins/own.py",
    }
    assert os.listdir(dest.parent) == ["backup"]
    assert [p for p in dest.rglob("*") if p.is_file() and p.stat().st_mode & 0o077] == []
    assert office("verify", store=dest).code == 0
    last = manifest.last_of(store)
    assert last is not None
    assert (last.position, last.to) == (5, str(dest))


def test_keys_go_elsewhere(office: Command, tmp_path: Path) -> None:
    furnished(tmp_path / "store")
    kept, key = tmp_path / "kept.db", tmp_path / "kept.key"
    made = office("backup", tmp_path / "b", "--keys", kept, "--seal-key", key)
    assert made.code == 0, made.err
    db = sqlite3.connect(kept)
    assert db.execute("SELECT subject FROM keys").fetchall() == [("member:m-1",)]
    db.close()
    assert key.read_bytes() == (tmp_path / "store" / "seal.key").read_bytes()
    assert not any(p.stat().st_mode & 0o077 for p in (kept, key))
    again = office("backup", tmp_path / "b", "--keys", kept)
    assert again.code == 1
    assert "已经存在" in again.err
    new = tmp_path / "new"
    restored = office(
        "restore", tmp_path / "b", "--keys", kept, "--seal-key", key, "--json", store=new
    )
    assert restored.code == 0, restored.err
    assert restored.json["keys"] is restored.json["can_seal"] is True
    found(lambda *words: office(*words, store=new), "第三支部")  # type: ignore[arg-type]
    assert office("seal", store=new).code == 0
    assert office("verify", store=new).code == 0


def test_a_newer_backup_replaces_the_older(office: Command, tmp_path: Path) -> None:
    dest = tmp_path / "b"
    assert office("backup", dest).code == 0
    found(office, "第三支部")
    assert office("backup", dest, "--json").json["events"] == 6
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "store"]


def test_what_is_there_is_left_alone(office: Command, tz: Command, tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "a").write_text("x")
    other = tmp_path / "other"
    assert tz("init", store=other).code == 0
    assert tz("backup", tmp_path / "others", store=other).code == 0
    for place, word in (
        (tmp_path / "papers", "已有别的东西"),
        (other, "已有别的东西"),
        (tmp_path / "others", "另一本账"),
        (tmp_path / "store", "之外"),
        (tmp_path / "store" / "below", "之外"),
        (tmp_path, "之外"),
    ):
        before = files(tmp_path)
        made = office("backup", place)
        assert made.code in (1, 3), place
        assert word in made.err
        after = files(tmp_path)
        # The store itself may have been sealed on the way.
        assert [
            n
            for n in before
            if not n.startswith("store") and n != "." and before[n] != after.get(n)
        ] == []


def test_a_store_put_back_does_not_replace_the_newer_backup(
    office: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, dest = tmp_path / "store", tmp_path / "b"
    old = shutil.copytree(store, tmp_path / "old")
    found(office, "第三支部")
    assert office("backup", dest).code == 0
    kept = files(dest)
    shutil.rmtree(store)
    shutil.copytree(old, store)
    # By somebody who has not seen the newer one here.
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("另一支部", "又一支部"):
        made = office("backup", dest)
        assert made.code == 3
        assert "退回" in made.err
        assert files(dest) == kept
        # The second time with as many events as before, but others.
        found(office, name)


@pytest.mark.parametrize("seq", [1, 3, 5])
@pytest.mark.parametrize("kind", ["BLOB", "TEXT"])
def test_a_changed_log_is_not_backed_up(
    office: Command, tmp_path: Path, seq: int, kind: str
) -> None:
    assert office("seal").code == 0
    found(office, "第三支部")
    db = sqlite3.connect(tmp_path / "store" / "events.db")
    db.execute(
        f"UPDATE events SET data = CAST(replace(data, 'actor', 'Actor') AS {kind}) WHERE seq = ?",
        (seq,),
    )
    db.commit()
    db.close()
    made = office("backup", tmp_path / "b")
    assert made.code == 3, made.err
    assert f"#{seq} " in made.err or f"第 {seq} 号" in made.err
    assert not (tmp_path / "b").exists()


def test_a_backup_is_taken_up_where_a_crash_left_it(office: Command, tmp_path: Path) -> None:
    dest = tmp_path / "b"
    assert office("backup", dest).code == 0
    old, part = (making.beside(dest, word) for word in ("before", "part"))
    making.mark(dest)
    dest.rename(old)
    shutil.copytree(old, part)
    assert office("backup", dest).code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "store"]
    # So it is when the new one is in place and the earlier one has not gone yet.
    shutil.copytree(dest, old)
    making.mark(old)
    assert office("backup", dest).code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "store"]
    assert not (dest / making.MARKER).exists()


def test_read_only_backs_up_and_notes_nothing(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    before = files(store)
    made = office("--read-only", "backup", tmp_path / "b", "--json")
    assert made.code == 0, made.err
    assert (made.json["events"], made.json["sealed"]) == (5, 1)
    assert files(store) == before


# Restoring


def test_what_is_restored_is_what_was_backed_up(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    furnished(store)
    before = names(store)
    assert office("backup", tmp_path / "b").code == 0
    shutil.rmtree(store)
    made = office("restore", tmp_path / "b")
    assert made.code == 0, made.err
    assert "seal.key" in made.out
    assert names(store) == before
    assert (store / "files" / "2012" / "扫描.pdf").read_bytes() == b"%PDF" * 1_000
    assert not (store / "backup.json").exists()
    assert (store.stat().st_mode & 0o777, (store / "events.db").stat().st_mode & 0o777) == (
        0o700,
        0o600,
    )
    assert office("verify").code == 0
    found(office, "恢复后支部")


def test_a_store_that_is_there_stays_unless_told(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"
    furnished(store)
    assert office("backup", tmp_path / "b").code == 0
    found(office, "备份后支部")
    assert office("seal").code == 0
    before = files(store)
    made = office("restore", tmp_path / "b")
    assert made.code == 1
    assert "--over" in made.err
    assert files(store) == before
    made = office("restore", tmp_path / "b", "--over", "--json")
    assert made.code == 0, made.err
    assert made.json["lost"] == 1
    assert made.json["keys"] is made.json["can_seal"] is True, (
        "keys of the same store are taken along"
    )
    aside = Path(made.json["aside"])
    assert "备份后支部" in names(aside)
    assert "备份后支部" not in names(store)


@pytest.mark.parametrize("where", ["store.key", "files/office.key"])
def test_a_key_file_in_the_store_is_known_and_goes_with_the_keys(
    where: str, tz: Command, tmp_path: Path
) -> None:
    """A demonstration's stands there, and anybody's may."""
    store, key = tmp_path / "store", tmp_path / "store" / where
    key.parent.mkdir(parents=True)
    secret = None if where == "store.key" else KeyFile(key)
    with Workspace.init(store, today=dt.date(2012, 12, 31), secret=secret) as ws:
        ws.record("organisation.found", {"name": "第一支部", "kind": "支部"}, on="2005-01-01")
        fields = {"name": "王小明", "organisation": "第一支部"}
        ws.record("member.register", fields, on="2010-01-01")
    checks = {c["check"]: c for c in tz("doctor", "--json").json["checks"]}
    assert checks["strays"]["state"] == checks["permissions"]["state"] == "ok", checks
    key.chmod(0o644)
    checks = {c["check"]: c for c in tz("doctor", "--json").json["checks"]}
    assert where in checks["permissions"]["zh"]
    key.chmod(0o600)
    kept = tmp_path / "kept.db"
    made = tz("backup", tmp_path / "b", "--keys", kept, "--json")
    assert made.json["left_out"] == [where]
    assert not (tmp_path / "b" / where).exists()

    def named(path: Path) -> list[str]:
        with Workspace.open(path) as ws:
            return [r["name"] for r in ws.at("2012-01-01").rows("members")]

    assert tz("restore", tmp_path / "b", store=tmp_path / "bare").code == 0
    assert named(tmp_path / "bare") == [MISSING]
    again = tz("restore", tmp_path / "b", "--keys", store / "keys.db", store=tmp_path / "new")
    assert again.code == 0, again.err
    assert named(tmp_path / "new") == ["王小明"]
    assert tz("restore", tmp_path / "b", "--over").code == 0
    assert named(store) == ["王小明"]
    assert key.stat().st_mode & 0o777 == 0o600


def test_keys_of_another_store_are_not_taken_along(
    office: Command, tz: Command, tmp_path: Path
) -> None:
    assert office("backup", tmp_path / "b").code == 0
    other = tmp_path / "other"
    assert tz("init", store=other).code == 0
    made = tz("restore", tmp_path / "b", "--over", "--json", store=other)
    assert made.code == 0, made.err
    assert made.json["can_seal"] is False
    assert made.json["lost"] == 0


def _cut(backup: Path) -> None:
    os.truncate(backup / "events.db", 20_000)


def _changed(backup: Path) -> None:
    db = sqlite3.connect(backup / "events.db")
    db.execute("UPDATE events SET data = replace(data, '第一支部', '第二支部')")
    db.commit()
    db.close()


def _without_its_end(backup: Path) -> None:
    db = sqlite3.connect(backup / "events.db")
    db.execute("DELETE FROM events WHERE seq = 5")
    db.execute("DELETE FROM event_tags WHERE seq = 5")
    db.execute("UPDATE sqlite_sequence SET seq = 4")
    db.commit()
    db.close()


def _unreadable_list(backup: Path) -> None:
    (backup / "seals" / "erasures.jsonl").write_text('{"subject": "member:m-1"\n')


def _later_format(backup: Path) -> None:
    text = (backup / "backup.json").read_text().replace("taizhang.backup 1", "taizhang.backup 9")
    (backup / "backup.json").write_text(text)


@pytest.mark.parametrize(
    "harm",
    [_cut, _changed, _without_its_end, _unreadable_list, _later_format],
    ids=lambda h: h.__name__[1:],
)
def test_a_bad_backup_is_refused(
    office: Command, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    assert office("backup", tmp_path / "b").code == 0
    harm(tmp_path / "b")
    before = files(tmp_path / "store")
    made = office("restore", tmp_path / "b", "--over")
    assert made.code == 3
    assert len(made.err.splitlines()) == 1
    assert files(tmp_path / "store") == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["b", "store"]


def test_a_seal_kept_elsewhere_tells_an_old_backup(office: Command, tmp_path: Path) -> None:
    assert office("backup", tmp_path / "b").code == 0
    found(office, "备份后支部")
    assert office("seal", "--out", tmp_path / "newest").code == 0
    made = office("restore", tmp_path / "b", "--seal", tmp_path / "newest", store=tmp_path / "new")
    assert made.code == 3
    assert not (tmp_path / "new").exists()


def test_lists_of_erasures_are_joined(office: Command, tmp_path: Path) -> None:
    store = tmp_path / "store"

    def line(subject: str, position: int, **more: Any) -> str:
        at = f"2012-01-0{position}T00:00:00Z"
        return (
            json.dumps({"subject": subject, "position": position, "recorded_at": at, **more}) + "\n"
        )

    (store / "seals" / "erasures.jsonl").write_text(line("member:m-1", 1))
    assert office("backup", tmp_path / "b").code == 0
    (store / "seals" / "erasures.jsonl").write_text(
        line("member:m-1", 1) + line("member:m-3", 3, by="甲")
    )
    elsewhere = tmp_path / "list"
    elsewhere.write_text(line("member:m-2", 2) + line("member:m-1", 1))
    made = office("restore", tmp_path / "b", "--over", "--erasures", elsewhere, "--json")
    assert made.code == 0, made.err
    assert made.json["erasures"] == 3
    lines = (store / "seals" / "erasures.jsonl").read_text().splitlines()
    assert [json.loads(one)["subject"] for one in lines] == [
        "member:m-1",
        "member:m-2",
        "member:m-3",
    ]
    assert json.loads(lines[-1])["by"] == "甲"
    missing = office("restore", tmp_path / "b", "--over", "--erasures", tmp_path / "nothing")
    assert missing.code == 1
