"""六诺 (six steps of a pledge) with fourteen posts; sources D3.19, D3.21 to D3.24, D3.50, rule R24.

A member applies with a pledge, the members discuss it, the superior examines it, it is shown in public,
kept, and assessed by layers (党员申诺、集体议诺、上级审诺、公开示诺、党员践诺、分层评诺). The source names seven of
the fourteen posts and no grades: those here are a reading. What is rated is the pledge, never the member.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from taizhang.api import (
    ByField,
    Choice,
    Counting,
    Date,
    Member,
    Organisation,
    PersonalText,
    Programme,
    RefKind,
    Row,
    Selection,
    Step,
    deed_of,
    field,
    posts,
    ratings,
    steps,
)
from taizhang_liunuo.showing import demonstration as demonstration

programme = Programme("liunuo", "六诺|Six steps of a pledge", api=1, needs=("members",))

Pledge = Annotated[str, RefKind("liunuopledge")]
Post = Annotated[str, RefKind("liunuopost")]

SINCE = date(2008, 1, 1)  # the source is undated
KINDS = ("岗位承诺|Of a post", "实事承诺|Of a deed")
GRADES = ("兑现|Kept", "部分兑现|Kept in part", "未兑现|Not kept")
THREE = (
    "选择一岗|Chose a post",
    "贡献一技|Gave a skill",
    "奉献一日|Gave a day",
)

post = posts(
    programme,
    "post",
    "岗位|Posts",
    prefix="lp",
    stated=14,
    listed=(
        "治安巡逻岗",
        "政策宣传岗",
        "义务教育岗",
        "社会公德岗",
        "便民服务岗",
        "纠纷调解岗",
        "参政议政岗",
    ),
    source="D3.22：14 个岗位，列出 7 个",
)


class PledgeRow(Row):
    """A member's pledge."""

    member: Member = field("党员|Member", ended=True)
    kind: Choice = field("承诺类别|Kind", choices=KINDS)
    what: PersonalText = field("承诺事项|What", about="member")
    post: Post | None = field("岗位|Post", default=None, ended=True)
    promised: Date | None = field("践诺期限|To be kept by", default=None)
    examiner: Organisation | None = field("审诺组织|Examined by", default=None, ended=True)


pledge = steps(
    programme,
    "pledge",
    "承诺|Pledges",
    PledgeRow,
    (
        Step("apply", "申诺|Applied", done="applied", does="Apply for a pledge"),
        Step("discuss", "议诺|Discussed"),
        Step("examine", "审诺|Examined", asks=("examiner",)),
        Step("show", "示诺|Shown", done="shown"),
        Step("keep", "践诺|Kept", done="kept", due=ByField("promised")),
        Step("assess", "评诺|Assessed"),
    ),
    prefix="ln",
    title="what",
    search=("what",),
    stop=Step("withdraw", "撤诺|Withdrawn", done="withdrawn"),
    since=SINCE,
    soon=14,
    source="D3.21, R24",
)

ratings(programme, "pledge", "承诺|Pledges", Pledge, scale=GRADES, by="评诺组织|Assessed by")


class ThreeRow(Row):
    """A member chose a post, gave a skill, or gave a day (党员奉献日; D3.19, D3.24)."""

    member: Member = field("党员|Member", ended=True)
    item: Choice = field("事项|Item", choices=THREE)


threes = programme.records("threes", "三个一|The three ones", ThreeRow)


deed_of(programme, threes, "item.do", "记三个一|Record one of the three", event="item_done")
programme.duty(
    "post",
    "离退休党员一人一职|A post for every retired member",
    who=Selection("categories", where={"scheme": "五类党员", "category": "离退休党员"}),
    counts=Counting("liunuo_post_holders", "member"),
    at_least=1,
    per="standing",
    since=SINCE,
    source="D3.50",
)
PLEDGES, HELD = Selection("liunuo_pledges"), Selection("liunuo_post_holders", "member")
programme.figure("pledges", "承诺数|Pledges", select=PLEDGES, by="step", unit="项|pledges")
programme.figure(
    "held", "在岗岗位|Posts held", select=HELD, measure="distinct:post", unit="个|posts"
)
programme.figure(
    "threes",
    "三个一|The three ones",
    select=Selection("liunuo_threes"),
    by="item",
    unit="次|times",
    over="year",
)
