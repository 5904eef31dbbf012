"""Notices (提醒): what is said beside a record, with nothing refused and no reason asked for."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient

from .conftest import register

SOUND = "11010519491231002X"
"""The number of the standard's own example."""

DIGIT, BIRTH = "校验位不符", "出生日期不存在"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (SOUND, None),
        ("110105194912310021", DIGIT),
        ("340702197501011234", DIGIT),
        ("110105194913310025", BIRTH),
    ],
)
def test_an_id_number_that_does_not_fit_is_taken_and_said(
    office: Any, number: str, said: str | None
) -> None:
    tried = register(office, "甲", "第一支部", "--id-number", number, "--dry-run", "--json")
    done = register(office, "甲", "第一支部", "--id-number", number)
    assert (tried.code, done.code) == (0, 0)
    notices = tried.json.get("notices", [])
    assert [said in n and n.startswith("身份号码：") for n in notices] == [True] * bool(said)
    assert ("注意：身份号码" in done.err) == bool(said)
    assert number not in done.err + "".join(notices)
    assert len(office("show", "members", "--json").json) == 1


def test_a_corrected_number_is_looked_at_too(office: Any) -> None:
    recorded = register(office, "甲", "第一支部", "--id-number", SOUND, "--json")
    assert "notices" not in recorded.json
    seq = str(recorded.json["seq"][0])
    words = ("--id-number", "110105194912310021", "--reason", "抄错", "--json")
    assert DIGIT in office("correct", seq, *words).json["notices"][0]
    other = office("correct", seq, "--joined", "2001", "--reason", "补", "--json")
    assert "notices" not in other.json, "what is not given anew was said before"


def test_another_of_the_same_name_in_the_branch(office: Any) -> None:
    assert "notices" not in register(office, "王小明", "第一支部", "--json").json
    assert "notices" not in register(office, "王小明", "第二支部", "--json").json
    (said,) = register(office, "王小明", "第一支部", "--json").json["notices"]
    assert "已有同名党员" in said
    assert len(office("show", "members", "--json").json) == 3


def test_a_day_more_than_a_year_ahead(office: Any) -> None:
    ahead = dt.date.today() + dt.timedelta(days=400)
    near = dt.date.today() + dt.timedelta(days=300)

    def found(name: str, on: dt.date) -> Any:
        words = ("--name", name, "--kind", "支部", "--on", str(on), "--json")
        return office("record", "organisation.found", *words).json

    assert "notices" not in found("第三支部", near)
    made = found("第四支部", ahead)
    assert f"{ahead} 比今天" in made["notices"][0]
    moved = office("correct", str(made["seq"][0]), "--on", f"{ahead:%Y}-12-31", "--reason", "改")
    assert "一年以上" in moved.err


def test_a_clock_before_the_last_recording(office: Any, tmp_path: Path) -> None:
    assert "notices" not in register(office, "甲", "第一支部", "--json").json
    ahead = SeededAmbient(1, dt.datetime.now(dt.UTC) + dt.timedelta(hours=2))
    with Workspace.open(tmp_path / "store", ambient=ahead) as ws:
        ws.record("organisation.found", {"name": "新支部", "kind": "支部"}, on="2010-01-01")
    result = register(office, "乙", "第一支部")
    assert result.code == 0
    assert "注意：时钟：本机是" in result.err


def test_a_roster_says_on_which_lines(office: Any, tmp_path: Path) -> None:
    rows = [f"张三,第一支部,{SOUND}", "李四,第一支部,"]
    rows += [f"党员{i},第一支部,34070219750101{i:04d}" for i in range(1000, 1010)]
    file = tmp_path / "r.csv"
    file.write_text("姓名,支部,身份证号\n" + "\n".join(rows), "utf-8")
    tried = office("import", "members", file, "--on", "2010-01-01", "--json")
    wrong = 9  # of ten last digits one fits
    (said,) = tried.json["notices"]
    assert DIGIT in said
    assert f"第 4、5、6、7、8、9、10、11 行等 {wrong} 行" in said
    assert tried.json["ready"] == 12
    done = office("import", "members", file, "--on", "2010-01-01", "--commit")
    assert done.code == 0
    assert said in done.err


def test_a_demonstration_is_built_and_worked_in_quietly(tz: Any, tmp_path: Path) -> None:
    with Workspace.init(tmp_path / "store", today=dt.date(2012, 12, 31)) as ws:
        ws.record("organisation.found", {"name": "某支部", "kind": "支部"}, on="2010-01-01")
    # Its clock begins anew whenever it is opened.
    result = tz("record", "organisation.found", "--name", "新支部", "--kind", "支部")
    assert (result.code, result.err) == (0, "")


def notices(result: Any) -> list[str]:
    assert result.code == 0, result.err
    return [str(said) for said in result.json.get("notices", [])]


