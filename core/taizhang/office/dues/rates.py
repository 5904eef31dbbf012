"""The sums that members pay a month (党费标准), as data with the days on which it holds (G.dues).

The rule of the month decides. Amounts are in fen; a share of a base is rounded to the fen, half of one up: no text says how,
so the rule is printed with the amount.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from taizhang.api import in_force

WORKING, RETIRED, FARMER, NONE = "在职工薪", "离退休", "农民", "学生或无固定收入"
BASES = (
    f"{WORKING}|Pay",
    f"{RETIRED}|Pension",
    f"{FARMER}|Farmer",
    f"{NONE}|Student, or without regular income",
)
"""Kinds of base; of one who has no monthly income the mean month of the quarter before is the base."""

YUAN = 100
"""Fen of a yuan."""


class Band(NamedTuple):
    """Of a base up to ``upto`` fen (included; None for any) this share is paid, on the whole base."""

    upto: int | None
    percent: Decimal


class Rate(NamedTuple):
    """The rate on a kind of base from ``since`` until ``until`` (exclusive): by bands, or a fixed sum at least."""

    base: str
    bands: tuple[Band, ...]
    least: int
    most: int | None
    since: date
    until: date | None
    edition: str = "党费收缴使用管理规定 2008|Rules on dues 2008"
    source: str = "G.dues"

    def share(self, amount: int) -> Decimal | None:
        """The percentage of a base of so many fen; None where a fixed sum is paid."""
        for band in self.bands:
            if band.upto is None or amount <= band.upto:
                return band.percent
        return None

    def monthly(self, amount: int) -> int:
        """Reckons what is paid a month, in fen, on a base of so many fen."""
        percent = self.share(amount)
        if percent is None:
            return self.least
        exact = Decimal(amount) * percent / 100
        return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


_SINCE = date(2008, 4, 1)

RATES = (
    Rate(
        WORKING,
        (
            Band(3000 * YUAN, Decimal("0.5")),
            Band(5000 * YUAN, Decimal(1)),
            Band(10000 * YUAN, Decimal("1.5")),
            Band(None, Decimal(2)),
        ),
        0,
        None,
        _SINCE,
        None,
    ),
    Rate(
        RETIRED, (Band(5000 * YUAN, Decimal("0.5")), Band(None, Decimal(1))), 0, None, _SINCE, None
    ),
    Rate(FARMER, (), 20, 100, _SINCE, None),
    Rate(NONE, (), 20, 20, _SINCE, None),
)

WARNED = (3, 5)
"""Months in arrears at which a secretary is told: after six the procedure of those who drop out may begin."""


def rate_of(base: str, day: date) -> Rate | None:
    """The rate for a kind of base on a day, or None where none is listed."""
    return next((rate for rate in in_force(RATES, day) if rate.base == base), None)
