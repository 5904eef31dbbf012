"""One name in many spellings: what is compared, and what people find by sound."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli import main
from taizhang.office.sheets.importing import import_members
from taizhang.words.errors import Dependents
from taizhang.words.pinyin import search_terms
from taizhang.words.spelling import spelled
from taizhang.workspace import Workspace

DOTS = "·•‧・･∙⋅᛫⸱⸰⸳﹒．."


@pytest.mark.parametrize("dot", DOTS)
def test_every_middle_dot_is_one(dot: str) -> None:
    assert spelled(f"买买提{dot}艾力") == "买买提·艾力"


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("王　明", "王明"),
        ("王 明", "王明"),
        ("⻢云", "马云"),
        ("⾼⼭", "高山"),
        ("⼾部", "户部"),
        ("第１支部（筹）", "第1支部(筹)"),
        ("ＡＢＣ公司", "abc公司"),
    ],
)
def test_what_looks_the_same_is_the_same(written: str, same: str) -> None:
    assert spelled(written) == spelled(same) == same


def test_every_radical_is_a_character() -> None:
    for code in (*range(0x2E80, 0x2F00), *range(0x2F00, 0x2FD6)):
        if unicodedata.category(chr(code)) != "Cn":
            (one,) = spelled(chr(code))
            assert not 0x2E80 <= ord(one) < 0x2FE0, hex(code)


def test_other_names_stay_other_names() -> None:
    assert spelled("王明") != spelled("王名")
    assert spelled("J.R.") == "j.r."
    assert spelled("买买提·艾力") != spelled("买买提艾力")


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("卜伟", "buwei"),
        ("薄一", "boyi"),
        ("阚玉", "kanyu"),
        ("隗明", "weiming"),
        ("隗明", "kuiming"),
        ("牟平", "muping"),
        ("牟平", "mouping"),
        ("单于飞", "chanyufei"),
        ("吕布", "lvbu"),
        ("吕布", "lubu"),
        ("吕布", "lübu"),
        ("王长贵", "wangchanggui"),
        ("王长贵", "zhanggui"),
        ("李重", "lichong"),
        ("李重", "lizhong"),
        ("赵晟", "zhaosheng"),
        ("赵晟", "zhaocheng"),
        ("钱朝", "qianchao"),
        ("钱朝", "qianzhao"),
        ("王　明", "wangming"),
        ("⻢云", "mayun"),
        ("王小明", "ｗｘｍ"),
        ("王小明", "Ｗａｎｇ"),
        ("⻢云", "马"),
        ("买买提•艾力", "买买提·艾力"),
    ],
)
def test_names_are_found_as_they_are_read(hall: Path, name: str, typed: str) -> None:
    with Workspace.open(hall, actor="张三") as ws:
        fields = {"name": name, "organisation": "第一支部"}
        member = ws.record("member.register", fields, on="2010-02-01").ids["member"]
        assert ("member", member) in ws.at().find(typed, "member")
        assert ws.at().names("member", [member]) == {member: name}, "shown as it was written"


def test_a_name_does_not_fill_the_index() -> None:
    assert len(search_terms("长重晟朝乐行曾").split()) < 200


SPELLINGS = [
    ("王明", "王　明"),
    ("马云", "⻢云"),
    ("买买提·艾力", "买买提•艾力"),
    ("Ｔｏｍ", "Tom"),
]


@pytest.mark.parametrize("pair", [*SPELLINGS, *((b, a) for a, b in SPELLINGS)])
def test_a_person_is_referred_to_in_any_spelling(hall: Path, pair: tuple[str, str]) -> None:
    stored, written = pair
    with Workspace.open(hall, actor="张三") as ws:
        fields = {"name": stored, "organisation": "第一支部"}
        member = ws.record("member.register", fields, on="2010-02-01").ids["member"]
        ws.record("member.leave", {"member": written}, on="2011-02-01")
        assert ws.at("2012-01-01").rows("members", id=member) == []
        (notice,) = ws.preview("member.register", {**fields, "name": written}).notices
        assert member in notice.rule.zh
        ws.rebuild()
        assert ws.at().ever_called("member", written) == [member]


BRANCHES = [("第２支部（筹）", "第2支部(筹)"), ("天桥 第一支部", "天桥第一支部")]


@pytest.mark.parametrize(("stored", "written"), BRANCHES)
def test_a_branch_is_one_in_any_spelling(hall: Path, stored: str, written: str) -> None:
    with Workspace.open(hall, actor="张三") as ws:
        founded = {"name": stored, "kind": "支部"}
        branch = ws.record("organisation.found", founded, on="2010-01-01").ids["organisation"]
        with pytest.raises(Dependents):
            ws.record("organisation.found", {**founded, "name": written}, on="2010-01-02")
        ws.record("member.register", {"name": "孙七", "organisation": written}, on="2010-02-01")
        (row,) = ws.at().rows("memberships", organisation=branch)
        assert row["since"] == "2010-02-01"
        assert ws.at("2009-01-01").called("organisation", written) == []
        ws.record("organisation.rename", {"organisation": branch, "name": "新名"}, on="2012-01-01")
        ledger = ws.at("2012-06-01")
        assert ledger.called("organisation", written) == []
        assert ledger.called("organisation", "新 名") == [branch]
        assert ledger.at(dt_of("2011-06-01")).called("organisation", written) == [branch]


def dt_of(text: str) -> Any:
    import datetime as dt

    return dt.date.fromisoformat(text)


def test_a_roster_does_not_double_another_spelling(hall: Path, tmp_path: Path) -> None:
    file = tmp_path / "名册.csv"
    file.write_text("姓名,支部\n王 小明,第一 支部\n王　名,第一支部\n王名,第一支部\n", "utf-8")
    with Workspace.open(hall, actor="张三") as ws:
        held = import_members(ws, file, on="2012-01-01").held
    assert [problem.line for problem in held] == [2, 4]


def test_a_table_is_filtered_in_any_spelling(hall: Path, capsys: Any) -> None:
    def shown(text: str) -> str:
        capsys.readouterr()
        with pytest.raises(SystemExit):
            main(["--store", str(hall), "show", "members", "--where", f"name={text}"])
        return str(capsys.readouterr().out)

    assert "王小明" in shown("王　小明")
    assert "王小明" not in shown("王小名")
