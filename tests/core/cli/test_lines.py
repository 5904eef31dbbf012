"""Lines on the command line: given one by one, from a file, in JSON; corrected, void, shown."""

import json
from pathlib import Path

import pytest

from .conftest import Command, Result

HOLD = ("record", "gather.meeting.hold", "--on", "2012-03-01", "--topic", "学习")


def hold(tz: Command, *words: str | Path) -> Result:
    return tz(*HOLD, "--organisation", "第一支部", *words)


def rows(tz: Command) -> list[tuple[object, ...]]:
    listed = tz("show", "gather_attendance", "--on", "2012-12-31", "--json").json
    return [(r["line"], r["member_name"], r["presence"], r["note"]) for r in listed]


def test_lines_are_given_one_by_one(hall: Path, tz: Command) -> None:
    given = ("--attendance", "王小明=出席", "--attendance", "张伟=请假，note:出差")
    done = hold(tz, *given, "--guests", "客人", "--json")
    assert done.code == 0, done.err
    seq = done.json["seq"][0]
    assert rows(tz) == [(1, "王小明", "出席", ""), (2, "张伟", "请假", "出差")]

    fixed = tz("correct", str(seq), "--line", "1", "--presence", "迟到", "--reason", "来晚了")
    assert fixed.code == 0, fixed.err
    assert f"开会 更正 #{seq} 第 1 行" in fixed.out
    assert "王小明 迟到" in fixed.out
    assert tz("void", str(seq), "--line", "2", "--reason", "没叫他").code == 0
    assert rows(tz) == [(1, "王小明", "迟到", "")]
    why = tz("why", "gather_attendance", f"#{seq}/1", "presence", "--json").json
    assert why["key"] == {"src": seq, "line": 1}
    assert why["cells"][0]["event"]["line"] == "attendance/1"
    wrong = tz("void", str(seq), "--line", "9", "--reason", "没叫他")
    assert (wrong.code, wrong.out) == (1, "")
    events = {e["seq"]: e for e in tz("events", "--json").json}
    assert events[seq]["payload"]["attendance"][1]["note"] == "出差"
    assert events[seq]["line"] is None
    assert events[seq + 1]["line"] == "attendance/1"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_lines_come_from_a_sheet(hall: Path, tz: Command, tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "called.csv"
    file.write_text("党员,presence,备注\n王小明,出席,\n\n张伟,请假,出差\n", encoding)
    assert hold(tz, "--attendance", f"@{file}", "--attendance", "李秀英=缺席").code == 0
    assert rows(tz) == [
        (1, "王小明", "出席", ""),
        (2, "张伟", "请假", "出差"),
        (3, "李秀英", "缺席", ""),
    ]
    file.write_text("党员,民族\n王小明,汉\n", encoding)
    refused = hold(tz, "--attendance", f"@{file}")
    assert refused.code == 1
    assert "出席 第 1 行" in refused.err
    assert "没有“民族”这一项；有 党员、状态、备注" in refused.err
    missing = hold(tz, "--attendance", f"@{tmp_path / 'none.csv'}")
    assert missing.code == 2
    assert "读不了" in missing.err


def test_lines_come_from_json(hall: Path, tz: Command, tmp_path: Path) -> None:
    said = {
        "action": "gather.meeting.hold",
        "on": "2012-03-01",
        "organisation": "第一支部",
        "topic": "学习",
        "attendance": [
            {"member": "王小明", "presence": "出席"},
            {"党员": "张伟", "状态": "absent"},
        ],
    }
    file = tmp_path / "batch.jsonl"
    file.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    assert tz("record", "--from-json", file).code == 0
    assert rows(tz) == [(1, "王小明", "出席", ""), (2, "张伟", "缺席", "")]
    said["attendance"] = [{"member": "王小明", "presence": "x"}, {"member": "没这人"}]
    file.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    refused = tz("record", "--from-json", file)
    assert refused.code == 1
    for text in ("第 1 行，", "出席 第 1 行 状态", "出席 第 2 行 党员", "出席 第 2 行 状态"):
        assert text in refused.err


def test_a_field_without_lines_is_given_once(hall: Path, tz: Command) -> None:
    twice = hold(tz, "--attendance", "王小明=出席", "--place", "甲", "--place", "乙")
    assert twice.code == 2
    assert "--place 给了两次" in twice.err


def test_help_and_schema_say_how_lines_are_written(hall: Path, tz: Command) -> None:
    told = tz("record", "gather.meeting.hold", "--help").out
    assert "每行一次，写成 党员=状态，备注" in told
    assert "presence  状态 (必填)  出席、迟到、请假、缺席" in told
    actions = {a["name"]: a for a in tz("actions", "--json").json}
    schema = actions["gather.meeting.hold"]["schema"]["properties"]["attendance"]
    assert (schema["type"], schema["minItems"], schema["maxItems"]) == ("array", 1, 2000)
    assert schema["items"]["required"] == ["member", "presence"]
    assert schema["items"]["properties"]["presence"]["enum"] == ["出席", "迟到", "请假", "缺席"]


def test_a_person_erased_goes_out_of_every_line_and_counts_stay(hall: Path, tz: Command) -> None:
    given = ("--attendance", "王小明=出席,早到", "--attendance", "张伟=请假,出差")
    assert hold(tz, *given).code == 0
    members = {r["name"]: r["id"] for r in tz("show", "members", "--json").json}
    done = tz("erase", members["张伟"], "--reason", "本人要求", "--yes")
    assert done.code == 0, done.err
    assert [(line, presence, note) for line, _, presence, note in rows(tz)] == [
        (1, "出席", "早到"),
        (2, "请假", "〔已删除〕"),
    ]
    for file in hall.rglob("*"):
        if file.is_file():
            assert "出差".encode() not in file.read_bytes()
    assert tz("rebuild").code == 0
    assert rows(tz)[1][3] == "〔已删除〕"
    seq = tz("show", "gather_attendance", "--json").json[0]["src"]
    fixed = tz("correct", str(seq), "--place", "礼堂", "--reason", "漏了地点")
    assert fixed.code == 0, fixed.err
    assert [line for line, *_ in rows(tz)] == [1, 2]
    # As with any fact: of the person alone nothing more is said, since it would need a reason.
    of_line = ("correct", str(seq), "--reason", "未来", "--line")
    assert tz(*of_line, "2", "--presence", "缺席").code == 1
    assert tz(*of_line, "1", "--presence", "迟到").code == 0
    assert [row["present"] for row in tz("show", "gather_meetings", "--json").json] == [1]
