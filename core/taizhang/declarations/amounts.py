"""Kinds of field that hold a number: counts, minutes, money, and yes or no."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, ClassVar

from taizhang.declarations.kind import Bad, Kind
from taizhang.words.labels import Label, narrow

_NUMERALS = {"半": "0.5", "两": "2"} | {c: str(i) for i, c in enumerate("一二三四五六七八九十", 1)}

_DURATION = re.compile(
    rf"(?:(?P<hours>\d{{1,5}}(?:\.\d{{1,6}})?|[{''.join(_NUMERALS)}])个?(?P<half>半)?(?:小时|钟头|时|hours?|hrs?|h)(?P<more>半)?)?"
    r"(?:(?P<minutes>\d{1,6}(?:\.\d{1,6})?)(?:分钟|分|minutes?|mins?|m))?"
)


class CountKind(Kind):
    """A whole number, not negative unless bounds say otherwise."""

    name = "count"
    numeric = True
    sql = "INTEGER"
    widget = "number"
    align = "right"
    unit: ClassVar[Label | None] = None

    @property
    def parts(self) -> int:
        """The number of what is stored that makes one of what people write."""
        return 1

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
    """Service time in whole minutes, without travel (志愿服务条例).

    90, 90分钟, 1:30, 1.5小时, 1.5h, 1小时30分, 半小时 and 一个半小时 are accepted, and reckoned in decimals.
    """

    name = "minutes"

    def parse(self, text: str) -> int:
        value = narrow(text).lower().replace(" ", "")
        if match := re.fullmatch(r"(\d{1,5}):([0-5]\d)", value):
            return int(match[1]) * 60 + int(match[2])
        if match := _DURATION.fullmatch(value):
            hours, half, more, minutes = match.group("hours", "half", "more", "minutes")
            if hours or minutes:
                exact = _hours(hours, bool(half or more)) * 60 + Decimal(minutes or 0)
                if exact != exact.to_integral_value():
                    raise Bad("应为整分钟|must be whole minutes")
                return int(exact)
        try:
            return super().parse(value)
        except Bad:
            raise Bad(
                "应为时长，如 90、1:30、1.5小时 或 1小时30分"
                "|must be a length of time, such as 90, 1:30, 1.5h or 1h30m"
            ) from None

    def show(self, value: Any, language: str = "zh") -> str:
        return "" if value is None else f"{value // 60}:{value % 60:02d}"


def _hours(written: str | None, half: bool) -> Decimal:
    more = Decimal("0.5") if half else Decimal(0)
    return Decimal(_NUMERALS.get(written or "", written or 0)) + more


class DecimalKind(CountKind):
    """A number with a fixed number of decimals, stored whole so that sums are exact."""

    name = "decimal"
    decimals: ClassVar[int] = 2
    suffix: ClassVar[str] = ""
    """A unit that people may write behind it."""
    rule: ClassVar[str] = "应为数，最多两位小数|must be a number with at most two decimals"
    trims: ClassVar[bool] = False
    """Tells if zeros at its end are left out when it is shown."""

    @property
    def parts(self) -> int:
        return int(10**self.decimals)

    def parse(self, text: str) -> int:
        value = narrow(text).replace(",", "").removesuffix(self.suffix)
        match = re.fullmatch(rf"(-?)(\d{{1,12}})(?:\.(\d{{1,{self.decimals}}}))?", value)
        if match is None:
            raise Bad(self.rule)
        exact = int(match[2]) * self.parts + int((match[3] or "0").ljust(self.decimals, "0"))
        return -exact if match[1] else exact

    def show(self, value: Any, language: str = "zh") -> str:
        if value is None:
            return ""
        whole, part = divmod(abs(value), self.parts)
        shown = f"{whole:,}.{part:0{self.decimals}d}"
        return ("-" if value < 0 else "") + (shown.rstrip("0").rstrip(".") if self.trims else shown)


class MoneyKind(DecimalKind):
    """An amount in yuan, stored in fen (分) so that sums are exact. 1,200.50 is accepted."""

    name = "money"
    suffix = "元"
    rule = "应为金额，最多两位小数|must be an amount with at most two decimals"


class QuantityKind(DecimalKind):
    """A quantity with up to three decimals (area, weight, goods), stored in thousandths so that sums are exact.

    0.25, 1,200 and 12.5 are accepted; its unit of measure is a field of its own.
    """

    name = "quantity"
    decimals = 3
    trims = True
    rule = "应为数量，最多三位小数|must be a quantity with at most three decimals"


class YesKind(Kind):
    """Yes or no: 是, 否, yes, no, 1, 0."""

    name = "yes"
    numeric = True
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
