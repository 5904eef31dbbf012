"""Wrong words and the computer's own errors: one sentence, in Chinese, with the right exit code."""

from pathlib import Path

import pytest

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