@pytest.mark.parametrize(
    ("joined", "number", "said"),
    [
        ("0000", None, "0000 年早于 1900 年"),
        ("1500", None, "早于建党（1921-07）"),
        ("1921-06", None, "早于建党"),
        ("1949-06", SOUND, "早于身份号码中的出生日期"),
        ("1960-06", SOUND, "未满 18 岁"),
        ("1967-12-30", SOUND, "未满 18 岁"),
        ("1967-12-31", SOUND, None),
        ("1921-07", None, None),
        ("1949", None, None),
    ],
)
def test_a_day_of_joining_that_cannot_be_is_said(
    office: Any, joined: str, number: str | None, said: str | None
) -> None:
    more = ("--id-number", number) if number else ()
    found = notices(register(office, "甲", "第一支部", "--joined", joined, *more, "--json"))
    assert [n for n in found if said and said in n] or (said is None and not found)
    assert not [n for n in found if SOUND[6:14] in n], "no digit of the number is printed"


def test_a_corrected_day_of_joining_is_looked_at_too(office: Any) -> None:
    done = register(office, "甲", "第一支部", "--id-number", SOUND, "--json")
    seq = str(done.json["seq"][0])
    words = ("--joined", "1950", "--reason", "抄错", "--json")
    assert "未满 18 岁" in notices(office("correct", seq, *words))[0]
    details = ("--member", "甲", "--joined", "1948", "--on", "2007-01-01", "--json")
    found = notices(office("record", "member.correct_details", *details))
    assert "早于身份号码中的出生日期" in found[0]


@pytest.mark.parametrize(
    ("number", "said"),
    [("110105209912310023", "在今天之后"), ("110105180012310023", "早于 1900 年")],
)
def test_a_day_of_birth_that_cannot_be_is_said(office: Any, number: str, said: str) -> None:
    assert said in notices(register(office, "甲", "第一支部", "--id-number", number, "--json"))[0]


@pytest.mark.parametrize(
    "name",
    [
        "合计",
        "合　计",
        "无",
        "同上",
        "12",
        "１２",
        "2012-3",
        "2012年3月1日",
        "#N/A",
        "#REF!",
        "—",
        "N/A",
    ],
)
def test_a_name_that_is_none_is_said(office: Any, name: str) -> None:
    assert "不像名称" in notices(register(office, name, "第一支部", "--json"))[0]
    words = ("--name", name, "--kind", "支部", "--on", "2010-01-01", "--json")
    assert "不像名称" in notices(office("record", "organisation.found", *words))[0]


@pytest.mark.parametrize("name", ["王小明", "第1支部", "买买提·艾力", "O'Brien", "吴同上"])
def test_a_name_is_a_name(office: Any, name: str) -> None:
    assert notices(register(office, name, "第一支部", "--json")) == []


def test_a_total_of_a_roster_is_said_before_it_becomes_a_member(
    office: Any, tmp_path: Path
) -> None:
    file = tmp_path / "名册.csv"
    file.write_text("姓名,支部\n王小明,第一支部\n合计,第一支部\n", "utf-8")
    tried = office("import", "members", file, "--on", "2010-01-01", "--json").json
    (said,) = tried["notices"]
    assert "合计" in str(said)
    assert "3" in str(said)


def served(office: Any, minutes: str, *more: str, on: str = "2010-03-01") -> list[str]:
    words = ("--member", "王小明", "--minutes", minutes, "--on", on, "--json", *more)
    return notices(office("record", "service.log", *words))


def test_a_day_has_24_hours(office: Any) -> None:
    register(office, "王小明", "第一支部")
    assert served(office, "20:00", "--what", "甲") == []
    assert served(office, "4:00", "--what", "乙") == []
    (said,) = served(office, "10:00", "--what", "丙")
    assert "当日已记 24:00" in said
    assert "合计 34:00" in said
    assert served(office, "20:00", on="2010-03-02") == []


def test_a_corrected_time_is_added_up_too(office: Any) -> None:
    register(office, "王小明", "第一支部")
    served(office, "20:00", "--what", "甲")
    words = ("--member", "王小明", "--minutes", "3:00", "--on", "2010-03-01", "--json")
    seq = str(office("record", "service.log", *words).json["seq"][0])
    (said,) = notices(office("correct", seq, "--minutes", "5:00", "--reason", "抄错", "--json"))
    assert "合计 25:00" in said


def test_the_same_entry_twice_is_said(office: Any, tmp_path: Path) -> None:
    register(office, "王小明", "第一支部")
    assert served(office, "1:00", "--what", "扫雪") == []
    (said,) = served(office, "1:00", "--what", "扫雪")
    assert "完全相同的登记（#" in said
    assert served(office, "1:00", "--what", "扫地") == []
    assert served(office, "1:00", "--what", "扫雪", on="2010-03-02") == []
    line = '{"action":"service.log","member":"王小明","minutes":30,"on":"2010-04-01"}\n'
    file = tmp_path / "twice.jsonl"
    file.write_text(line * 2, "utf-8")
    (said,) = notices(office("record", "--from-json", file, "--json"))
    assert "第 2 行" in said


def test_a_day_long_before_all_days_is_said(office: Any) -> None:
    words = ("--name", "丁", "--kind", "支部", "--on", "1012-01-01", "--json")
    (said,) = notices(office("record", "organisation.found", *words))
    assert "1012 年早于 1900 年" in said
