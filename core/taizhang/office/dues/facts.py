"""Events and actions of dues: the monthly sum, what a branch's members owe for a month, what they paid, what was handed up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Action,
    Choice,
    Count,
    Deed,
    Event,
    Label,
    Ledger,
    Lines,
    Member,
    Money,
    MoneyKind,
    Month,
    Organisation,
    Refused,
    Shared,
    Text,
    Year,
    Yes,
    ending,
    field,
)
from taizhang.office.dues.rates import BASES, WORKING, YUAN, rate_of
from taizhang.office.dues.tables import (
    Charge,
    MonthDue,
    Payment,
    contributions,
    dues,
    payments,
    programme,
    publications,
    rates,
    reductions,
    remittances,
)
from taizhang.office.fits import MEMBERS
from taizhang.office.parameters import DUES_BACK, DUES_CENTRAL

shown = MoneyKind().show


def index_of(month: str) -> int:
    """The number of a month, so that two can be told apart by their distance."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


class OfBranch(Shared):
    """A branch and a month of account."""

    organisation: Organisation = field("收缴组织|Collected by", **MEMBERS)
    month: Month = field("月份|Month")


@programme.event("dues.fixed", "核定月缴标准|Monthly dues fixed", rank=30)
class DuesFixed(Event):
    """A member pays this sum a month from this day's month on."""

    member: Member = field("党员|Member")
    base: Choice = field("基数类别|Kind of base", choices=BASES)
    monthly: Money = field("月缴标准|A month", low=0)
    rule: Text = field("计算|Reckoned", default="")


@programme.action("dues.fix", "核定月缴标准|Fix the monthly dues")
class FixDues(Action):
    """Reckon the monthly sum from the base, which is not kept, or say the sum itself."""

    member: Member = field("党员|Member")
    base: Choice = field("基数类别|Kind of base", choices=BASES, default=WORKING)
    income: Money | None = field(
        "计算基数|Base", low=0, default=None, help="只用于计算，不保存|Reckoned with, and not kept"
    )
    monthly: Money | None = field(
        "月缴标准|A month", low=0, default=None, help="不填则按当月标准计算|Left out, by the rate"
    )

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where neither the sum nor what it is reckoned from is given."""
        rate = rate_of(self.base, ledger.on)
        if self.monthly is not None:
            yield DuesFixed(member=self.member, base=self.base, monthly=self.monthly)
            return
        if rate is None:
            raise Refused(
                "没有当日的党费标准，请填写月缴标准|no rate is listed for that day: say the sum"
            )
        if rate.bands and self.income is None:
            raise Refused("请填写计算基数或月缴标准|say the base, or the sum")
        percent = rate.share(self.income or 0) if rate.bands else None
        how = rate.edition.partition("|")[0]
        rule = f"{percent}%，四舍五入到分，{how}" if percent is not None else how
        sum_ = rate.monthly(self.income or 0)
        yield DuesFixed(member=self.member, base=self.base, monthly=sum_, rule=rule)

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """A fixed sum lies within its bounds."""
        rate = rate_of(self.base, ledger.on)
        if rate is None or rate.bands or self.monthly is None or rate.most is None:
            return
        if not rate.least <= self.monthly <= rate.most:
            low, high = shown(rate.least), shown(rate.most)
            yield Label(
                f"这一类每月 {low} 至 {high} 元，请核对",
                f"of this kind {low} to {high} yuan a month are paid: look again",
            )


@programme.deed("dues.reduce", "减免党费|Reduce the dues")
@programme.event("dues.reduced", "减免党费|Dues reduced", rank=35)
class DuesReduced(Deed):
    """Enter a reduced sum, or none, that the superior approved for some months; the reason stays on paper."""

    member: Member = field("党员|Member")
    monthly: Money = field("减免后月缴|A month", low=0, default=0)
    through: Month = field("至（月）|Through")
    approved: Organisation = field("批准组织|Approved by")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a time that is over before it begins."""
        if self.through < ledger.on.isoformat()[:7]:
            raise Refused("减免截止月份已过|the reduction would be over before it begins")
        yield self


