"""The known clock in people's words: a position, a moment or a day."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3
from collections.abc import Callable

from taizhang.declarations.kinds import Bad, DateKind
from taizhang.store.paths import CHINA
from taizhang.words.errors import Invalid, Problem
from taizhang.words.labels import Label, narrow

KNOWN = Label("所知", "known")

Span = tuple[dt.datetime, dt.datetime]

_LAST = 2**63 - 1
_SHAPE = Label(
    "应为事件序号，或 2012-07-05、2012-07-05 17:30 这样的登记时间",
    "must be a position, or a time of recording such as 2012-07-05 or 2012-07-05 17:30",
)


def known_at(db: sqlite3.Connection, text: str | int) -> int:
    """The position that ``text`` means: one snapped down to the end of an action, or the last one
    recorded up to a moment (ISO, China's when without zone), or to the end of a minute or a day.

    Times are compared with a running maximum, since a writer's clock may have been set back. Raises
    :class:`Invalid` for what is neither.
    """
    text = narrow(str(text)).removeprefix("#")
    if re.fullmatch(r"\d+", text):
        digits = text.lstrip("0") or "0"
        return _last(db, "seq", int(digits) if len(digits) < 19 else _LAST)
    return _recorded_by(db, text, lambda span: span[1])


def recorded_before(db: sqlite3.Connection, text: str) -> int:
    """The last position recorded before the day, minute or second began that ``text`` names. Raises
    :class:`Invalid` for what names none.
    """
    return _recorded_by(db, narrow(text), lambda span: span[0] - dt.timedelta(microseconds=1))


def _recorded_by(db: sqlite3.Connection, text: str, of: Callable[[Span], dt.datetime]) -> int:
    try:
        moment = of(_span(text)).astimezone(dt.UTC)
    except OverflowError:
        # The first or the last day that a calendar of ours has, in another zone.
        return 0 if text.startswith("0") else _last(db, "seq", _LAST)
    written = moment.replace(tzinfo=None).isoformat(timespec="microseconds")
    return _last(db, "recorded_at", f"{written}Z")


def _span(text: str) -> Span:
    """The begin and the end of the day, minute or second that ``text`` names, in its zone or China's."""
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        try:
            begins = dt.datetime.combine(DateKind().parse(text), dt.time.min)
        except Bad as bad:
            dated = re.fullmatch(r"\d{4}\D\d{1,2}\D\d{1,2}日?", text)
            raise Invalid([Problem("known", KNOWN, bad.rule if dated else _SHAPE)]) from None
        ends = dt.datetime.combine(begins, dt.time.max)
    else:
        begins = ends = moment
        if len(text) <= 10:
            ends = dt.datetime.combine(moment.date(), dt.time.max)
        elif "." not in text and "," not in text:
            seconds = re.search(r"\d{2}:\d{2}:\d{2}", text)
            ends = moment.replace(second=moment.second if seconds else 59, microsecond=999_999)
    zoned = [t if t.tzinfo is not None else t.replace(tzinfo=CHINA) for t in (begins, ends)]
    return zoned[0], zoned[1]


def _last(db: sqlite3.Connection, column: str, value: int | str) -> int:
    row = db.execute(f"SELECT max(seq) FROM _actions WHERE {column} <= ?", (value,)).fetchone()
    return row[0] or 0
