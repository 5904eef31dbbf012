"""Keys, erasing, a person's own record and resealing, as their users call them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang_eventstore.personal import wrapping

from .conftest import Command

PROGRAM = "from taizhang.cli import main; main()"
PHONE, NUMBER = "13912345678", "34070219700101123X"


@pytest.fixture
def person(office: Command) -> str:
    """One member with everything that is personal."""
    made = office(
        *("record", "member.register", "--name", "欧阳修远", "--organisation", "第一支部"),
        *("--phone", PHONE, "--id_number", NUMBER, "--on", "2006-01-01", "--json"),
    )
    assert made.code == 0, made.err
    for day, minutes in (("2010-05-01", "90"), ("2010-06-01", "30"), ("2011-05-01", "45")):
        office(
            *("record", "service.log", "--member", "欧阳修远", "--minutes", minutes),
            *("--what", "打扫", "--on", day),
        )
    return str(made.json["ids"]["member"])


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases that are stretched less."""
    monkeypatch.setattr(wrapping, "COST", {"n": 1 << 10, "r": 8, "p": 1})


def test_init_says_where_the_key_file_is(tz: Command, tmp_path: Path, own_settings: Path) -> None:
    made = tz("init", "--json").json
    file = Path(made["key_file"])
    assert file.is_file()
    assert own_settings in file.parents
    assert tmp_path / "store" not in file.parents
    shown = tz("keys", "status", "--json").json
    assert (shown["state"], shown["wrapping"], shown["key_file"]) == ("here", "file", str(file))
    # Without it nothing opens, and nothing is made in its place.
    file.rename(tmp_path / "away.key")
    refused = tz("overview")
    assert refused.code == 1
    assert str(file) in refused.err
    assert not file.exists()


def test_a_key_file_elsewhere(tz: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "usb" / "office.key"
    key.parent.mkdir()
    assert tz("init", "--key-file", key).code == 0
    assert tz("overview").code == 0
    moved = key.rename(tmp_path / "moved.key")
    assert tz("overview").code == 1
    monkeypatch.setenv("TAIZHANG_KEY_FILE", str(moved))
    assert tz("overview").code == 0


@pytest.mark.usefixtures("quick")
def test_a_passphrase_from_the_environment(
    tz: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tz("init", "--passphrase").code == 2
    monkeypatch.setenv("TAIZHANG_PASSPHRASE", "天井湖 2012")
    made = tz("init", "--passphrase", "--json")
    assert made.json["key_file"] is None
    assert tz("overview").code == 0
    before = (tmp_path / "store" / "keys.db").read_bytes()
    for wrong in ("天井湖", None):
        if wrong is None:
            monkeypatch.delenv("TAIZHANG_PASSPHRASE")
        else:
            monkeypatch.setenv("TAIZHANG_PASSPHRASE", wrong)
        refused = tz("show", "members")
        assert refused.code == 1
        assert "口令" in refused.err
        assert refused.err.count("\n") == 1
    assert (tmp_path / "store" / "keys.db").read_bytes() == before
    assert tz("init", "--passphrase", "--key-file", "x").code == 2


def test_a_passphrase_is_asked_for_at_a_terminal(tmp_path: Path) -> None:
    store = tmp_path / "store"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TAIZHANG_")}

    def typed(words: list[str], *lines: str) -> tuple[int, str]:
        parent, child = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "--store", str(store), *words],
            stdin=child,
            stdout=subprocess.PIPE,
            stderr=child,
            env=environment,
            start_new_session=True,
        )
        os.close(child)
        for line in lines:
            said = b""
            while b":" not in said:
                said += os.read(parent, 1000)
            os.write(parent, f"{line}\n".encode())
        out = process.communicate(timeout=30)[0].decode()
        os.close(parent)
        return process.returncode, out

    code, out = typed(["init", "--passphrase"], "口令一二三", "口令一二三")
    assert code == 0, out
    code, out = typed(["overview"], "口令一二三")
    assert code == 0
    assert "口令一二三" not in out
    assert typed(["overview"], "口令")[0] == 1


