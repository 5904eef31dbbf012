"""六带 (six leads): what in-service members (在职党员) take the lead in; source D2.24.

A bundled programme that looks exactly like one a community ships: it imports :mod:`taizhang.api` and
nothing else. One deed, one table, one rule. Families that were helped are counted by the deed and
never named.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from taizhang.api import (
    Choice,
    Deal,
    Deed,
    Ledger,
    Member,
    Minutes,
    Programme,
    Row,
    Scene,
    among,
    field,
    hookimpl,
)

programme = Programme("liudai", "六带|Six leads", api=1, needs=("members",))

KINDS = (
    "宣传政策|Explaining policy",
    "参与服务|Joining in services",
    "帮扶困难家庭|Helping families in need",
    "协调邻里|Mediating between neighbours",
    "维护治安|Keeping public order",
    "创建文明小区|Building a civil neighbourhood",
)


class LeadRow(Row):
    """One deed of a member."""

    member: Member = field("党员|Member")
    kind: Choice = field("带头事项|Lead", choices=KINDS)
    minutes: Minutes | None = field("时长|Time", default=None)


leads = programme.records("leads", "六带活动|Leads", LeadRow)


@programme.deed("lead.take", "记带头事项|Take a lead", event="lead_taken")
class TakeLead(Deed):
    """A member took the lead in one of the six."""

    member: Member = field("党员|Member")
    kind: Choice = field("带头事项|Lead", choices=KINDS)
    minutes: Minutes | None = field("时长|Time", low=1, high=1440, default=None)


leads.records(TakeLead)


@programme.check(
    "in-service", "六带由在职党员带头|Leads are in-service members", entity="member", hard=False
)
def _in_service(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """A deed on a day on which the member is known to be of another of the three kinds (三种党员)."""
    for row in ledger.query(
        "SELECT l.member AS id, l.src AS src FROM liudai_leads_all l "
        "JOIN categories_all c ON c.member = l.member AND c.scheme = '三种党员' "
        "AND c.since <= l.on_date AND (c.until IS NULL OR c.until > l.on_date) "
        f"WHERE c.category <> '在职党员' AND {among('l.member', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@hookimpl
def demonstration(scene: Scene) -> Iterator[Deal]:
    """A handful of deeds for every in-service member."""
    for member, since in scene.in_service:
        for _ in range(scene.chance.randrange(3, 12)):
            span = (scene.today - since).days
            day = since + timedelta(days=1 + scene.chance.randrange(span - 1))
            kind = scene.chance.choice(KINDS).partition("|")[0]
            yield "liudai.lead.take", day, member, {"kind": kind, "minutes": 30}
