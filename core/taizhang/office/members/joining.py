"""What speaks against a day of joining the Party (入党日期): told with the fact, and taken all the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from taizhang.api import Label

FOUNDED = "1921-07"
"""The Party was founded in July 1921."""

OF_AGE = 18
"""Who applies has to be eighteen (党章第一条)."""


def of_joining(joined: str | None, number: str | None, on: date) -> Iterator[Label]:
    """Says what speaks against a day of joining; of the ID number no digit, since it may be printed.

    Args:
        joined: the day, which may lack its day or month.
        number: the ID number, if one is known that can be read.
        on: the day from which it is recorded.
    """
    if not joined:
        return
    if joined < FOUNDED[: len(joined)]:
        yield Label(
            f"入党日期 {joined} 早于建党（{FOUNDED}），请核对",
            f"{joined} is before the Party was founded ({FOUNDED}): look again",
        )
    if joined > on.isoformat()[: len(joined)]:
        yield Label(
            f"入党日期 {joined} 晚于 {on}，请核对",
            f"joined the Party on {joined}, which is after {on}: look again",
        )
    born = re.fullmatch(r"\d{6}(\d{4})(\d{2})(\d{2})\d{3}[\dX]", number or "")
    if born is None:
        return
    year, month, day = born.groups()
    if joined < f"{year}-{month}-{day}"[: len(joined)]:
        yield Label(
            f"入党日期 {joined} 早于身份号码中的出生日期，请核对",
            f"{joined} is before the day of birth in the ID number: look again",
        )
    elif joined < f"{int(year) + OF_AGE:04d}-{month}-{day}"[: len(joined)]:
        yield Label(
            f"按身份号码，入党日期 {joined} 时未满 {OF_AGE} 岁，请核对",
            f"by the ID number not yet {OF_AGE} years old on {joined}: look again",
        )


__all__ = ["of_joining"]
