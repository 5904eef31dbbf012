"""What has to hold for members (党员) on every day of the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taizhang.api import Ledger, among, overlap
from taizhang.office.members.tables import (
    programme,
)


@programme.check(
    "without-branch",
    "有的日子不在任何支部|In no branch on some days",
    entity="member",
    reads=("members", "memberships"),
)
def _without_branch(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """A membership is lacking where a stretch of the member's life begins or a membership ends.

    One per day at most is given: a member has one timeline of memberships.
    """
    covered = (
        "EXISTS (SELECT 1 FROM memberships_all c WHERE c.member = {id} AND c.since <= {day} "
        "AND (c.until IS NULL OR c.until > {day}))"
    )
    alive = (
        "EXISTS (SELECT 1 FROM members_all c WHERE c.id = {id} AND c.since <= {day} "
        "AND (c.until IS NULL OR c.until > {day}))"
    )
    begins = covered.format(id="p.id", day="p.since")
    ends = covered.format(id="m.member", day="m.until")
    lives = alive.format(id="m.member", day="m.until")
    for row in ledger.query(
        "SELECT p.id AS id, p.src AS src FROM members_all p "
        f"WHERE p.since < coalesce(p.until, '~') AND NOT {begins} AND {among('p.id', ids)} "
        "UNION SELECT m.member, m.src FROM memberships_all m "
        f"WHERE m.until IS NOT NULL AND m.since < m.until AND {lives} AND NOT {ends} "
        f"AND {among('m.member', ids)}",
        *(ids or ()),
        *(ids or ()),
    ):
        yield row["id"], row["src"]


def _other_branch(
    ledger: Ledger, column: str, ids: Sequence[str] | None
) -> Iterator[tuple[str, int]]:
    """``column`` of each group membership that lies outside the member's branch of that time."""
    for row in ledger.query(
        f"SELECT DISTINCT g.{column} AS id, g.src AS src FROM group_memberships_all g "
        f"JOIN organisations_all o ON o.id = g.organisation AND {overlap('g', 'o')} "
        f"JOIN memberships_all b ON b.member = g.member AND {overlap('g', 'b')} "
        f"AND {overlap('o', 'b')} "
        f"WHERE (o.kind <> '党小组' OR o.parent IS NOT b.organisation) "
        f"AND {among('g.' + column, ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "group-elsewhere",
    "党小组不属于党员的支部|The group is not of the member's branch",
    entity="member",
    reads=("group_memberships", "organisations", "memberships"),
)
def _group_elsewhere(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    yield from _other_branch(ledger, "member", ids)


@programme.check(
    "group-members-elsewhere",
    "党小组里有别的支部的党员|The group has members of another branch",
    entity="organisation",
    reads=("group_memberships", "organisations", "memberships"),
)
def _members_elsewhere(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    yield from _other_branch(ledger, "organisation", ids)
