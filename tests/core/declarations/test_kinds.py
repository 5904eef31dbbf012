"""Kinds read what people write, refuse what is not of the kind, and show what they have read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.declarations import kinds
from taizhang.declarations.kinds import Bad, Kind
from taizhang.words.labels import Label, clean


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (kinds.DateKind(), "2012-2-3", date(2012, 2, 3)),
        (kinds.DateKind(), "２０１２年２月３日", date(2012, 2, 3)),
        (kinds.DateKind(), " 2012/02/03 ", date(2012, 2, 3)),
        (kinds.DateKind(), "20120203", date(2012, 2, 3)),
        (kinds.PartialDateKind(), "1987年6月", "1987-06"),
        (kinds.PartialDateKind(), "1987", "1987"),
        (kinds.PartialDateKind(), "1987-6-1", "1987-06-01"),
        (kinds.CountKind(), " １２ ", 12),
        (kinds.CountKind(), "1,200", 1200),
        (kinds.MinutesKind(), "1:30", 90),
        (kinds.MinutesKind(), "1.5小时", 90),
        (kinds.MinutesKind(), "90分钟", 90),
        (kinds.MinutesKind(), "8.20小时", 492),
        (kinds.MinutesKind(), "１．１５ｈ", 69),
        (kinds.MinutesKind(), "1小时30分", 90),
        (kinds.MinutesKind(), "1 小时 30 分钟", 90),
        (kinds.MinutesKind(), "1h30m", 90),
        (kinds.MinutesKind(), "半小时", 30),
        (kinds.MinutesKind(), "半个小时", 30),
        (kinds.MinutesKind(), "一个半小时", 90),
        (kinds.MinutesKind(), "1小时半", 90),
        (kinds.MinutesKind(), "两小时", 120),
        (kinds.MinutesKind(), "1.5h", 90),
        (kinds.MinutesKind(), "90 min", 90),
        (kinds.MoneyKind(), "1,200.5元", 120050),
        (kinds.MoneyKind(), "-0.05", -5),
        (kinds.QuantityKind(), "-1,200.5", -1_200_500),
        (kinds.MonthKind(), "2012年3月", "2012-03"),
        (kinds.YesKind(), "是", True),
        (kinds.YesKind(), "No", False),
        (kinds.PhoneKind(), "+86 100 1234 5678", "+8610012345678"),
        (kinds.IdNumberKind(), "11010119900101123x", "11010119900101123X"),
        (kinds.NameKind(), "  王\u200b小\u202e明\n", "王小明"),
    ],
)
def test_what_people_write_is_understood(kind: Kind, text: str, value: Any) -> None:
    assert kind.parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (kinds.DateKind(), "2012-02-30"),
        (kinds.DateKind(), "0000-01-01"),
        (kinds.DateKind(), "明天"),
        (kinds.PartialDateKind(), "1987-13"),
        (kinds.CountKind(), "十二"),
        (kinds.CountKind(), "1.5"),
        (kinds.CountKind(), "9" * 16),
        (kinds.MinutesKind(), "1:75"),
        (kinds.MinutesKind(), "0.01小时"),
        (kinds.MinutesKind(), "1小时30"),
        (kinds.MinutesKind(), "小时"),
        (kinds.MinutesKind(), "90秒"),
        (kinds.MinutesKind(), ""),
        (kinds.MoneyKind(), "1.234"),
        (kinds.QuantityKind(), "1.2345"),
        (kinds.MonthKind(), "2012"),
        (kinds.MonthKind(), "2012-03-01"),
        (kinds.YesKind(), "也许"),
        (kinds.PhoneKind(), "电话"),
        (kinds.IdNumberKind(), "123"),
        (kinds.NameKind(), " \u200b "),
        (kinds.TextKind(5), "六个字的文本"),
    ],
)
def test_what_is_not_of_the_kind_is_refused_in_both_languages(kind: Kind, text: str) -> None:
    with pytest.raises(Bad) as refused:
        kind.parse(text)
    assert refused.value.rule.zh
    assert refused.value.rule.en
    assert refused.value.rule.en.isascii() or text in refused.value.rule.en


def test_choices_are_kept_in_chinese_and_taken_in_both_languages() -> None:
    kind, choices = kinds.ChoiceKind(), [Label.of("支部|Branch"), Label.of("党小组|Group")]
    assert kind.choose("支部", choices) == "支部"
    assert kind.choose(" branch ", choices) == "支部"
    with pytest.raises(Bad, match="党小组"):
        kind.choose("党委", choices)


@given(st.dates())
def test_dates_come_back_as_they_are_shown(day: date) -> None:
    kind = kinds.DateKind()
    assert kind.parse(kind.show(day)) == day


@given(st.integers(0, 10**6))
def test_minutes_and_money_come_back_as_they_are_shown(number: int) -> None:
    for kind in (kinds.MinutesKind(), kinds.MoneyKind(), kinds.CountKind()):
        if isinstance(kind, kinds.MinutesKind) and number >= 60 * 10**5:
            continue
        assert kind.parse(kind.show(number)) == number


@given(st.text())
def test_cleaned_text_neither_moves_nor_hides(text: str) -> None:
    made = clean(text)
    assert clean(made) == made
    for character in made:
        assert character.isprintable() or not (
            "\x00" <= character < " " or "\x7f" <= character <= "\x9f"
        )
        assert (
            character
            not in "\u200b\u200c\u200d\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        )


@given(
    st.sampled_from(
        [k for k in vars(kinds).values() if isinstance(k, type) and issubclass(k, Kind)]
    ),
    st.text(),
)
def test_no_text_makes_a_kind_fail_otherwise_than_by_its_rule(cls: type[Kind], text: str) -> None:
    given = {kinds.RefKind: ["member"], kinds.LinesKind: [object]}.get(cls, [])
    kind = cls(*given)
    try:
        value = kind.parse(text)
    except Bad:
        return
    assert isinstance(kind.show(value), str)
    assert isinstance(kind.schema(), dict)


@given(st.integers(0, 99_999), st.integers(0, 99))
def test_hours_with_decimals_are_exact(whole: int, hundredths: int) -> None:
    exact = whole * 6000 + hundredths * 60
    text = f"{whole}.{hundredths:02d}小时"
    if exact % 100:
        with pytest.raises(Bad, match="整分钟"):
            kinds.MinutesKind().parse(text)
    else:
        assert kinds.MinutesKind().parse(text) == exact // 100


TEXTS = [
    k
    for k in vars(kinds).values()
    if isinstance(k, type) and issubclass(k, Kind) and k is not Kind and not k.numeric
]


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("given", [110105194912310021, 1.10105194912310021e17, 1987, 2012.10, True])
def test_a_number_is_no_text(kind: type[Kind], given: Any) -> None:
    made = kind.__new__(kind)
    with pytest.raises(Bad, match="引号"):
        kinds.as_written(given, made)


def test_a_number_is_a_number() -> None:
    assert kinds.as_written(12.0, kinds.CountKind()) == "12"
    assert kinds.as_written(8.2, kinds.MoneyKind()) == "8.2"
    assert kinds.as_written(True, kinds.YesKind()) == "yes"
    assert kinds.as_written("12", kinds.TextKind()) == "12"
