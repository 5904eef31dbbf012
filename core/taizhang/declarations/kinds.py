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
from typing import Annotated, Any, ClassVar

from taizhang.declarations.masks import masked
from taizhang.words.labels import Label, clean, narrow

MAX_TEXT = 10_000
"""Longest text that is accepted, in characters; longer is refused rather than cut."""

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PARTIAL = re.compile(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|月?)|年?)")


class Bad(ValueError):
    """A value that is not of its kind; ``rule`` says which rule it breaks."""

    def __init__(self, rule: str | Label, candidates: Sequence[str] = ()) -> None:
        self.rule = Label.of(rule)
        self.candidates = tuple(candidates)
        super().__init__(self.rule.zh)


def as_written(given: Any) -> str:
    """Writes what was given, a text or a value of JSON or TOML, as people write it. Raises :class:`Bad` for
    what is no single value.
    """
    if given is None or isinstance(given, list | dict):
        raise Bad("应为单个值|must be a single value")
    if isinstance(given, bool):
        return "yes" if given else "no"
    return given.isoformat() if isinstance(given, date) else str(given)


class Kind:
    """A kind of value. Subclasses override what differs from plain text."""

    name: ClassVar[str] = "text"
    sql: ClassVar[str] = "TEXT"
    widget: ClassVar[str] = "text"
    align: ClassVar[str] = "left"
    personal: bool = False
    masks: bool = False
    """Whether :meth:`mask` hides anything."""
    by_sound: ClassVar[bool] = False
    """Whether people look for it by pinyin and initials."""

    def parse(self, text: str) -> Any:
        """The value written as ``text`` by a person. Raises :class:`Bad`."""
        value = clean(text)
        if len(value) > self.limit:
            raise Bad(
                Label(f"最多 {self.limit} 个字符", f"at most {self.limit} characters are allowed")
            )
        return value

    limit: int = MAX_TEXT

    def notice(self, value: Any) -> Label | None:
        """Says what people should look at again in a value that is taken as it is; mostly nothing."""
        return None

    def show(self, value: Any, language: str = "zh") -> str:
        """The value as people read it."""
        return "" if value is None else str(value)

    def mask(self, text: str) -> str:
        """The value shown as ``text``, as everybody may see it."""
        return text

    def column(self, value: Any) -> Any:
        """The value as SQLite stores it."""
        return value

    def schema(self) -> dict[str, Any]:
        """JSON schema of the value."""
        return {"type": "string", "maxLength": self.limit}


class TextKind(Kind):
    """Free text. ``limit`` in characters."""

    def __init__(self, limit: int = MAX_TEXT, *, personal: bool = False) -> None:
        self.limit = limit
        self.personal = personal


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


class DateKind(Kind):
    """A day of the calendar. 2012-2-3, 2012/02/03, 2012年2月3日 are accepted."""

    name = "date"
    widget = "date"

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

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"}


class CountKind(Kind):
    """A whole number, not negative unless bounds say otherwise."""

    name = "count"
    sql = "INTEGER"
    widget = "number"
    align = "right"
    unit: ClassVar[Label | None] = None

    def parse(self, text: str) -> int:
        value = narrow(text).replace(",", "").replace("_", "")
        if not re.fullmatch(r"[-+]?\d{1,15}", value):
            raise Bad("应为整数|must be a whole number")
        return int(value)

    def show(self, value: Any, language: str = "zh") -> str:
        return "" if value is None else f"{value:,}"

    def schema(self) -> dict[str, Any]:
        return {"type": "integer"}


class MinutesKind(CountKind):
    """Service time in whole minutes, without travel (志愿服务条例). 90, 1:30 and 1.5小时 are accepted."""

    name = "minutes"

    def parse(self, text: str) -> int:
        value = narrow(text).removesuffix("分钟").removesuffix("分").strip()
        if match := re.fullmatch(r"(\d{1,5}):([0-5]\d)", value):
            return int(match[1]) * 60 + int(match[2])
        if match := re.fullmatch(r"(\d{1,5}(?:\.\d{1,2})?)\s*(?:小时|h)", value):
            minutes = float(match[1]) * 60
            if minutes != int(minutes):
                raise Bad("应为整分钟|must be whole minutes")
            return int(minutes)
        try:
            return super().parse(value)
        except Bad:
            raise Bad("应为分钟数，如 90 或 1:30|must be minutes, such as 90 or 1:30") from None

    def show(self, value: Any, language: str = "zh") -> str:
        return "" if value is None else f"{value // 60}:{value % 60:02d}"


class MoneyKind(CountKind):
    """An amount in yuan, stored in fen (分) so that sums are exact. 1,200.50 is accepted."""

    name = "money"

    def parse(self, text: str) -> int:
        value = narrow(text).replace(",", "").removesuffix("元")
        if not (match := re.fullmatch(r"(-?\d{1,12})(?:\.(\d{1,2}))?", value)):
            raise Bad("应为金额，最多两位小数|must be an amount with at most two decimals")
        sign = -1 if match[1].startswith("-") else 1
        return int(match[1]) * 100 + sign * int((match[2] or "0").ljust(2, "0"))

    def show(self, value: Any, language: str = "zh") -> str:
        return "" if value is None else f"{value / 100:,.2f}"


class YesKind(Kind):
    """Yes or no: 是, 否, yes, no, 1, 0."""

    name = "yes"
    sql = "INTEGER"
    widget = "yes"
    _words: ClassVar[dict[str, bool]] = {
        **dict.fromkeys(("是", "有", "对", "yes", "y", "true", "1"), True),
        **dict.fromkeys(("否", "无", "不", "no", "n", "false", "0"), False),
    }

    def parse(self, text: str) -> bool:
        value = narrow(text).lower()
        if value not in self._words:
            raise Bad("应为 是 或 否|must be yes or no")
        return self._words[value]

    def show(self, value: Any, language: str = "zh") -> str:
        if value is None:
            return ""
        return ("yes" if value else "no") if language == "en" else ("是" if value else "否")

    def column(self, value: Any) -> Any:
        return None if value is None else int(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


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

    def notice(self, value: Any) -> Label | None:
        """One sentence, without any digit of the number: it may be printed."""
        # Imported where a number is given. Not stdnum.cn.ric, which refuses valid numbers of people
        # born before their area code was given out.
        from stdnum.iso7064 import mod_11_2

        try:
            date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
        except ValueError:
            return Label.of(
                "其中的出生日期不存在，请核对|the day of birth in it does not exist: look again"
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

    def __init__(self, entity: str, *, person: bool = False) -> None:
        self.entity = entity
        self.person = person
        """Whether entities of this kind are persons, whose data may have to be erased."""

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
Count = Annotated[int, CountKind()]
Minutes = Annotated[int, MinutesKind()]
Money = Annotated[int, MoneyKind()]
Yes = Annotated[bool, YesKind()]
Choice = Annotated[str, ChoiceKind()]
Phone = Annotated[str, PhoneKind()]
IdNumber = Annotated[str, IdNumberKind()]
