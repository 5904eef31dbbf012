"""Kinds of field: what a value is, how people write it, how it is checked, shown and stored.

A kind owns parse, check, show, column, schema and widget. Declarations name kinds through the
annotated types at the end (``Date``, ``Minutes``, ``Choice`` ...), so that type checkers see plain
``str``, ``int`` and ``date`` while taizhang sees the kind. Parsing raises :class:`Bad` with the rule
that was broken; the caller adds the field's label.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from taizhang.declarations.amounts import CountKind as CountKind
from taizhang.declarations.amounts import DecimalKind as DecimalKind
from taizhang.declarations.amounts import MinutesKind as MinutesKind
from taizhang.declarations.amounts import MoneyKind as MoneyKind
from taizhang.declarations.amounts import QuantityKind as QuantityKind
from taizhang.declarations.amounts import YesKind as YesKind
from taizhang.declarations.kind import MAX_TEXT as MAX_TEXT
from taizhang.declarations.kind import Bad as Bad
from taizhang.declarations.kind import Kind as Kind
from taizhang.declarations.kind import as_written as as_written
from taizhang.declarations.masks import masked
from taizhang.words.labels import Label, narrow
from taizhang.words.spelling import spelled

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PARTIAL = re.compile(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|月?)|年?)")


class TextKind(Kind):
    """Free text. ``limit`` in characters."""

    def __init__(self, limit: int = MAX_TEXT, *, personal: bool = False) -> None:
        self.limit = limit
        self.personal = personal


EARLIEST = 1900
"""No day of anybody's life or office lies before this year."""


def too_early(year: int) -> Label | None:
    """Says what is wrong with a year before all that is kept here."""
    if year >= EARLIEST:
        return None
    return Label(
        f"{year:04d} 年早于 {EARLIEST} 年，请核对", f"{year:04d} is before {EARLIEST}: look again"
    )


_NO_NAMES = frozenset(
    [
        "合计",
        "总计",
        "小计",
        "共计",
        "总数",
        "人数",
        "无",
        "空",
        "同上",
        "同前",
        "同左",
        "〃",
        "暂无",
        "没有",
        "未知",
        "不详",
        "不明",
        "待定",
        "待补",
        "姓名",
        "名称",
        "序号",
        "备注",
        "测试",
        "total",
        "sum",
        "none",
        "null",
        "nan",
        "n/a",
        "na",
        "nil",
        "unknown",
        "ditto",
        "true",
        "false",
        "test",
        "name",
    ]
)
"""What stands in the place of a name in sheets (as it is compared), and is none."""


class NameKind(TextKind):
    """A name: not empty, at most 200 characters, one line."""

    name = "name"
    by_sound = True

    def __init__(self, *, personal: bool = False) -> None:
        super().__init__(200, personal=personal)

    def parse(self, text: str) -> str:
        value: str = super().parse(text)
        if not value:
            raise Bad("不能为空|must not be empty")
        return value

    def notice(self, value: Any, today: date) -> Label | None:
        plain = spelled(value)
        if plain in _NO_NAMES or value.startswith("#") or not any(c.isalpha() for c in plain):
            return Label(
                f"“{value}”像是表格里的合计、空缺、编号或错误值，不像名称，请核对",
                f"“{value}” looks like a total, a gap, a number or an error of a sheet, not like a name: look again",
            )
        if _PARTIAL.fullmatch(plain) or _DATE.fullmatch(plain):
            return Label(
                f"“{value}”像是日期，不像名称，请核对",
                f"“{value}” looks like a date, not like a name: look again",
            )
        return None


class DateKind(Kind):
    """A day of the calendar. 2012-2-3, 2012/02/03, 2012年2月3日 are accepted."""

    name = "date"
    widget = "date"
    numeric = True  # 20120203, which no number changes

    def parse(self, text: str) -> date:
        value = narrow(text)
        match = _DATE.fullmatch(value)
        compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", value)
        found = match or compact
        if found is None:
            raise Bad("应写成 2012-06-30 这样的日期|must be a date such as 2012-06-30")
        year, month, day = (int(g) for g in found.groups())
        try:
            return date(year, month, day)
        except ValueError:
            raise Bad(
                Label(f"没有 {value} 这一天", f"{value} is not a day of the calendar")
            ) from None

    def notice(self, value: Any, today: date) -> Label | None:
        return too_early(value.year)

    def show(self, value: Any, language: str = "zh") -> str:
        return "" if value is None else str(value)[:10]

    def column(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class PartialDateKind(Kind):
    """A date of which the day or the month may be unknown: 1987, 1987-06, 1987-06-01."""

    name = "partial-date"
    widget = "date"

    def parse(self, text: str) -> str:
        match = _PARTIAL.fullmatch(narrow(text))
        if match is None:
            raise Bad(
                "应写成 1987、1987-06 或 1987-06-01|must be written 1987, 1987-06 or 1987-06-01"
            )
        year, month, day = match.groups()
        if day:
            return DateKind().parse(f"{year}-{month}-{day}").isoformat()
        if month:
            if not 1 <= int(month) <= 12:
                raise Bad(Label(f"没有 {month} 月", f"there is no month {month}"))
            return f"{year}-{int(month):02d}"
        return str(year)

    def notice(self, value: Any, today: date) -> Label | None:
        return too_early(int(value[:4]))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}