@programme.event("dues.charged", "登记应缴党费|Dues charged", rank=40)
class DuesCharged(OfBranch, Event, first=("organisation", "month", "charges")):
    """The sums that the members of a branch owe for a month."""

    charges: Lines[Charge] = field("应缴|Due", lines=Charge)


@programme.action("dues.charge", "登记应缴党费|Charge the dues of a month")
class ChargeDues(OfBranch, Action):
    """Enter what each member of a branch owes for a month: the reduced sum, or the fixed one."""

    charges: Lines[Charge] = field(
        "应缴|Due", lines=Charge, default=(), help="不填则按核定标准|Left out, as it is fixed"
    )

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where no sum is fixed for anybody, and where the month is charged already."""
        charges = self.charges or tuple(self._fixed(ledger))
        if not charges:
            raise Refused(
                "该支部没有核定月缴标准的党员|no member of this branch has a monthly sum fixed"
            )
        for line in charges:
            if ledger.rows("dues", member=line.member, month=self.month):
                raise Refused(
                    "{month} 已登记过应缴；要改用 dues.recharge"
                    "|{month} is charged already; use dues.recharge",
                    month=self.month,
                )
        yield DuesCharged(organisation=self.organisation, month=self.month, charges=charges)

    def _fixed(self, ledger: Ledger) -> Iterator[Charge]:
        """From the month of joining on, of whoever belongs to the branch on the action's day."""
        for row in ledger.rows("memberships", organisation=self.organisation):
            member = row["member"]
            found = ledger.rows("dues_rates", member=member)
            joined = (ledger.get("members", member) or {}).get("joined") or ""
            if not found or joined[:7] > self.month:
                continue
            due = found[0]["monthly"]
            for reduced in ledger.rows("dues_reductions", member=member):
                if self.month <= reduced["through"]:
                    due = reduced["monthly"]
            yield Charge(member=member, due=due)


@programme.event("dues.recharged", "更改应缴党费|Dues reckoned anew", rank=45)
class DuesRecharged(Event):
    """The sum that a member owes for some months is another sum than was charged."""

    member: Member = field("党员|Member")
    organisation: Organisation | None = field("收缴组织|Collected by", default=None)
    months: Lines[MonthDue] = field("月份|Months", lines=MonthDue)


@programme.action("dues.recharge", "更改应缴党费|Reckon dues anew")
class RechargeDues(Action):
    """Enter that another sum is due from a month on (a late pay rise): each month that changes is named."""

    member: Member = field("党员|Member")
    start: Month = field("自（月）|From")
    monthly: Money = field("月缴标准|A month", low=0)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where no month that is charged changes."""
        rows = ledger.rows("dues", member=self.member)
        found = sorted(
            (row["month"], row["organisation"])
            for row in rows
            if row["month"] >= self.start and row["due"] != self.monthly
        )
        if not found:
            raise Refused("没有应缴数变化的月份|no month that is charged would change")
        yield DuesRecharged(
            member=self.member,
            organisation=found[-1][1],
            months=tuple(MonthDue(month=month, due=self.monthly) for month, _ in found),
        )


@programme.deed("dues.collect", "收缴党费|Collect dues")
@programme.event("dues.collected", "收缴党费|Dues collected", rank=50)
class DuesCollected(OfBranch, Deed, first=("organisation", "month", "payments")):
    """Enter what the members of a branch paid on this day for a month."""

    payments: Lines[Payment] = field("实缴|Paid", lines=Payment)

    def check(self) -> Iterator[str]:
        """Nobody is listed twice."""
        members = [line.member for line in self.payments]
        if len(set(members)) < len(members):
            yield "同一名党员列了两次|a member is listed twice"

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Dues are paid up for so many months at most, and not for months to come."""
        now = index_of(ledger.on.isoformat()[:7])
        months = now - index_of(self.month)
        back = DUES_BACK.whole(ledger)
        if back is not None and months > back:
            yield Label(
                f"补缴 {self.month} 的党费，已隔 {months} 个月；一般不超过 {back} 个月，请核对",
                f"{self.month} is {months} months ago; dues are paid up for {back} as a rule: look again",
            )
        if months < 0:
            yield Label(
                f"{self.month} 还没有到，请核对", f"{self.month} has not come yet: look again"
            )


