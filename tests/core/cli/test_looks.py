"""Looks at persons stand in a list that is chained and sealed: what is taken away or changed shows."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from .conftest import Command


@pytest.fixture
def looked(office: Command) -> Command:
    """A store in which two looks were noted and sealed, and a third not yet."""
    new = ("--name", "欧阳修远", "--organisation", "第一支部", "--phone", "13912345678")
    office("record", "member.register", *new, "--on", "2006-01-01")
    for day in ("2010-05-01", "2010-06-01"):
        assert office("personal-record", "欧阳修远").code == 0
        office("record", "service.log", "--member", "欧阳修远", "--minutes", "90", "--on", day)
    assert office("personal-record", "欧阳修远").code == 0
    return office


def said(looked: Command) -> tuple[int, list[str]]:
    shown = looked("verify", "--json")
    return shown.code, [f["zh"] for f in shown.json["findings"] if f["code"] == "list"]


def test_looks_are_chained_and_sealed_with_the_log(looked: Command, tmp_path: Path) -> None:
    file = tmp_path / "store" / "viewings.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    assert json.loads(lines[0])["prev"] == ""
    shown = looked("verify")
    assert shown.code == 0
    assert "viewings.jsonl 的前 2 行就是封存时的那些" in shown.out
    looked("seal")
    assert "前 3 行" in looked("verify").out
    file.write_bytes(lines[0] + lines[2])
    code, found = said(looked)
    assert code == 3
    assert "第 2 行与前一行接不上" in found[0]
    file.write_bytes(b"".join(lines[:2]))
    assert "封存时有 3 行，现在没有这么多" in said(looked)[1][0]
    other = json.loads(lines[2]) | {"actor": "别人"}
    file.write_bytes(b"".join(lines[:2]) + json.dumps(other).encode() + b"\n")
    assert "前 3 行不是封存时的那些" in said(looked)[1][0]
    file.unlink()
    assert said(looked)[0] == 3
    doctor = looked("doctor", "--json")
    assert doctor.code != 0
    file.write_bytes(b"".join(lines))
    assert said(looked) == (0, [])


def test_lines_of_before_they_were_chained_are_held_too(looked: Command, tmp_path: Path) -> None:
    file = tmp_path / "store" / "viewings.jsonl"
    old = [json.loads(line) for line in file.read_bytes().splitlines()]
    for line in old:
        del line["prev"]
    plain = [json.dumps(line).encode() + b"\n" for line in old]
    # The last one was cut short by a crash.
    file.write_bytes(b"".join(plain)[:-9])
    (tmp_path / "store" / "seals" / "range").unlink()
    for seal in (tmp_path / "store" / "seals").glob("*.seal"):
        seal.unlink()
    assert looked("personal-record", "欧阳修远").code == 0
    assert looked("seal").code == 0
    assert said(looked) == (0, [])
    rows = file.read_bytes().splitlines(keepends=True)
    assert len(rows) == 4
    file.write_bytes(b"".join([rows[1], rows[0], *rows[2:]]))
    assert "第 4 行与前一行接不上" in said(looked)[1][0]


def test_numbers_are_read_from_a_file_or_from_standard_input(
    office: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arguments are seen by everybody who uses the computer."""
    new = ("record", "member.register", "--name", "欧阳修远", "--organisation", "第一支部")
    file = tmp_path / "fields.txt"
    file.write_text("phone=13912345678\nid-number=34070219700101123X\n", "utf-8")
    made = office(*new, "--fields", file, "--on", "2006-01-01", "--json")
    assert made.code == 0, made.err
    show = ("show", "members", "--where", "name=欧阳修远", "--plain", "--json")
    (row,) = office(*show).json
    assert (row["phone"], row["id_number"]) == ("13912345678", "34070219700101123X")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"phone = 13800000009\n")))
    seq = str(made.json["seq"][0])
    assert office("correct", seq, "--fields", "-", "--reason", "抄错").code == 0
    assert office(*show).json[0]["phone"] == "13800000009"
    file.write_text("13912345678\n", "utf-8")
    wrong = office(*new, "--fields", file, "--on", "2006-01-01")
    assert wrong.code == 2
    assert "第 1 行应为 字段=值" in wrong.err
    assert "139" not in wrong.err
