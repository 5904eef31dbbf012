"""六带 (six leads) of in-service members and 五个一 (five ones) of mobile ones; sources D2.23, D2.24, rule R26.

A bundled programme that looks exactly like one a community ships: it imports :mod:`taizhang.api` and
nothing else. Two deeds, two tables, two rules. Families that were helped are counted by the deed and
never named; of a report on one's thoughts (思想汇报) there is the day on which it came, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

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
    Selection,
    among,
    checklist,
    field,
    hookimpl,
)

programme = Programme("liudai", "六带|Six leads", api=1, needs=("members",))

ONES = (
    "订一份党报|Took a Party paper",
    "听一堂党课|Heard a Party lesson",
    "做一件好事|Did a good deed",
    "参加一次义务劳动|Took part in voluntary work",
    "写一份思想汇报|Handed in a report",
)
"""The five, each at least once, in whatever order (D2.23); of a report on one's thoughts there is the day, and nothing else."""

Breaches = Iterator[tuple[str, int]]

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


checklist(
    programme,
    "one",
    "五个一|The five ones",
    Member,
    ONES,
    called="党员|Member",
    who=Selection("categories", where={"scheme": "三种党员", "category": "流动党员"}),
    per="year",
    since=date(2008, 1, 1),  # the source is undated, and says no period
    does="记五个一|Record one of the five",
    source="D2.23, R26",
)


def _of(ledger: Ledger, ids: Sequence[str] | None, table: str, kind: str) -> Breaches:
    """Deeds of a day on which the member is known to be of another of the three kinds (三种党员)."""
    for row in ledger.query(
        f"SELECT l.member AS id, l.src AS src FROM {table}_all l "
        "JOIN categories_all c ON c.member = l.member AND c.scheme = '三种党员' "
        "AND c.since <= l.on_date AND (c.until IS NULL OR c.until > l.on_date) "
        f"WHERE c.category <> ? AND {among('l.member', ids)}",
        kind,
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "in-service",
    "六带由在职党员带头|Leads are in-service members",
    entity="member",
    reads=("liudai_leads", "categories"),
    hard=False,
)
def _in_service(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    return _of(ledger, ids, "liudai_leads", "在职党员")


@programme.check(
    "mobile",
    "五个一在流动党员中开展|The five ones are of mobile members",
    entity="member",
    reads=("liudai_ones", "categories"),
    hard=False,
)
def _mobile(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    return _of(ledger, ids, "liudai_ones", "流动党员")


LEADS = Selection("liudai_leads")
programme.figure("leads", "六带次数|Leads", select=LEADS, by="kind", unit="次|times", over="year")


@hookimpl
def demonstration(scene: Scene) -> Iterator[Deal]:
    """A handful of deeds for every in-service member, and most of the five for every mobile one."""
    for member, since in scene.in_service:
        for _ in range(scene.chance.randrange(3, 12)):
            span = (scene.today - since).days
            day = since + timedelta(days=1 + scene.chance.randrange(span - 1))
            kind = scene.chance.choice(KINDS).partition("|")[0]
            yield Deal("liudai.lead.take", day, member, {"kind": kind, "minutes": 30})
    for member, since in scene.mobile:
        for year in (2011, 2012):
            for item in scene.chance.sample(ONES, scene.chance.choice((2, 4, 5, 5, 5))):
                day = date(year, 1, 1) + timedelta(days=scene.chance.randrange(360))
                if day > since:
                    done = {"item": item.partition("|")[0]}
                    yield Deal("liudai.one.do", day, member, done)
