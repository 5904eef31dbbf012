"""The known clock in people's words: a position, a moment or a day."""

from __future__ import annotations

import datetime as dt
import sqlite3

from taizhang.parse import parse_date

CHINA = dt.timezone(dt.timedelta(hours=8))


def known_at(db: sqlite3.Connection, text: str | int) -> int:
    """The position that ``text`` means: one snapped down to the end of an action, or the last one
    recorded up to a moment (ISO, China's when without zone) or to the end of a day.

    Times are compared with a running maximum, since a writer's clock may have been set back.
    """
    text = str(text).strip().lstrip("#")
    if text.isdigit():
        return _last(db, "seq", int(text))
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = dt.datetime.combine(parse_date(text), dt.time.max)
    else:
        if len(text) <= 10:
            moment = dt.datetime.combine(moment.date(), dt.time.max)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=CHINA)
    return _last(db, "recorded_at", moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"))


def _last(db: sqlite3.Connection, column: str, value: int | str) -> int:
    row = db.execute(f"SELECT max(seq) FROM _actions WHERE {column} <= ?", (value,)).fetchone()
    return row[0] or 0