class MonthKind(PartialDateKind):
    """A month: 2012-03, 2012年3月 and 2012.3 are accepted."""

    name = "month"

    def parse(self, text: str) -> str:
        try:
            month = super().parse(narrow(text).removesuffix("月").replace("年", "-"))
        except Bad:
            month = ""
        if len(month) != len("2012-03"):
            raise Bad("应写成 2012-03|must be written 2012-03")
        return month

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}-\d{2}$"}


class ChoiceKind(Kind):
    """One of a declared list. Stored as the Chinese term, which auditors read without a key.

    The list stands on the field (``choices=``); either language is accepted. An event keeps whatever
    term it was recorded with, so that a list may change without making old events unreadable.
    """

    name = "choice"
    widget = "choice"
    limit = 100

    def choose(self, text: str, choices: Sequence[Label]) -> str:
        """The Chinese term of the choice written as ``text`` in either language."""
        value = narrow(text)
        for choice in choices:
            if value in (choice.zh, narrow(choice.zh)) or value.lower() == choice.en.lower():
                return choice.zh
        raise Bad(
            Label(
                "应为 " + "、".join(c.zh for c in choices) + " 之一",
                "must be one of " + ", ".join(c.en for c in choices),
            )
        )


class PhoneKind(TextKind):
    """A telephone number: digits, with + - and spaces between."""

    name = "phone"
    masks = True

    def __init__(self) -> None:
        super().__init__(30, personal=True)

    def parse(self, text: str) -> str:
        value = narrow(text)
        if not re.fullmatch(r"\+?[\d][\d\- ]{4,28}", value):
            raise Bad("应为电话号码|must be a telephone number")
        return value.replace(" ", "")

    def mask(self, text: str) -> str:
        return masked(text)


class IdNumberKind(TextKind):
    """A citizen's number (公民身份号码): 17 digits and a digit or X.

    Only the shape is a rule. A check digit that does not fit (GB 11643, ISO 7064 MOD 11-2) or a day of
    birth that no calendar has is a notice: the demonstration's numbers fail it on purpose and some old
    cards do.
    """

    name = "id-number"
    masks = True

    def __init__(self) -> None:
        super().__init__(18, personal=True)

    def parse(self, text: str) -> str:
        value = narrow(text).upper()
        if not re.fullmatch(r"\d{17}[\dX]", value):
            raise Bad("应为 18 位身份号码|must be an ID number of 18 characters")
        return value

    def notice(self, value: Any, today: date) -> Label | None:
        """One sentence, without any digit of the number: it may be printed."""
        # Imported where a number is given. Not stdnum.cn.ric, which refuses valid numbers of people
        # born before their area code was given out.
        from stdnum.iso7064 import mod_11_2

        try:
            born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
        except ValueError:
            return Label.of(
                "其中的出生日期不存在，请核对|the day of birth in it does not exist: look again"
            )
        if born > today:
            return Label.of(
                "其中的出生日期在今天之后，请核对|the day of birth in it is after today: look again"
            )
        if born.year < EARLIEST:
            return Label.of(
                f"其中的出生日期早于 {EARLIEST} 年，请核对|the day of birth in it is before {EARLIEST}: look again"
            )
        if not mod_11_2.is_valid(value):
            return Label.of("校验位不符，请核对|the check digit does not fit: look again")
        return None

    def mask(self, text: str) -> str:
        return masked(text)


class RefKind(Kind):
    """A reference to an entity (``"member"``, ``"organisation"`` ...) by its id.

    People may write a name that is unique; the workspace looks it up, for only it has a ledger.
    """

    name = "ref"
    widget = "pick"
    limit = 200

    def __init__(self, entity: str, *, person: bool = False, wide: bool = False) -> None:
        self.entity = entity
        self.person = person
        """Whether entities of this kind are persons, whose data may have to be erased."""
        self.wide = wide
        """Whether those may be meant too that have no row in the kind's table, and a name in the table that
        stands in for it (``programme.spans(..., stands_in="member")``)."""

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "x-entity": self.entity}


class LinesKind(Kind):
    """A list of lines, each a small struct of kinds; see :mod:`taizhang.declarations.lines`."""

    name = "lines"
    widget = "grid"
    align = "right"

    def __init__(self, line: type[Any]) -> None:
        self.line = line

    def parse(self, text: str) -> Any:
        raise Bad("应为多行明细|must be a list of lines")

    def show(self, value: Any, language: str = "zh") -> str:
        count = sum(line is not None for line in value or ())
        return f"{count} lines" if language == "en" else f"{count} 行"


Text = Annotated[str, TextKind()]
PersonalText = Annotated[str, TextKind(personal=True)]
Name = Annotated[str, NameKind()]
PersonName = Annotated[str, NameKind(personal=True)]
Date = Annotated[date, DateKind()]
PartialDate = Annotated[str, PartialDateKind()]
Month = Annotated[str, MonthKind()]
Count = Annotated[int, CountKind()]
Minutes = Annotated[int, MinutesKind()]
Money = Annotated[int, MoneyKind()]
Quantity = Annotated[int, QuantityKind()]
Yes = Annotated[bool, YesKind()]
Choice = Annotated[str, ChoiceKind()]
Phone = Annotated[str, PhoneKind()]
IdNumber = Annotated[str, IdNumberKind()]
