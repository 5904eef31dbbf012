"""The tables of dues (党费): the monthly sum of each, what is due, what was paid, contributed and handed up.

Of the base (pay, pension) only its kind is kept: the sum follows from it and is what everybody needs; what somebody earns is
on paper. Month of account and month of payment are apart: what is paid in May for March is due in March.
"""

from __future__ import annotations

from taizhang.api import (
    Choice,
    Count,
    DateKind,
    Line,
    Member,
    Money,
    MoneyKind,
    Month,
    Organisation,
    Programme,
    Row,
    Text,
    Year,
    Yes,
    YesKind,
    computed,
    field,
)
from taizhang.office.dues.rates import BASES

programme = Programme("dues", "党费|Dues", nouns=("dues",))

WAYS = ("现金|Cash", "代扣|By deduction", "微信|WeChat", "支付宝|Alipay", "银行|Bank", "其他|Other")


class Charge(Line):
    """The sum that a member owes for the month."""

    member: Member = field("党员|Member")
    due: Money = field("应缴|Due", low=0)


class Payment(Line):
    """The sum that a member paid for the month."""

    member: Member = field("党员|Member")
    amount: Money = field("实缴|Paid", low=1)
    way: Choice = field("方式|How", choices=WAYS, default="现金")


class MonthDue(Line):
    """The sum that a member owes for one month, newly reckoned."""

    month: Month = field("月份|Month")
    due: Money = field("应缴|Due", low=0)


class RateRow(Row):
    """The sum that a member pays a month, fixed once a year."""

    member: Member = field("党员|Member", ended=True)
    base: Choice = field("基数类别|Kind of base", choices=BASES)
    monthly: Money = field("月缴标准|A month")
    rule: Text = field("计算|Reckoned", default="")


class ReductionRow(Row):
    """A reduced sum, or none, that the superior approved for a time; no reason is kept."""

    member: Member = field("党员|Member", ended=True)
    monthly: Money = field("减免后月缴|A month")
    through: Month = field("至（月）|Through")
    approved: Organisation = field("批准组织|Approved by", ended=True)


class DuesRow(Row):
    """The sum that a member owes for a month."""

    member: Member = field("党员|Member", ended=True)
    month: Month = field("月份|Month")
    organisation: Organisation | None = field("收缴组织|Collected by", default=None, ended=True)
    due: Money = field("应缴|Due")


class PaymentRow(Row):
    """A payment for a month, on the day on which it came."""

    member: Member = field("党员|Member", ended=True)
    month: Month = field("月份|Month")
    organisation: Organisation = field("收缴组织|Collected by", ended=True)
    amount: Money = field("实缴|Paid")
    way: Choice = field("方式|How", choices=WAYS)


class ContributionRow(Row):
    """Something given beyond the dues, which is of no month."""

    member: Member = field("党员|Member", ended=True)
    amount: Money = field("金额|Amount")
    central: Yes = field("全额上缴中央|Goes to the centre whole", default=False)


class RemittanceRow(Row):
    """A sum that an organisation handed up for some months."""

    organisation: Organisation = field("上缴组织|Handed up by", ended=True)
    to: Organisation = field("接收组织|To", ended=True)
    first: Month = field("起（月）|From")
    last: Month = field("至（月）|Through")
    amount: Money = field("金额|Amount")
    voucher: Text = field("凭证号|Voucher", default="")


class PublicationRow(Row):
    """The numbers that were published of a year, as it was known on that day."""

    organisation: Organisation = field("组织|Organisation", ended=True)
    year: Year = field("年份|Year")
    members: Count = field("应缴人数|Members")
    settled: Count = field("缴清人数|Paid in full")
    amount: Money | None = field("实缴合计|Paid", default=None)


rates = programme.spans(
    "dues_rates", "月缴标准|Monthly dues", RateRow, key=("member",), ends_with=("member",)
)
reductions = programme.spans(
    "dues_reductions", "党费减免|Reduced dues", ReductionRow, key=("member",)
)
dues = programme.spans(
    "dues", "应缴党费|Dues", DuesRow, key=("member", "month"), indexes=(("organisation", "month"),)
)
payments = programme.records(
    "dues_payments", "实缴党费|Payments", PaymentRow, indexes=(("member", "month"),)
)
contributions = programme.records("dues_contributions", "自愿多缴|Contributions", ContributionRow)
remittances = programme.records("dues_remittances", "上缴党费|Handed up", RemittanceRow)
publications = programme.records("dues_publications", "党费公示|Published", PublicationRow)

_PAID = (
    "(SELECT coalesce(sum(p.amount), 0) FROM dues_payments p "
    "WHERE p.member = r.member AND p.month = r.month)"
)
dues.computed.update(
    {
        **computed("paid", "实缴|Paid", _PAID, MoneyKind()),
        **computed("owed", "欠缴|Owed", f"max(r.due - {_PAID}, 0)", MoneyKind()),
        **computed("open", "未缴清|Open", f"({_PAID} < r.due)", YesKind()),
        **computed(
            "by",
            "最迟|By",
            "date(r.month || '-01', '+3 months', '-1 day')",
            DateKind(),
        ),
    }
)
