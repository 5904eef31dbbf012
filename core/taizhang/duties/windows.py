"""Windows (期): the stretches of the calendar for which a duty is to be done.

They are those of the calendar (月, 季度, 半年, 年), cut where a version of the duty begins or ends. A
standing duty has one window, from the day on which it came into force.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from taizhang.declarations.duties import Duty, Over, Version
from taizhang.words.labels import Label

MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
DAY = dt.timedelta(days=1)


def period(over: Over, day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the stretch of the calendar in which ``day`` lies."""
    months = MONTHS[over]
    first = dt.date(day.year, (day.month - 1) // months * months + 1, 1)
    month = first.month + months
    if month <= 12:
        return first, dt.date(first.year, month, 1) - DAY
    return first, dt.date(first.year, 12, 31)


def before(over: Over, day: dt.date) -> tuple[dt.date, dt.date] | None:
    """The stretch before the one in which ``day`` lies; None before the calendar begins."""
    first, _ = period(over, day)
    return None if first == dt.date.min else period(over, first - DAY)


def period_label(over: Over, day: dt.date) -> Label:
    """Names the stretch: 2012年第四季度, 2012 Q4."""
    number = (day.month - 1) // MONTHS[over]
    if over == "year":
        return Label(f"{day.year}年", f"{day.year}")
    if over == "half-year":
        return Label(f"{day.year}年{'上下'[number]}半年", f"{day.year} H{number + 1}")
    if over == "quarter":
        return Label(f"{day.year}年第{'一二三四'[number]}季度", f"{day.year} Q{number + 1}")
    return Label(f"{day.year}年{day.month}月", f"{day.year}-{day.month:02d}")


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch in which a version of a duty is to be done: first and last day, both inclusive.

    ``end`` is None for a standing duty that goes on.
    """

    duty: Duty
    version: Version
    begin: dt.date
    end: dt.date | None

    def closed(self, on: dt.date) -> bool:
        """Tells if the window has ended before the day."""
        return self.end is not None and self.end < on

    def day(self, on: dt.date) -> dt.date:
        """The day that decides who is obliged: its last one, or ``on`` while it runs."""
        return on if self.end is None else min(self.end, on)

    @property
    def label(self) -> Label:
        """The name of the window; one that was cut bears its days."""
        per = self.version.per
        if per == "standing":
            return Label("常年", "standing")
        named = period_label(per, self.begin)
        if (self.begin, self.end) == period(per, self.begin):
            return named
        return Label(
            f"{named.zh}（{self.begin}至{self.end}）", f"{named.en} ({self.begin} to {self.end})"
        )


def window(duty: Duty, version: Version, day: dt.date) -> Window | None:
    """The window of a version in which ``day`` lies, or None where it does not hold."""
    last = None if version.until is None else version.until - DAY
    if day < version.since or (last is not None and day > last):
        return None
    if version.per == "standing":
        return Window(duty, version, version.since, last)
    begin, end = period(version.per, day)
    return Window(duty, version, max(begin, version.since), end if last is None else min(end, last))


def containing(duty: Duty, day: dt.date) -> Window | None:
    """The window in which ``day`` lies, or None when the duty does not hold on it."""
    return next((w for v in duty.versions if (w := window(duty, v, day)) is not None), None)


def last_closed(duty: Duty, on: dt.date) -> Window | None:
    """The window that ended last before ``on``, if it ended in this stretch of the calendar or in the
    one before: what was missed longer ago is looked for by its day. Standing duties have none.
    """
    found: list[Window] = []
    for version in duty.versions:
        if version.per == "standing":
            continue
        begin, _ = period(version.per, on)
        earlier = before(version.per, on)
        days = [] if earlier is None else [earlier[1]]
        if version.until is not None and version.until > dt.date.min:
            ended = version.until - DAY
            if ended < on and (ended >= begin or (earlier is not None and ended >= earlier[0])):
                days.append(ended)
        found += [w for d in days if (w := window(duty, version, d)) is not None]
    closed = [w for w in found if w.closed(on)]
    return max(closed, key=lambda w: (w.end or on, w.begin), default=None)


def current(duty: Duty, on: dt.date) -> list[Window]:
    """The windows that matter on a day: the one that ended last, and the one that runs."""
    return [w for w in (last_closed(duty, on), containing(duty, on)) if w is not None]


__all__ = [
    "Window",
    "before",
    "containing",
    "current",
    "last_closed",
    "period",
    "period_label",
    "window",
]
