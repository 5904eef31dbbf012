"""What people should look at in bodies and elections; nothing here refuses, for it was held as it was held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from taizhang.api import Ledger, among, overlap, unique
from taizhang.office.bodies.balloting import BY_APPROVAL
from taizhang.office.bodies.tables import programme
from taizhang.office.bodies.voting import ELECTED, margin_of
from taizhang.office.meetings.rules import RULES, VotingRule

programme.check(
    "name", "已有同名机构|A body bears this name", entity="body", reads=("bodies",), hard=False
)(unique("bodies", "name", "organisation"))


@programme.check(
    "two-chiefs",
    "同时有两名书记|Two secretaries at once",
    entity="body",
    hard=False,
    reads=("seats",),
)
def _two_chiefs(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    for row in ledger.query(
        "SELECT DISTINCT a.body AS id, max(a.src, b.src) AS src FROM seats_all a "
        "JOIN seats_all b ON b.body = a.body AND b.id > a.id AND b.office = a.office "
        f"AND {overlap('a', 'b')} WHERE a.office = '书记' AND {among('a.body', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "margin",
    "候选人差额不足应选人数的百分之二十|Fewer candidates than a fifth more than the seats",
    entity="election",
    hard=False,
    reads=("elections", "candidates", "election_places"),
)
def _margin(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Of members of a committee; secretaries and deputies are elected without a margin."""
    for row in ledger.query(
        "SELECT c.election AS id, max(c.src) AS src, min(c.on_date) AS day, count(*) AS n, "
        "(SELECT sum(p.seats) FROM election_places p WHERE p.election = c.election "
        "AND p.office = c.office) AS seats FROM candidates c "
        f"WHERE c.office NOT IN ('{BY_APPROVAL[0]}', '{BY_APPROVAL[1]}') "
        f"AND {among('c.election', ids)} GROUP BY c.election, c.office",
        *(ids or ()),
    ):
        margin = margin_of(date.fromisoformat(row["day"]))
        if margin is not None and row["n"] < margin.wanted(row["seats"] or 0):
            yield row["id"], row["src"]


def _presence(rule: VotingRule) -> None:
    """A check of one edition on the rounds of its days."""

    @programme.check(
        f"presence-{rule.key}",
        rule.asks_presence(),
        entity="election",
        hard=False,
        reads=("election_rounds",),
    )
    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        for row in ledger.query(
            "SELECT election AS id, src, entitled, present FROM election_rounds "
            f"WHERE on_date >= ? AND on_date < ? AND {among('election', ids)}",
            rule.since.isoformat(),
            "~" if rule.until is None else rule.until.isoformat(),
            *(ids or ()),
        ):
            if not rule.quorate(row["entitled"], row["present"]):
                yield row["id"], row["src"]


for _rule in RULES:
    if _rule.vote == "选举":
        _presence(_rule)


@programme.check(
    "more-than-seats",
    "当选人数多于应选人数|More are elected than there are seats",
    entity="election",
    hard=False,
    reads=("ballots", "election_places"),
)
def _too_many(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """A correction of the votes may elect somebody more, or of the call take a seat away."""
    for row in ledger.query(
        "SELECT b.election AS id, max(b.src) AS src FROM ballots b "
        f"WHERE b.outcome = '{ELECTED}' AND {among('b.election', ids)} "
        "GROUP BY b.election, b.office HAVING count(*) > coalesce((SELECT sum(p.seats) "
        "FROM election_places p WHERE p.election = b.election AND p.office = b.office), 0)",
        *(ids or ()),
    ):
        yield row["id"], row["src"]
