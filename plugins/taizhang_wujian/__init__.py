"""五件式 (five kinds of matter) in four steps; sources D4.19, D4.20, D4.23, D4.24, D3.17, D3.44, rule R25.

A matter comes in by one of the channels, is handled within the time that its kind allows, is made known,
and whoever asked is called back (民情大回访). The source names the kinds and gives no times: a day for what
is urgent and thirty for suggestions are readings, the others stand on the matter itself. Who asked is not
kept; a telephone number for the call-back is, sealed, until a month after the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from taizhang.api import (
    ERASED,
    ByField,
    ByKind,
    Choice,
    Count,
    Date,
    Days,
    Ledger,
    Name,
    Organisation,
    PersonName,
    Phone,
    Programme,
    Row,
    Selection,
    Step,
    WorkingDays,
    Yes,
    among,
    field,
    steps,
    unique,
)
from taizhang_wujian.showing import demonstration as demonstration

programme = Programme("wujian", "五件式|Five kinds of matter", api=1, needs=("organisations",))

KINDS = (
    "急办件|Urgent",
    "限时件|Within days",
    "承诺件|Promised",
    "补办件|To be completed",
    "建议件|Suggestion",
)
CHANNELS = (
    "窗口受理|Counter",
    "民情信箱|Letter box",
    "服务热线|Hotline",
    "民情连心卡|Contact card",
    "百姓心声站|Opinion station",
    "党员代办|By a member",
)
KEPT = 30
"""Days for which a telephone number is kept after the last step."""


class MatterRow(Row):
    """A matter that somebody brought to the community."""

    number: Name = field("件号|Number")
    kind: Choice = field("件别|Kind", choices=KINDS)
    channel: Choice = field("渠道|Channel", choices=CHANNELS, default="窗口受理")
    organisation: Organisation = field("受理组织|Accepted by", ended=True)
    what: PersonName = field(
        "事由|What is asked", about="matter", help="不写姓名、住址|no names, no addresses"
    )
    days: Count | None = field("限工作日数|Within working days", low=1, high=90, default=None)
    promised: Date | None = field("承诺日期|Promised for", default=None)
    contact: Phone | None = field(
        "回访电话|Call back",
        default=None,
        about="matter",
        help="办结 30 天后连同事由删除|erased in the end, with what was asked",
    )
    satisfied: Yes | None = field("满意|Satisfied", default=None)


matter = steps(
    programme,
    "matter",
    "事项|Matters",
    MatterRow,
    (
        Step("accept", "民情信息受理|Accepted"),
        Step(
            "handle",
            "限期办理|Handled",
            due=ByKind(
                "kind",
                {
                    "急办件": WorkingDays(1),
                    "限时件": WorkingDays("days"),
                    "承诺件": ByField("promised"),
                    "补办件": ByField("promised"),
                    "建议件": Days(30),
                },
            ),
        ),
        Step("announce", "公示反馈|Announced"),
        Step("follow", "跟踪监督|Followed up", asks=("satisfied",), does="Follow up a matter"),
    ),
    prefix="wj",
    title="number",
    search=("number",),
    stop=Step("withdraw", "撤件|Withdrawn", done="withdrawn"),
    source="D4.19, D4.20, R25",
)
MATTERS = Selection("wujian_matters")
programme.figure("matters", "事项数|Matters", select=MATTERS, by="kind", unit="件|matters")
programme.figure(
    "satisfied",
    "回访满意|Satisfied",
    select=Selection("wujian_matters", where={"satisfied": True}, day="taken"),
    unit="件|matters",
    over="quarter",
    source="D4.23",
)


programme.check("number", "已有同号事项|A matter bears this number", entity=matter.entity)(
    unique("wujian_matters", "number", "organisation")
)


@programme.check(
    "contact",
    "办结已满 30 天，回访电话应删除（taizhang erase）|kept for 30 days: erase the telephone number",
    entity=matter.entity,
    hard=False,
)
def _contact(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Matters that came to their end long ago and whose telephone number is still kept (domain F)."""
    for row in ledger.query(
        "SELECT id, src FROM wujian_matters WHERE awaits IS NULL AND taken < ? "
        f"AND contact <> '' AND contact <> '{ERASED}' AND {among('id', ids)}",
        (ledger.on - timedelta(days=KEPT)).isoformat(),
        *(ids or ()),
    ):
        yield row["id"], row["src"]
