"""What has to hold for the tree of organisations (组织) on every day of the ledger.

Decisions refuse the same things earlier and in nicer words; these rules also catch what late facts,
corrections and voids would bring about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taizhang.api import Ledger, among, overlap, unique
from taizhang.office.organisations.facts import UNDER, programme


@programme.check(
    "kind",
    "这一类别不能设在该上级之下|This kind may not stand there",
    entity="organisation",
    reads=("organisations",),
)
def _wrong_kind(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    pairs = ", ".join(f"('{k}', '{a}')" for k, above in UNDER.items() for a in above if a)
    for side in ("c.id", "p.id") if ids is not None else ("c.id",):
        for row in ledger.query(
            "SELECT DISTINCT c.id AS id, c.src AS src FROM organisations_all c "
            f"JOIN organisations_all p ON p.id = c.parent AND {overlap('c', 'p')} "
            f"WHERE (c.kind, p.kind) NOT IN (VALUES {pairs}) AND {among(side, ids)}",
            *(ids or ()),
        ):
            yield row["id"], row["src"]
    for row in ledger.query(
        "SELECT id, src FROM organisations_all WHERE kind = '党小组' AND parent IS NULL "
        f"AND {among('id', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "cycle",
    "组织隶属成环|The organisation stands under itself",
    entity="organisation",
    reads=("organisations",),
)
def _cycle(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Climbs from each organisation through every stretch of time with the same tree."""
    for row in ledger.query(
        "WITH RECURSIVE up(id, src, node, since, until) AS ("
        "SELECT id, src, parent, since, coalesce(until, '~') FROM organisations_all "
        f"WHERE parent IS NOT NULL AND {among('id', ids)} "
        "UNION SELECT up.id, up.src, o.parent, max(up.since, o.since), "
        "min(up.until, coalesce(o.until, '~')) FROM up JOIN organisations_all o ON o.id = up.node "
        "WHERE up.node <> up.id AND o.parent IS NOT NULL "
        "AND max(up.since, o.since) < min(up.until, coalesce(o.until, '~'))) "
        "SELECT DISTINCT id, src FROM up WHERE node = id",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


programme.check(
    "name",
    "同一上级下已有同名组织|Another organisation there bears this name",
    entity="organisation",
    reads=("organisations",),
)(unique("organisations", "name", "parent"))


@programme.check(
    "holds-no-members",
    "该类组织不能编入党员|This kind holds no members",
    entity="organisation",
    reads=("organisations", "memberships"),
)
def _holds_none(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    for row in ledger.query(
        "SELECT DISTINCT o.id AS id, o.src AS src FROM organisations_all o "
        f"WHERE o.holds_members = 0 AND {among('o.id', ids)} "
        f"AND EXISTS (SELECT 1 FROM memberships_all m WHERE m.organisation = o.id AND {overlap('o', 'm')})",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "succeeded-alive",
    "已有承接组织，却仍然存在|It has a successor and yet goes on",
    entity="organisation",
    reads=("lineage", "organisations"),
)
def _succeeded_alive(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    for row in ledger.query(
        "SELECT DISTINCT l.organisation AS id, l.src AS src FROM lineage_all l "
        "JOIN organisations_all o ON o.id = l.organisation "
        "AND (o.until IS NULL OR o.until > l.on_date) "
        f"WHERE {among('l.organisation', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]
