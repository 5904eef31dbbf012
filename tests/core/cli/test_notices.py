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