@programme.event("dues.contributed", "自愿多缴|Contributed", rank=50)
class DuesContributed(Event):
    """A member gave something beyond the dues."""

    member: Member = field("党员|Member")
    amount: Money = field("金额|Amount", low=1)
    central: Yes = field("全额上缴中央|Goes to the centre whole", default=False)


@programme.action("dues.contribute", "自愿多缴|Contribute more")
class Contribute(Action):
    """Enter what a member gave beyond the dues; a large sum goes to the centre whole, with a receipt of its own."""

    member: Member = field("党员|Member")
    amount: Money = field("金额|Amount", low=1)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        least = DUES_CENTRAL.on(ledger)
        central = least is not None and self.amount >= least.value * YUAN
        yield DuesContributed(member=self.member, amount=self.amount, central=central)


@programme.deed("dues.remit", "上缴党费|Hand dues up")
@programme.event("dues.remitted", "上缴党费|Dues handed up", rank=60)
class DuesRemitted(Deed):
    """Enter what an organisation handed up for some months."""

    organisation: Organisation = field("上缴组织|Handed up by")
    to: Organisation = field("接收组织|To")
    first: Month = field("起（月）|From")
    last: Month = field("至（月）|Through")
    amount: Money = field("金额|Amount", low=1)
    voucher: Text = field("凭证号|Voucher", default="")

    def check(self) -> Iterator[str]:
        """The months are in their order."""
        if self.last < self.first:
            yield "截止月份早于起始月份|the last month is before the first"


@programme.event("dues.published", "公布党费收缴|Dues published", rank=70)
class DuesPublished(Event):
    """The numbers that were published of a year, as it was known then."""

    organisation: Organisation = field("组织|Organisation")
    year: Year = field("年份|Year")
    members: Count = field("应缴人数|Members", low=0)
    settled: Count = field("缴清人数|Paid in full", low=0)
    amount: Money | None = field("实缴合计|Paid", low=0, default=None)


@programme.action("dues.publish", "公布党费收缴|Publish the dues of a year")
class PublishDues(Action):
    """Enter that the dues of a branch's year were published: who paid is a number, and the sum only where asked for."""

    organisation: Organisation = field("组织|Organisation")
    year: Year = field("年份|Year")
    amounts: Yes = field("公布金额|With the sum", default=False)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where nothing is charged."""
        rows = [
            row
            for row in ledger.rows("dues", organisation=self.organisation)
            if row["month"].startswith(f"{self.year}-")
        ]
        if not rows:
            raise Refused("这一年没有登记应缴党费|no dues of that year are charged")
        members = {row["member"] for row in rows}
        behind = {row["member"] for row in rows if row["open"]}
        paid: Any = sum(row["paid"] for row in rows) if self.amounts else None
        yield DuesPublished(
            organisation=self.organisation,
            year=self.year,
            members=len(members),
            settled=len(members - behind),
            amount=paid,
        )


ending(
    programme,
    "dues.stop",
    "停止缴纳党费|Stop the dues",
    event="dues.stopped",
    clears=(rates, reductions),
)
rates.sets(DuesFixed)
reductions.sets(DuesReduced)
dues.sets(DuesCharged, lines="charges")
dues.sets(DuesRecharged, lines="months")
payments.records(DuesCollected, lines="payments")
contributions.records(DuesContributed)
remittances.records(DuesRemitted)
publications.records(DuesPublished)