@pytest.mark.usefixtures("quick")
def test_what_unlocks_is_changed(
    office: Command, person: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = Path(office("keys", "status", "--json").json["key_file"])
    assert office("keys", "change", "--key-file", tmp_path / "new.key").code == 0
    assert office("show", "members", "--json").json[0]["name"] == "欧阳修远"
    monkeypatch.setenv("TAIZHANG_KEY_FILE", str(old))
    assert office("show", "members").code == 1
    monkeypatch.delenv("TAIZHANG_KEY_FILE")
    monkeypatch.setenv("TAIZHANG_PASSPHRASE", "另一个新口令")
    assert office("keys", "change", "--passphrase").code == 0
    assert office("keys", "status", "--json").json["wrapping"] == "scrypt"
    assert office("show", "members", "--json").json[0]["name"] == "欧阳修远"
    assert office("keys", "change").code == 0
    monkeypatch.delenv("TAIZHANG_PASSPHRASE")
    assert office("show", "members", "--json").json[0]["name"] == "欧阳修远"


def test_erasing_asks_lists_and_does(office: Command, person: str, tmp_path: Path) -> None:
    listed = office("erase", "欧阳修远", "--dry-run", "--json").json
    assert listed["texts"] == {"姓名": 1, "电话": 1, "身份号码": 1, "内容": 3}
    assert office("erase", "欧阳修远", "--reason", "本人要求").code == 2, "nobody was asked"
    assert office("erase", "欧阳修远", "--yes").code == 2
    assert office("erase", "没有此人", "--reason", "x", "--yes").code == 1
    before = office("overview", "--json").json
    done = office("erase", f"member:{person}", "--reason", "本人要求", "--yes", "--json")
    assert done.code == 0, done.err
    assert done.json["clean"] is True
    after = office("overview", "--json").json
    assert after["totals"] == before["totals"]
    assert office("show", "members", "--json").json[0]["phone"] == "〔已删除〕"
    services = office("show", "services", "--json").json
    assert sum(s["minutes"] for s in services) == 165
    assert {s["member_name"] for s in services} == {"〔已删除〕"}
    assert office("verify").code == 0
    again = office("erase", person, "--reason", "本人要求", "--yes")
    assert again.code == 1
    listing = (tmp_path / "store" / "seals" / "erasures.jsonl").read_text().splitlines()
    assert [json.loads(line)["subject"] for line in listing] == [f"member:{person}"]


def test_a_persons_own_record_is_one_page(office: Command, person: str, tmp_path: Path) -> None:
    page = office("personal-record", "欧阳修远").out
    for text in (PHONE, NUMBER, "第一支部", "登记党员", "2006-01-01", "记服务时间"):
        assert text in page
    made = office("personal-record", person, "--json").json
    (services,) = [s for s in made["sections"] if s["table"] == "services"]
    assert services["lines"][1:] == [["2010", "2", "2:00"], ["2011", "1", "0:45"]]
    assert len(made["events"]) == 4
    assert all(event["actor"] and event["recorded"] for event in made["events"])
    file = tmp_path / "本人.txt"
    assert office("personal-record", person, "--out", file).code == 0
    assert file.read_text("utf-8").split("谁看过")[0] == page.split("谁看过")[0]
    assert office("personal-record", person, "--out", file).code == 2
    assert office("personal-record", "第一支部").code == 1


def test_lost_keys_are_said_plainly_and_can_be_begun_anew(
    office: Command, person: str, tmp_path: Path
) -> None:
    keys = tmp_path / "store" / "keys.db"
    assert office("keys", "new", "--reason", "x").code == 1, "they are not lost"
    keys.rename(tmp_path / "kept.db")
    for words in (("overview",), ("show", "members"), ("keys", "status")):
        shown = office(*words)
        assert shown.code == 0
        assert "keys.db 不见了" in shown.err
        assert "欧阳" not in shown.out
    assert office("show", "members", "--json").json[0]["name"] == "〔缺密钥〕"
    assert office("verify").code == 0
    register = ("record", "member.register", "--organisation", "第一支部", "--on", "2012-01-01")
    refused = office(*register, "--name", "赵六")
    assert refused.code == 1
    assert "keys.db" in refused.err
    assert not keys.exists()
    assert office("keys", "new").code == 2
    assert office("keys", "new", "--reason", "硬盘损坏，无备份").code == 0
    assert office(*register, "--name", "赵六").code == 0
    # One whose old key is lost gets another with what is said next.
    corrected = office(
        *("record", "member.correct_details", "--member", person, "--name", "欧阳修远"),
        *("--on", "2012-01-02"),
    )
    assert corrected.code == 0, corrected.err
    shown = office("show", "members")
    assert "不见" not in shown.err
    assert "欧阳修远" in shown.out
    assert "赵六" in shown.out


def test_another_store_s_keys_are_left_alone(
    office: Command, person: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed with them nobody would open again once the store's own are back."""
    monkeypatch.setenv("TAIZHANG_PASSPHRASE", "同一个口令")
    assert office("keys", "change", "--passphrase").code == 0
    other, keys = tmp_path / "other", tmp_path / "store" / "keys.db"
    assert office("init", store=other).code == 0
    kept = keys.read_bytes()
    strange = (other / "keys.db").read_bytes()
    keys.write_bytes(strange)
    shown = office("show", "members")
    assert shown.code == 0
    assert "keys.db 是另一本账的" in shown.err
    assert "〔缺密钥〕" in shown.out
    register = ("record", "member.register", "--organisation", "第一支部", "--on", "2012-01-01")
    refused = office(*register, "--name", "赵六")
    assert refused.code == 1
    assert "keys.db 是另一本账的" in refused.err
    assert keys.read_bytes() == strange
    keys.write_bytes(kept)
    assert office(*register, "--name", "赵六").code == 0
    shown = office("show", "members")
    assert "欧阳修远" in shown.out
    assert "赵六" in shown.out


def test_of_several_that_begin_new_keys_at_once_one_does(
    office: Command, person: str, tmp_path: Path
) -> None:
    (tmp_path / "store" / "keys.db").unlink()
    call = [sys.executable, "-c", PROGRAM, "--store", str(tmp_path / "store")]
    call += ["keys", "new", "--reason", "遗失"]
    running = [
        subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(4)
    ]
    ended = [(p.communicate(timeout=60), p.returncode) for p in running]
    assert sorted(code for _, code in ended) == [0, 1, 1, 1], ended
    register = ("record", "member.register", "--organisation", "第一支部", "--on", "2012-01-01")
    assert office(*register, "--name", "赵六").code == 0
    assert "赵六" in office("show", "members").out
    begun = [e for e in office("events", "--json").json if e["type"].startswith("store.keyed")]
    assert len(begun) == 1


def viewings(office: Command, person: str) -> list[tuple[str, str]]:
    """Who looked and how, as the person's own record says, without that it is being printed now."""
    made = office("personal-record", person, "--json").json["viewings"]
    return [(v["actor"], v["label"]) for v in made]


def test_the_own_record_says_who_looked(office: Command, person: str, tmp_path: Path) -> None:
    page = office("personal-record", person)
    assert "谁看过\n  没有记下的" in page.out
    for asked in (
        ("show", "members"),
        ("why", "members", person),
        ("diff", "members", "--from", "2005-01-01", "--to", "2012-01-01"),
        ("events",),
    ):
        before = len(viewings(office, person))
        assert office(*asked).code == 0
        assert len(viewings(office, person)) == before + 1, (
            "a masked list is no look, the record is"
        )
        assert PHONE in office("--actor", "审计甲", *asked, "--plain").out
        assert viewings(office, person)[-1] == ("审计甲", "看号码全文")
    office("show", "services", "--plain")
    office("show", "members", "--where", "name=没有此人", "--plain")
    seen = viewings(office, person)
    assert {how for _, how in seen} == {"看号码全文", "打印本人记录"}
    assert sum(how == "看号码全文" for _, how in seen) == 4
    kept = tmp_path / "store" / "viewings.jsonl"
    assert kept.stat().st_mode & 0o077 == 0
    # A line that was cut short costs that line alone.
    kept.write_bytes(kept.read_bytes()[:-20])
    assert viewings(office, person) == seen
    assert viewings(office, person) == [*seen, seen[0]]
    # An id is all that is said of anybody.
    assert all(text not in kept.read_text("utf-8") for text in (PHONE, NUMBER, "欧阳"))


def test_where_nothing_can_be_written_no_look_is_noted(
    office: Command, person: str, tmp_path: Path
) -> None:
    kept = tmp_path / "store" / "viewings.jsonl"
    for asked in (("show", "members", "--plain"), ("personal-record", person)):
        refused = office("--read-only", *asked)
        assert (refused.code, PHONE in refused.out) == (1, False)
        assert "查阅无处可记" in refused.err
    assert office("--read-only", "show", "members").code == 0
    assert not kept.exists()
    kept.mkdir()
    shown = office("show", "members", "--plain")
    assert PHONE in shown.out
    assert "查阅没有记下" in shown.err


def test_who_looked_goes_with_the_backup(office: Command, person: str, tmp_path: Path) -> None:
    office("personal-record", person)
    assert office("backup", tmp_path / "copy").code == 0
    kept = tmp_path / "store" / "viewings.jsonl"
    assert (tmp_path / "copy" / "viewings.jsonl").read_bytes() == kept.read_bytes()
