"""三管三抓 (mobile members found, led and kept); sources D0.07, D0.15, D0.17, D2.10, D3.52, D4.16, R28.

Three systems of D3.52: who goes out or comes in is registered (外出登记), paired with a member (结对联系), and
bears a certificate (流动党员活动证). Three gaps of D0.17, each to be nought: members without an organisation
(有党员无组织), organisations that do not lead them (有组织无管理), leading without effect (有管理无效果).
What a contact was about is a choice; what a member thinks or how one lives is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from taizhang.api import (
    Choice,
    Count,
    Counting,
    Ledger,
    Member,
    Organisation,
    PersonalText,
    PersonName,
    Programme,
    Row,
    Selection,
    among,
    deed_of,
    ending,
    field,
)
from taizhang_sanguan.showing import demonstration as demonstration

programme = Programme("sanguan", "三管三抓|Mobile members", api=1, needs=("members",))

WAYS = ("流入|Came in", "流出|Went out")
KINDS = (
    "传达精神|Passed on",
    "通报情况|Reported",
    "征求意见|Asked",
    "协调困难|Helped",
    "亮身份活动|Activity: showing who we are",
    "学习教育|Activity: study",
    "主题实践|Activity: practice",
    "送学上门|Study brought home",
)
"""What a contact was: the first four of D3.52, the others of D0.07 and D3.53."""


class MobileRow(Row):
    """A mobile member: whence or whither, and at what work (流向、职业)."""

    member: Member = field("党员|Member")
    way: Choice = field("流向类别|Way", choices=WAYS)
    place: PersonalText = field("流向|Whence or whither")
    work: PersonalText = field("职业|Work", default="")


class PairRow(Row):
    """A member of the community keeps in touch with a mobile one."""

    member: Member = field("流动党员|Mobile member")
    partner: Member = field("联系人|Partner")


class CertificateRow(Row):
    """The certificate (流动党员活动证) that a mobile member bears; valid for six months at most."""

    member: Member = field("党员|Member")
    number: PersonName = field("证号|Number", about="member")
    months: Count = field("有效月数|Months valid", low=1, high=6, default=6)


class ContactRow(Row):
    """Somebody was in touch with a mobile member, or the member took part in something."""

    member: Member = field("流动党员|Mobile member", ended=True)
    kind: Choice = field("内容类别|Kind", choices=KINDS)


class SurveyRow(Row):
    """A survey of mobile members (摸底): how many there are, and how many belong nowhere yet."""

    organisation: Organisation = field("组织|Organisation", ended=True)
    found: Count = field("摸底人数|Found", low=0)
    unassigned: Count = field("未编入人数|Not attached", low=0)


ME = ("member",)
mobiles = programme.spans("mobiles", "流动党员|Mobile members", MobileRow, key=ME, ends_with=ME)
pairs = programme.spans("pairs", "结对|Pairs", PairRow, key=ME, ends_with=("member", "partner"))
certificates = programme.spans(
    "certificates", "活动证|Papers", CertificateRow, key=ME, ends_with=ME
)
certificates.runs_out("valid_until", "有效期至|Valid until", months="months")
contacts = programme.records("contacts", "联系与活动|Contacts", ContactRow)
surveys = programme.records("surveys", "摸底|Surveys", SurveyRow)


def _another(pair: Any) -> Iterator[str]:
    if pair.member == pair.partner:
        yield "联系人应为另一名党员|the partner has to be another member"


deed_of(programme, pairs, "pair.form", "结对|Form a pair", event="pair_formed", check=_another)
deed_of(programme, mobiles, "mobile.register", "登记流动|Register", event="mobile_registered")
deed_of(programme, certificates, "certificate.issue", "发活动证|Issue", event="certificate_issued")
deed_of(programme, contacts, "contact.make", "记联系与活动|Record a contact", event="contact_made")
deed_of(programme, surveys, "survey.do", "记摸底|Record a survey", event="survey_done")


ending(programme, "pair.dissolve", "解除结对|Dissolve", event="pair_dissolved", clears=(pairs,))
ending(
    programme,
    "mobile.settle",
    "结束流动|End being mobile",
    event="mobile_settled",
    clears=(mobiles, pairs, certificates),
)


@programme.check(
    "unattached",
    "摸底有未编入组织的流动党员|A survey found mobile members who are not attached",
    entity="organisation",
    hard=False,
    asks=False,
    reads=("sanguan_surveys",),
)
def _unattached(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """The last survey of an organisation says that some belong nowhere yet (D0.17: to be nought)."""
    last = "max(s.on_date || printf('%020d', s.src))"
    sql = (
        f"SELECT organisation, src, unassigned, {last} FROM sanguan_surveys s "
        f"WHERE {among('organisation', ids)} GROUP BY organisation"
    )
    for row in ledger.query(sql, *(ids or ())):
        if row["unassigned"]:
            yield row["organisation"], row["src"]


SINCE = date(2009, 1, 1)
MOBILE = Selection("sanguan_mobiles")

programme.duty(
    "organised",
    "归管：有党员无组织为零|None without an organisation",
    who=Selection("sanguan_mobiles", where={"way": "流入"}),
    counts=Counting("attachments", where={"kind": "流动党员"}),
    at_least=1,
    per="standing",
    since=SINCE,
    source="D0.17, D2.10, R28",
)
programme.duty(
    "led",
    "常管：有组织无管理为零|None without a partner and a certificate",
    who=MOBILE,
    counts=(Counting("sanguan_pairs", "member"), Counting("sanguan_certificates")),
    at_least=1,
    per="standing",
    since=SINCE,
    source="D0.17, D3.52",
)
programme.duty(
    "effect",
    "长管：有管理无效果为零|None out of touch for half a year",
    who=MOBILE,
    counts=Counting("sanguan_contacts"),
    at_least=1,
    per="half-year",
    since=SINCE,
    source="D0.17; the period is a reading",
)
programme.figure("mobiles", "流动党员数|Mobile members", select=MOBILE, by="way", unit="人|members")
