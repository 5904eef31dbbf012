"""Seals through the command line: made at init, verified without a slice, proved to strangers."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.store import sealing
from taizhang.workspace import Workspace
from taizhang_eventstore.seals.note import Verifier

from .conftest import Command

UNWANTED = (
    "taizhang.workspace", "taizhang.office", "taizhang_liudai", "taizhang_tui", "textual",
    "sqlite_utils", "pluggy", "eventsourcing",
)  # fmt: skip


def found(tz: Command, name: str) -> None:
    made = tz(
        "record", "organisation.found", "--name", name, "--kind", "外部组织", "--on", "2005-01-01"
    )
    assert made.code == 0, made.err


def test_init_prints_the_key_once(tz: Command, tmp_path: Path) -> None:
    made = tz("init")
    key = Verifier.parse(made.out.splitlines()[-1])
    assert "公钥" in made.out
    assert (tmp_path / "store/seals/seal.pub").read_text().strip() == key.encode()
    assert (tmp_path / "store/seals/000000000001.seal").exists()
    assert tz("verify", "--key", key.encode()).code == 0
    other = tz("init", "--json", store=tmp_path / "other").json
    assert Verifier.parse(other["key"]) != key


def test_seal_and_verify(office: Command, tmp_path: Path) -> None:
    kept = tmp_path / "kept.seal"
    sealed = office("seal", "--out", kept)
    assert sealed.code == 0, sealed.err
    assert "5" in sealed.out.splitlines()[0]
    assert kept.read_text("utf-8") == (tmp_path / "store/seals/000000000005.seal").read_text(
        "utf-8"
    )
    assert sealed.out.endswith(kept.read_text("utf-8"))
    assert office("seal", "--out", kept).code == 2
    again = office("seal", "--json")
    assert (again.json["size"], again.json["new_key"]) == (5, None)
    found(office, "外地二")
    shown = office("verify", "--seal", kept, "--json")
    assert shown.code == 0
    assert (shown.json["events"], shown.json["sealed"]) == (6, 6)
    assert office("seal").code == 0
    assert office("verify", "--seal", kept, "--json").json["sealed"] == 6


def test_a_changed_event_is_named(office: Command, tmp_path: Path) -> None:
    import sqlite3

    office("seal")
    with sqlite3.connect(tmp_path / "store/events.db") as db:
        db.execute(
            "UPDATE events SET data = CAST(replace(data, '第一', '第七') AS BLOB) WHERE seq = 3"
        )
    # Leaves and range are all there: it is not sealed again all the same, with a new key neither.
    office("record", "organisation.found", "--name", "第九支部", "--kind", "支部")
    for words in (("seal",), ("seal", "--new-key")):
        refused = office(*words)
        assert refused.code == 3
        assert "对不上" in refused.err
    shown = office("verify")
    assert shown.code == 3
    assert "第一条对不上的事件：第 3 号" in shown.out
    assert shown.err == ""
    assert office("verify", "--json").json["first"] == 3


def test_verify_says_what_is_wrong_with_what_it_was_given(office: Command, tmp_path: Path) -> None:
    assert office("verify", store=tmp_path / "nowhere").code == 1
    assert office("verify", "--seal", tmp_path / "no.seal").code == 1
    assert office("verify", "--key", "no key").code == 2
    (tmp_path / "rubbish").write_bytes(b"rubbish\xff")
    assert office("verify", "--seal", tmp_path / "rubbish").code == 3
    assert office("verify", "--wrong").code == 2


def test_verify_loads_no_slice(office: Command, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom taizhang.cli import main\n"
        f"try:\n    main(['--store', {str(tmp_path / 'store')!r}, 'verify'])\n"
        "except SystemExit as e:\n    code = e.code\n"
        f"print([m for m in {UNWANTED!r} if m in sys.modules])\nsys.exit(code)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_copy_verifies_elsewhere_and_stays_as_it_is(office: Command, tmp_path: Path) -> None:
    office("seal")
    copy = tmp_path / "auditor"
    (copy / "seals").mkdir(parents=True)
    shutil.copy(tmp_path / "store/events.db", copy)
    shutil.copytree(tmp_path / "store/seals", copy / "seals", dirs_exist_ok=True)
    before = {p: p.stat().st_mtime_ns for p in copy.rglob("*")}
    assert office("verify", store=copy).code == 0
    assert {p: p.stat().st_mtime_ns for p in copy.rglob("*")} == before


def test_prove(office: Command, tmp_path: Path) -> None:
    assert office("prove", "3").code == 1
    office("seal")
    file = tmp_path / "p.tlog-proof"
    assert office("prove", "3", "--out", file).code == 0
    assert office("prove", "3").out == file.read_text("utf-8")
    assert office("prove", "3", "--json").json["proof"] == file.read_text("utf-8")
    key = (tmp_path / "store/seals/seal.pub").read_text().strip()
    shown = office("verify", "--proof", file, "--key", key, store=tmp_path / "nowhere")
    assert shown.code == 0, shown.err
    assert "第一支部" in shown.out
    file.write_bytes(file.read_bytes().replace(b"index 2", b"index 3"))
    assert office("verify", "--proof", file, "--key", key).code == 3
    assert office("prove", "99").code == 1
    assert office("prove").code == 2
    assert office("prove", "0").code == 2


def test_prove_that_a_seal_continues_another(office: Command, tmp_path: Path) -> None:
    office("seal")
    first = tmp_path / "store/seals/000000000001.seal"
    file = tmp_path / "c.proof"
    assert office("prove", "--since", first, "--out", file).code == 0
    assert office("verify", "--proof", file, "--seal", first).code == 0
    last = tmp_path / "store/seals/000000000005.seal"
    assert office("verify", "--proof", file, "--seal", last).code == 3


def test_a_lost_key(office: Command, tmp_path: Path) -> None:
    (tmp_path / "store/seal.key").unlink()
    refused = office("seal")
    assert refused.code == 1
    assert "--new-key" in refused.err
    made = office("seal", "--new-key", "--json")
    assert made.code == 0, made.err
    assert Verifier.parse(made.json["new_key"])
    assert office("verify").code == 0


def test_a_changed_key_is_signed_by_the_old_one_and_recorded(
    office: Command, tmp_path: Path
) -> None:
    old = (tmp_path / "store/seals/seal.pub").read_text("utf-8").strip()
    made = office("seal", "--new-key", "--reason", "换人保管", "--json")
    assert made.code == 0, made.err
    (event,) = office("events", "--type", "store.sealed_anew", "--json").json
    assert event["payload"] == {"key": made.json["new_key"], "signed": True}
    assert event["reason"] == "换人保管"
    assert made.json["size"] == event["seq"]
    found(office, "外地二")
    shown = office("verify", "--key", old, "--json")
    assert (shown.code, shown.json["sealed"]) == (0, event["seq"] + 1)
    # Without the old key's last word its holder does not believe the new seals.
    (tmp_path / "store/seals" / f"{event['seq'] - 1:012}.seal").unlink()
    assert office("verify", "--key", old).code == 3
    (tmp_path / "store/seal.key").unlink()
    again = office("seal", "--new-key")
    assert again.code == 0
    assert "没有为新密钥作证" in again.err


def test_a_whole_directory_that_was_put_back_is_told(office: Command, tmp_path: Path) -> None:
    store, kept = tmp_path / "store", tmp_path / "kept"
    shutil.copytree(store, kept)
    found(office, "外地二")
    newer = tmp_path / "newer"
    store.rename(newer)
    shutil.copytree(kept, store)
    shown = office("overview")
    assert shown.code == 0
    assert "比你上次在这里见过的旧" in shown.err
    new = ("record", "organisation.found", "--name", "外地三", "--kind", "外部组织")
    refused = office(*new, "--on", "2005-01-01")
    assert refused.code == 3
    # A copy elsewhere is a store of its own, and the newer one that comes back is the one that was seen.
    assert office("overview", store=kept).err == ""
    shutil.rmtree(store)
    newer.rename(store)
    assert office("overview").err == ""
    shutil.rmtree(store)
    shutil.copytree(kept, store)
    assert office("continue", "--reason", "新的坏了").code == 0
    assert office(*new, "--on", "2005-01-01").code == 0
    assert office("overview").err == ""


def test_a_store_from_before_there_were_seals(office: Command, tmp_path: Path) -> None:
    (tmp_path / "store/seal.key").unlink()
    shutil.rmtree(tmp_path / "store/seals")
    assert office("verify").code == 3
    assert office("seal", "--json").json["new_key"]
    assert office("verify").code == 0


def test_every_thousandth_event_seals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "EVERY", 10)
    root = tmp_path / "store"
    with Workspace.init(root, actor="李秀英") as ws:
        for k in range(25):
            ws.record(
                "organisation.found", {"name": f"外地{k}", "kind": "外部组织"}, on="2005-01-01"
            )
        sizes = ws.sealing.seals.sizes()
        assert sizes == [1, 10, 20]
        assert ws.close_seal() is not None
        assert ws.close_seal() is None
        assert ws.sealing.seals.sizes() == [1, 10, 20, 26]
    with Workspace.open(root) as ws:
        for k in range(5):
            ws.record(
                "organisation.found", {"name": f"外省{k}", "kind": "外部组织"}, on="2005-01-01"
            )
        assert ws.sealing.seals.sizes()[-1] == 30


def test_sealing_never_stands_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "EVERY", 2)
    root = tmp_path / "store"
    with Workspace.init(root, actor="李秀英") as ws:
        ws.sealing.seals.key.unlink()
        receipt = ws.record(
            "organisation.found", {"name": "外地", "kind": "外部组织"}, on="2005-01-01"
        )
        assert receipt.seq == (2,)
        assert ws.sealing.trouble is not None
        assert ws.close_seal() is None
    with Workspace.open(root, read_only=True) as ws:
        assert ws.close_seal() is None


def test_a_seal_that_could_not_be_made_is_told_beside_what_was_recorded(
    office: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "EVERY", 1)
    (tmp_path / "store/seal.key").unlink()
    fields = ("--kind", "支部", "--on", "2005-01-01")
    (tmp_path / "batch").write_text(
        '{"action": "organisation.found", "on": "2005-01-01", "name": "丙", "kind": "支部"}\n'
    )
    (tmp_path / "roster.csv").write_text("姓名,支部\n王小明,第一支部\n")
    for words, last in (
        (("record", "organisation.found", "--name", "甲", *fields), 6),
        (("record", "organisation.found", "--name", "乙", *fields, "--json"), 7),
        (("record", "--from-json", tmp_path / "batch", "--json"), 8),
        (("correct", "6", "--name", "甲一", "--reason", "误", "--json"), 9),
        (("void", "6", "--reason", "误", "--json"), 10),
        (("import", "members", tmp_path / "roster.csv", "--on", "2010-01-01", "--commit"), 11),
        (("import", "members", tmp_path / "roster.csv", "--on", "2010-01-01", "--json"), 11),
    ):
        made = office(*words)
        assert made.code == 0
        told = made.err.splitlines()
        if words[-1] == "--json":
            assert made.json.get("warnings", []) == [w.removeprefix("注意：") for w in told]
        if last == 11 and words[-1] == "--json":
            assert told == []  # a dry run, so nothing was to be sealed
            continue
        assert len(told) == 1
        assert told[0].startswith("注意：已登记，但没能封存：没有封存私钥")
        assert office("events", "--json").json[-1]["seq"] == last
    assert office("verify").code == 0


def test_each_recording_command_seals_at_its_end(office: Command, tmp_path: Path) -> None:
    seals = tmp_path / "store" / "seals"
    for n in range(3):
        found(office, f"外地{n}")
        shown = office("verify", "--json").json
        assert (shown["events"], shown["sealed"]) == (5 + n + 1, 5 + n + 1)
    # They take one another's place, so that a year's commands leave no thousands of files.
    assert sorted(p.name for p in seals.glob("*.seal")) == [
        "000000000001.seal",
        "000000000008.seal",
    ]
    # What cannot be sealed is recorded all the same, and told.
    (tmp_path / "store" / "seal.key").unlink()
    told = office(
        "record",
        "organisation.found",
        "--name",
        "外地九",
        "--kind",
        "外部组织",
        "--on",
        "2005-01-01",
    )
    assert told.code == 0
    assert "seal.key" in told.err
