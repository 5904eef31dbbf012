"""Sentences in a width: Chinese breaks anywhere but at punctuation, words stay whole, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from taizhang_tui.wordwrap import CLOSING, OPENING, wrapped

SENTENCE = "左边是组织，右边是党员（含下级）。输入 / 后按姓名查找，回车打开。Type / and a name."


@pytest.mark.parametrize("width", range(8, 60))
def test_lines_fit_and_break_where_chinese_may(width: int) -> None:
    lines = wrapped(SENTENCE, width)
    assert all(cell_len(line) <= width for line in lines)
    assert all(line[0] not in CLOSING for line in lines)
    assert all(line[-1] not in OPENING for line in lines)
    assert "".join(lines).replace(" ", "") == SENTENCE.replace(" ", "")


def test_a_sentence_with_an_english_word_in_it_is_not_torn_apart_at_the_word() -> None:
    assert wrapped("输入 / 后按姓名、拼音或首字母查找", 20) == [
        "输入 / 后按姓名、拼",
        "音或首字母查找",
    ]


def test_breaks_and_indents_stay() -> None:
    assert wrapped("一\n\n  二三四五", 7) == ["一", "", "  二三", "  四五"]


@given(st.text(st.sampled_from("王小a1，。（） \n"), max_size=40), st.integers(4, 20))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    lines = wrapped(text, width)
    kept = "".join(lines).replace(" ", "")
    assert kept == text.replace(" ", "").replace("\n", "")
    longest = max(len(unit) for unit in text.split() or [""]) * 2
    assert all(cell_len(line) <= max(width, min(longest, width)) for line in lines)
