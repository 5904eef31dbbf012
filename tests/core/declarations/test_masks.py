"""Masks: the ends of a number and never its middle, whatever its length."""

from __future__ import annotations

from typing import Any

import pytest

from taizhang.declarations.kinds import IdNumberKind, NameKind, PhoneKind, TextKind
from taizhang.declarations.masks import guessed, masked


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812341234", "138****1234"),
        ("0562-2834567", "056*****4567"),
        ("+8613812341234", "+86*******1234"),
        ("34070219750101123X", "340***********123X"),
        ("2834567", "*****67"),
        ("12345", "***45"),
        ("〔已删除〕", "〔已删除〕"),
        ("", ""),
    ],
)
def test_masks_keep_the_ends(number: str, shown: str) -> None:
    assert masked(number) == PhoneKind().mask(number) == IdNumberKind().mask(number) == shown
    assert masked(shown) == shown


def test_most_of_a_number_is_hidden() -> None:
    for length in range(5, 31):
        number = "".join(str(k % 10) for k in range(1, length + 1))
        hidden = masked(number)
        assert len(hidden) == length
        assert hidden.count("*") >= (4 if length > 5 else 3)


def test_other_kinds_have_no_mask() -> None:
    for kind in (NameKind(personal=True), TextKind(personal=True)):
        assert kind.mask("13812341234") == "13812341234"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("13812341234", "138****1234"),
        (["电话 0562-2834567", 7], ["电话 056*****4567", 7]),
        ({"who": "34070219750101123X"}, {"who": "340***********123X"}),
        ("2012-06-30", "2012-06-30"),
        ("m-06bz1s7q4", "m-06bz1s7q4"),
        ("第 12345678901234567890 号", "第 12345678901234567890 号"),
        (None, None),
    ],
)
def test_what_nothing_declares_is_masked_by_its_looks(value: Any, shown: Any) -> None:
    assert guessed(value) == shown
