"""Text on the grid: exact to the cell whatever it holds, and nothing in it acts."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from taizhang.office.overview.members import hours
from taizhang.readmodels.listing import bar
from taizhang.words.labels import clean as core_clean
from taizhang_tui import cells

HOSTILE = [
    "李[/]",
    "[@click=app.quit]x",
    "\x1b[2J",
    "\u202eabc",
    "\u200b",
    "长" * 10_000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467",
    "\u2764\ufe0f",
    "\U0001f44b\U0001f3fd",
    "e\u0301\u0301\u0301\u0301",
    "\u0301a",
    "a\tb\r\nc\u2028d",
    "\ud800",
    "ｱﾞ",
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("room", [0, 1, 2, 7, 20])
@pytest.mark.parametrize("align", ["left", "right"])
def test_hostile_text_takes_exactly_its_room(text: str, room: int, align: cells.Align) -> None:
    assert cells.width(cells.pad(cells.clean(text), room, align)) == room


@given(st.text(), st.integers(0, 40), st.sampled_from(["left", "right"]))
@example("中文", 3, "right")
@example("中", 1, "left")
def test_padded_text_has_exactly_the_width_asked_for(
    text: str, room: int, align: cells.Align
) -> None:
    shown = cells.pad(cells.clean(text), room, align)
    assert cell_len(shown) == room
    assert sum(map(cell_len, shown)) == room  # no pair of characters changes its width together


@given(st.text(), st.integers(0, 40))
@example("\ufe0f中\ufe0f", 1)
def test_text_that_was_not_cleaned_is_padded_exactly_too(text: str, room: int) -> None:
    assert cell_len(cells.pad(text, room)) == room


@given(st.text())
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = cells.clean(text)
    assert cells.clean(once) == once
    assert not any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in once)


def test_what_the_core_refuses_is_never_shown() -> None:
    for number in (*range(0x11000), *range(0x1F000, 0x20000), *range(0xE0000, 0xE1100)):
        character = chr(number)
        if len(core_clean(f"a{character}b")) == 2:
            assert character not in cells.clean(f"a{character}b"), hex(number)


def test_cleaning_keeps_what_indents_and_what_is_written() -> None:
    assert cells.clean("  天桥第一支部 ") == "  天桥第一支部 "
    assert cells.clean("李[/]") == "李[/]"
    assert cells.clean("\x1b[2J") == "[2J"
    assert cells.clean("a\r\nb\tc") == "a b c"
    assert cells.clean("e\u0301") == "é"


def test_a_double_width_character_is_never_halved() -> None:
    assert cells.clip("天桥新村", 8) == "天桥新村"
    assert cells.clip("天桥新村", 7) == "天桥新…"
    assert cells.clip("天桥新村", 6) == "天桥…"
    assert cells.pad("天桥新村", 6) == "天桥… "
    assert cells.pad("天桥新村", 6, "right") == " 天桥…"
    assert cells.clip("天桥", 0) == ""
    assert cells.clip("天桥", 1) == "…"


def test_durations_read_as_in_a_ledger() -> None:
    told = [hours(m) for m in (None, 0, 59, 750, 60_000)]
    assert told == ["", "", "0:59", "12:30", "1,000:00"]


def test_a_bar_fills_its_field() -> None:
    assert bar(5, 10, 4) == "██  "
    assert bar(10, 10, 4) == bar(20, 10, 4) == "████"
    assert bar(0.01, 10, 4) == "▏   "
    assert bar(0, 10, 4) == bar(3, 0, 4) == "    "
    assert bar(3, 3, 0) == ""
