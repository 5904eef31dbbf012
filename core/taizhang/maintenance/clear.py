"""Whether texts about people or their cases stand in the log in the clear (明文): such as no erasing reaches.

They were recorded before personal data were encrypted, or before their field was declared to be about somebody.
Tokens in the ledger say it: a text that was sealed has a mark behind its name, one that was not has none.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from taizhang.maintenance.checks import NOTICE, OK, CheckResult, Look
from taizhang_eventstore.recorders import still

LABEL = "明文|In the clear"

_FOUND = (
    "SELECT count(*), coalesce(min(CAST(token AS INTEGER)), 0) FROM personal "
    "WHERE token NOT LIKE '%.%.%'"
)


def check(look: Look) -> Iterator[CheckResult]:
    """Tells how many texts stand in the clear, with the first event that has one; nothing where there is no
    ledger.
    """
    path = look.store / "ledger.db"
    if not path.is_file():
        return
    try:
        count, first = still.undisturbed(
            path, lambda connect: connect().execute(_FOUND).fetchone(), log=False
        )
    except sqlite3.DatabaseError:
        return  # said of the ledger
    if not count:
        yield CheckResult(
            "clear", LABEL, OK, "没有明文的个人内容", "no personal text stands in the clear"
        )
        return
    yield CheckResult(
        "clear", LABEL, NOTICE,
        f"日志里有 {count:,} 处个人或个案的内容是明文（最早 #{first:,}），删除个人资料够不着；用 taizhang reseal 新目录 抄成加密的",
        f"{count:,} texts about people or cases stand in the log in the clear (the first in #{first:,}), where no erasing reaches them; copy the store with taizhang reseal NEWDIR",
    )  # fmt: skip


def any_clear(db: sqlite3.Connection) -> bool:
    """Tells if a ledger has a text that stands in the log in the clear."""
    return bool(db.execute(_FOUND).fetchone()[0])


__all__ = ["any_clear", "check"]
