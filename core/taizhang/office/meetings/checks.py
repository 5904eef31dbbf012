"""What a reason is asked for: too few present, or carried without the majority, by the rule of the day.

A finding says the rule and its edition, so that whoever reads it knows what it was held against. None of them
refuses: a meeting was held as it was held, and the rule may be read otherwise where it happened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from taizhang.api import Ledger, among
from taizhang.office.meetings.rules import RULES, VotingRule
from taizhang.office.meetings.tables import programme

Breach = Callable[[VotingRule, dict[str, Any]], bool]


def _absent(rule: VotingRule, row: dict[str, Any]) -> bool:
    return not rule.quorate(row["entitled"], row["present"])


def _outvoted(rule: VotingRule, row: dict[str, Any]) -> bool:
    carried = rule.carried(row["entitled"], row["present"], row["in_favour"])
    return row["outcome"] == "通过" and not carried


def _in_writing(rule: VotingRule, row: dict[str, Any]) -> bool:
    return bool(row["votes"] > row["present"])


def _declare(code: str, label: str, rule: VotingRule, breach: Breach) -> None:
    """A check of one rule on the resolutions of its days; the fact is the vote, not what followed it."""

    @programme.check(
        f"{code}-{rule.key}", label, entity="resolution", hard=False, reads=("resolutions",)
    )
    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        for row in ledger.query(
            "SELECT id, min(src) AS src, entitled, present, in_favour, outcome, "
            "in_favour + against + abstained AS votes FROM resolutions_all "
            f"WHERE vote = ? AND day >= ? AND day < ? AND {among('id', ids)} GROUP BY id",
            rule.vote,
            rule.since.isoformat(),
            "~" if rule.until is None else rule.until.isoformat(),
            *(ids or ()),
        ):
            if breach(rule, row):
                yield row["id"], row["src"]


for _rule in RULES:
    _declare("presence", _rule.asks_presence(), _rule, _absent)
    _declare("majority", _rule.asks_majority(), _rule, _outvoted)
    if not _rule.written:
        _declare("written", _rule.asks_no_written(), _rule, _in_writing)


@programme.check(
    "day",
    "表决日期不是会议日期|The vote is not on the day of the meeting",
    entity="resolution",
    hard=False,
    reads=("resolutions", "meetings"),
)
def _another_day(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """A correction of either day may part them."""
    for row in ledger.query(
        "SELECT r.id AS id, min(r.src) AS src FROM resolutions_all r "
        "JOIN meetings_all m ON m.id = r.meeting AND m.since <> r.day "
        f"WHERE {among('r.id', ids)} GROUP BY r.id",
        *(ids or ()),
    ):
        yield row["id"], row["src"]
