"""Wrong words and the computer's own errors: one sentence, in Chinese, with the right exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang import __version__

from .conftest import Command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("show",), "缺少 TABLE"),
        (("show", "members", "--foo"), "没有选项 --foo"),
        (("show", "members", "--limit", "x"), "--limit 应为不小于 0 的整数"),
        (("show", "members", "--limit", "-1"), "--limit 应为不小于 0 的整数"),
        (("show", "members", "more"), "多余的参数 more"),
        (("correct", "abc", "--reason", "x"), "SEQ 应为整数"),
        (("void", "-3", "--reason", "x"), "没有选项 -3"),
        (("init", "--name"), "--name 缺少值"),
        (("plugins", "bogus"), "没有这个命令：bogus"),
        (("bogus",), "没有命令 bogus"),
        (("plugins",), "还要写一个命令：check、disable"),
        (("keys",), "还要写一个命令：change、new、status"),
        (("import",), "还要写一个命令：members"),
        (("record",), "给出一个操作"),
        (("record", "organisation.found", "--name"), "--name 缺少值"),
    ],
)
def test_wrong_words_are_one_chinese_sentence(
    tz: Command, words: tuple[str, ...], said: str
) -> None:
    result = tz(*words)
    assert result.code == 2
    assert result.out == ""
    (line,) = result.err.splitlines()
    assert line.startswith("错误：")
    assert said in line
    assert "--help" in line


def test_help_speaks_chinese(tz: Command) -> None:
    for words in (("show",), ("import", "members"), ("plugins",), ("plugins", "disable"), ()):
        page = tz(*words, "--help")
        assert page.code == 0
        assert page.out.startswith("用法：")
        assert "选项：" in page.out
        for english in ("Usage", "Options", "Show this", "NAME in this store"):
            assert english not in page.out


def test_a_problem_names_the_field_as_it_is_written(office: Command) -> None:
    result = office("record", "organisation.found", "--on", "2005-01-01")
    assert result.code == 1
    assert "名称（name）：必填" in result.err
    assert "类别（kind）：必填" in result.err


def test_a_path_that_cannot_be_one_is_named(tz: Command, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for store in (file, file / "below"):
        result = tz("init", store=store)
        assert result.code == 1
        (line,) = result.err.splitlines()
        assert line.startswith("错误：读写")
        assert str(store) in line


def test_a_ledger_that_cannot_be_opened_is_named(office: Command, tmp_path: Path) -> None:
    ledger = tmp_path / "store" / "ledger.db"
    for file in ledger.parent.glob("ledger.db*"):
        file.unlink()
    ledger.mkdir()
    fields = ("--name", "丙支部", "--kind", "支部", "--on", "2005-01-01")
    for words, code in ((("record", "organisation.found", *fields), 1), (("show", "members"), 0)):
        result = office(*words)
        assert result.code == code
        assert "ledger.db" in result.err
        assert len(result.err.splitlines()) == 1


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_terminal_of_another_encoding_shows_what_it_can(
    office: Command, tmp_path: Path, encoding: str
) -> None:
    office("record", "member.register", "--name", "王😀", "--organisation", "第一支部")
    office("record", "member.register", "--name", "李明", "--organisation", "第一支部")

    def said(*words: str) -> str:
        run = subprocess.run(
            [sys.executable, "-m", "taizhang", "--store", str(tmp_path / "store"), *words],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            check=True,
        )
        return run.stdout.decode(encoding)

    table = said("show", "members")
    assert "李明" in table
    assert ("王😀" if encoding == "utf-8" else "王?") in table
    assert [m["name"] for m in json.loads(said("show", "members", "--json"))] == ["王😀", "李明"]


def test_the_version_is_told_in_the_language_of_the_program(tz: Command) -> None:
    assert tz("--version").out == f"taizhang 台账 {__version__}\n"


def test_the_help_of_an_action_says_what_its_fields_ask_for(office: Command) -> None:
    page = office("record", "wujian.matter.accept", "--help").out
    assert "--what  事由 (必填)  不写姓名、住址" in page


def test_an_amendment_says_which_event_it_is_of(office: Command) -> None:
    office("record", "member.register", "--name", "李明", "--organisation", "第一支部")
    seq = office("events", "--limit", "1", "--json").json[0]["seq"]
    corrected = office("correct", str(seq), "--name", "李铭", "--reason", "写错")
    assert f"登记党员 更正 #{seq}  " in corrected.out
    assert f"作废 #{seq + 1}  " in office("void", str(seq + 1), "--reason", "重复").out


def test_one_that_is_not_there_on_the_day_is_listed_with_its_days(office: Command) -> None:
    office(
        "record",
        "organisation.merge",
        "--organisation",
        "第二支部",
        "--to",
        "第一支部",
        "--on",
        "2011-06-01",
    )
    for on, to in (("2004-12-31", " 2011-06-01"), ("2012-01-01", " 2011-06-01")):
        said = office(
            "record", "member.register", "--name", "李明", "--organisation", "第二支部", "--on", on
        )
        assert said.code == 1
        assert f"{on} 没有名为“第二支部”的组织" in said.err
        assert f"第二支部（2005-01-01 –{to}）" in said.err


def test_service_time_that_is_none_is_asked_for_as_people_write_it(office: Command) -> None:
    office("record", "member.register", "--name", "李明", "--organisation", "第一支部")
    said = office("record", "service.log", "--member", "李明", "--minutes", "1.5")
    assert said.code == 1
    assert "服务时间（minutes）：应为时长，如 90、1:30、1.5小时 或 1小时30分" in said.err
