"""A programme with every mechanism: cases in steps, posts, ratings. Also a plugin file for a store."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from taizhang.api import (
    Action,
    ByField,
    ByKind,
    Choice,
    Count,
    Counting,
    Date,
    Days,
    Event,
    Ledger,
    Member,
    Name,
    Not,
    Parameter,
    PersonalText,
    Programme,
    RefKind,
    Refused,
    Row,
    Selection,
    Step,
    Unit,
    Verb,
    WorkingDays,
    Yes,
    accounts,
    as_published,
    categories,
    checklist,
    deed_of,
    field,
    parameters,
    posts,
    ratings,
    register,
    steps,
)

programme = Programme("shop", "铺子|Shop", api=1, needs=("members", "units"))

Ticket = Annotated[str, RefKind("shopticket")]

KINDS = ("急件|Urgent", "限件|Limited", "诺件|Promised", "散件|Loose", "月件|Monthly")


class TicketRow(Row):
    """A ticket."""

    name: Name = field("单号|Number")
    kind: Choice = field("类别|Kind", choices=KINDS)
    days: Count | None = field("工作日|Working days", low=1, high=60, default=None)
    promised: Date | None = field("承诺日|Promised for", default=None)
    member: Member | None = field("经办|Clerk", default=None, ended=True)
    said: PersonalText = field("内容|What", default="", about="ticket")
    good: Yes | None = field("满意|Satisfied", default=None)
    note: Choice = field("备注|Note", choices=("甲|A", "乙|B"), default="甲")


tickets = steps(
    programme,
    "ticket",
    "单子|Orders",
    TicketRow,
    (
        Step("take", "接单|Taken", done="taken"),
        Step(
            "make",
            "制作|Made",
            done="made",
            may=("note",),
            due=ByKind(
                "kind",
                {
                    "急件": Days(1),
                    "限件": WorkingDays("days"),
                    "诺件": ByField("promised"),
                    "月件": WorkingDays(20),
                },
            ),
        ),
        Step("serve", "送达|Served", due=Days(2)),
        Step("follow", "回访|Followed up", asks=("good",), due=WorkingDays(5)),
    ),
    prefix="so",
    title="name",
    search=("name",),
    stop=Step("cancel", "取消|Cancelled", done="cancelled"),
)


class OfferRow(Row):
    """An offer that is put out, and may be taken back when it has been."""

    name: Name = field("品名|Goods")
    unit: Unit = field("单位|Unit", ended=True)


offers = steps(
    programme,
    "offer",
    "特价|Offer",
    OfferRow,
    (Step("draft", "拟定|Drafted", done="drafted"), Step("announce", "张贴|Announced")),
    prefix="sf",
    title="name",
    search=("name",),
    revoke=Step("revoke", "撤回|Revoked"),
)
programme.duty(
    "few",
    "一年至多两次特价|At most two offers a year",
    who=Selection("units"),
    counts=Counting("shop_offers", "unit", day="announced_on", where={"step": Not("撤回")}),
    at_most=2,
    per="year",
    since=date(2010, 1, 1),
)
checklist(
    programme,
    "chore",
    "店务|Chores",
    Member,
    ("扫地|Swept", "记账|Kept the books", "看店|Minded the shop"),
    called="党员|Member",
    who=Selection("members"),
    per="month",
    since=date(2012, 1, 1),
    at_least=2,
    enough=2,
)

many = posts(
    programme, "job", "岗位|Jobs", prefix="sj", stated=5, listed=("看店", "送货"), source="章程"
)
alone = posts(
    programme, "chair", "店长|Chairs", prefix="sc", stated=1, listed=("店长",), many=False
)
ratings(programme, "ticket", "单子|Orders", Ticket, scale=("好|Good", "差|Bad"), per="quarter")
ratings(programme, "supplier", "供货单位|Supplier", Unit, scale=(1, 5))


class WishRow(Row):
    """What a member wishes for."""

    member: Member = field("党员|Member", ended=True)
    what: PersonalText = field("愿望|Wish")
    times: Count = field("次数|Times", low=1, default=1)


wishes = programme.records("wishes", "愿望|Wishes", WishRow)
deed_of(programme, wishes, "wish.make", "许愿|Make a wish", event="wish_made")


class CircularRow(Row):
    """A circular that hangs in the shop."""

    name: Name = field("标题|Title")
    member: Member | None = field("起草|Drafted by", default=None, ended=True)
    about: PersonalText = field("内容|What", default="", about="circular")
    copies: Count = field("份数|Copies", low=1, default=1)


def _copies(said: object) -> Iterator[str]:
    if getattr(said, "copies", None) == 13:
        yield "份数不能是 13|not 13 copies"


register(
    programme,
    "circular",
    "通报|Circular",
    CircularRow,
    prefix="sn",
    same=("name",),
    fixed=("member",),
    closes=Verb("recall", "recalled", "收回|Recall"),
    check=_copies,
)
accounts(
    programme,
    "till",
    "钱箱|Till",
    prefix="sk",
    incoming=("卖货|Sold",),
    outgoing=("进货|Bought",),
)


REBATE = Parameter(
    "折扣|Rebate",
    [
        as_published(
            "2.5",
            date(2012, 1, 1),
            date(2013, 1, 1),
            edition="2012 年价目|Prices of 2012",
            of="熟客",
        ),
        as_published(3, date(2013, 1, 1), edition="2013 年价目|Prices of 2013", of="熟客"),
    ],
    measure="%|per cent",
    classes=("熟客", "生客"),
    high=50,
)
parameters(programme, (REBATE,))


class BargainRow(Row):
    """A bargain: the rebate that held on its day, in thousandths of a per cent."""

    who: Choice = field("谁|Who", choices=("熟客|Regular", "生客|Stranger"))
    rebate: Count = field("折扣|Rebate")


bargains = programme.records("bargains", "买卖|Bargains", BargainRow)


@programme.event("bargain_struck", "成交|Bargain struck")
class BargainStruck(Event):
    """Something was sold."""

    who: Choice = field("谁|Who", choices=("熟客|Regular", "生客|Stranger"))
    rebate: Count = field("折扣|Rebate")


@programme.action("bargain.strike", "成交|Strike a bargain")
class StrikeBargain(Action):
    """Sell something with the rebate of the day."""

    who: Choice = field("谁|Who", choices=("熟客|Regular", "生客|Stranger"))

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where no rebate is known."""
        found = REBATE.on(ledger, self.who)
        if found is None:
            raise Refused("当日没有折扣|no rebate is known for that day")
        yield BargainStruck(who=self.who, rebate=int(found.value * 1000))


bargains.records(BargainStruck)


categories(
    programme,
    "supplier",
    "供货商|Supplier",
    Unit,
    {"规模|Size": ("大|Large", "小|Small"), "远近|Distance": ("近|Near", "远|Far")},
    table="supplier_kinds",
)
