"""Batches of JSON lines, and the words of the envelope, from hostile hands."""

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Command, register

FOUND = {"action": "organisation.found", "kind": "支部", "on": "2005-01-01"}


def batch(path: Path, *lines: str | dict[str, object], end: str = "\n") -> Path:
    file = path / "batch.jsonl"
    said = [x if isinstance(x, str) else json.dumps(x, ensure_ascii=False) for x in lines]
    file.write_text(end.join(said), "utf-8")
    return file


def test_separators_that_json_allows_stay_in_one_line(office: Command, tmp_path: Path) -> None:
    file = batch(tmp_path, {**FOUND, "name": "甲", "code": "a\u2028b\x85c\u2029d"})
    assert office("record", "--from-json", file).code == 0


def test_a_file_from_a_windows_editor_is_read(office: Command, tmp_path: Path) -> None:
    file = batch(tmp_path, {**FOUND, "name": "甲"}, {**FOUND, "name": "乙"}, end="\r\n")
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(office("record", "--from-json", file, "--json").json["seq"]) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("[" * 100_000, "第 2 行不是完整的 JSON"),
        ('{"action": "organisation.found", "na', "第 2 行不是完整的 JSON"),
        ({**FOUND, "on": {"a": 1}, "name": "乙"}, "第 2 行，日期（on）：应写成"),
        ({**FOUND, "on": True, "name": "乙"}, "第 2 行，日期（on）：应写成"),
        ({**FOUND, "name": "乙", "reason": 5}, "第 2 行，事由（reason）：应为文字"),
        ({**FOUND, "name": "乙", "reason": "长" * 10_001}, "事由（reason）：最多 10000 个字符"),
        ({**FOUND, "name": "乙", "document": {"a": 1}}, "第 2 行，文号（document）：应为文字"),
        ({"action": "organisation.found", "fields": "x"}, "第 2 行的 fields 应为对象"),
        ({**FOUND, "name": "甲"}, "第 2 行：不能这样记录：同一上级下已有同名组织"),
    ],
)
def test_one_bad_line_is_numbered_and_nothing_is_recorded(
    office: Command, tmp_path: Path, line: str | dict[str, object], said: str
) -> None:
    before = office("events", "--json").json
    result = office("record", "--from-json", batch(tmp_path, {**FOUND, "name": "甲"}, line))
    assert result.code == 1
    assert said in result.err
    assert "程序内部出错" not in result.err
    # Events that were only tried have no number that anyone could look up.
    assert "#" not in result.err
    assert office("events", "--json").json == before


def test_compact_days_and_whole_floats_are_taken(office: Command, tmp_path: Path) -> None:
    file = batch(
        tmp_path,
        {
            "action": "member.register",
            "name": "王小明",
            "organisation": "第一支部",
            "on": 20060101,
        },
        {"action": "service.log", "member": "王小明", "minutes": 90.0, "on": "2006-02-01"},
    )
    assert office("record", "--from-json", file).code == 0
    assert office("show", "services", "--json").json[0]["minutes"] == 90


def test_reason_and_document_of_the_command_stand_for_the_whole_batch(
    office: Command, tmp_path: Path
) -> None:
    file = batch(tmp_path, {**FOUND, "name": "甲"}, {**FOUND, "name": "乙", "reason": "自己的"})
    assert office("record", "--from-json", file, "--reason", "批", "--document", "一号").code == 0
    events = office("events", "--limit", "2", "--json").json
    assert [(e["reason"], e["document"]) for e in events] == [("批", "一号"), ("自己的", "一号")]


def test_words_of_the_envelope_are_cleaned(office: Command, tmp_path: Path) -> None:
    hostile = "甲\x1b[2J\u202e\u200b\udcff乙"
    made = office(
        "--actor",
        hostile,
        "record",
        "organisation.found",
        "--name",
        "x",
        "--kind",
        "支部",
        "--reason",
        hostile,
        "--document",
        hostile,
    )
    assert made.code == 0, made.err
    (event,) = office("events", "--limit", "1", "--json").json
    assert {event["actor"], event["reason"], event["document"]} == {"甲[2J乙"}


def test_a_reason_that_shows_nothing_is_none(office: Command) -> None:
    result = office("void", "2", "--reason", "\u200b\u202e ")
    assert result.code == 2
    assert "必须说明理由" in result.err


def test_an_empty_file_records_nothing(office: Command, tmp_path: Path) -> None:
    result = office("record", "--from-json", batch(tmp_path, ""))
    assert result.code == 0
    assert "没有可登记的内容" in result.out


def test_a_day_that_is_none_hides_no_other_problem(office: Command) -> None:
    bad = ("--on", "2005-02-30", "--kind", "支", "--document", "文" * 300)
    found = office("record", "organisation.found", *bad)
    assert found.code == 1
    for said in ("没有 2005-02-30 这一天", "名称", "应为 党工委", "最多 200 个字符"):
        assert said in found.err, said
    # Who was there on a day that is none cannot be said; who never was can.
    once = office(
        "record", "organisation.dissolve", "--organisation", "第一支部", "--on", "2012-1-1"
    )
    assert once.code == 0, once.err
    words = ("--name", "甲", "--on", "2011-13-01", "--organisation")
    gone = office("record", "member.register", *words, "第一支部").err
    never = office("record", "member.register", *words, "第九支部").err
    assert "没有 2011-13-01 这一天" in gone
    assert "第一支部" not in gone
    assert "没有 2011-13-01 这一天" in never
    assert "第九支部" in never
    mended = office("correct", "2", "--on", "2011-13-01", "--kind", "支", "--reason", "误").err
    assert "没有 2011-13-01 这一天" in mended
    assert "应为 党工委" in mended


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("id_number", 110105194912310021),
        ("id_number", 1.10105194912310021e17),
        ("joined", 1987),
        ("joined", 2012.10),
        ("phone", 10012345678),
        ("name", 12),
        ("organisation", 5),
    ],
)
def test_a_number_where_a_text_is_meant_is_refused(
    office: Command, tmp_path: Path, field: str, given: Any
) -> None:
    line = {"action": "member.register", "name": "王小明", "organisation": "第一支部"}
    file = tmp_path / "lines.jsonl"
    file.write_text(json.dumps({**line, "on": "2010-01-01", field: given}), "utf-8")
    refused = office("record", "--from-json", file)
    assert refused.code == 1
    assert "引号" in refused.err
    assert len(refused.err.strip().splitlines()) == 1
    assert office("show", "members", "--json").json == []


@pytest.mark.parametrize("written", ["8.20小时", "8小时12分", "492"])
def test_a_time_is_reckoned_in_decimals(office: Command, written: str) -> None:
    register(office, "王小明", "第一支部")
    done = office("record", "service.log", "--member", "王小明", "--minutes", written)
    assert done.code == 0, done.err
    assert office("show", "services", "--json").json[0]["minutes"] == 492
