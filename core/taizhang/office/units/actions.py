"""What people do with units (驻区单位): register, sign, appoint."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Date,
    Event,
    Ledger,
    Name,
    Organisation,
    Refused,
    Unit,
    field,
)
from taizhang.office.units.facts import (
    KINDS,
    TITLE,
    AgreementSigned,
    UnitRegistered,
    programme,
)


@programme.action("unit.register", "登记单位|Register a unit")
class RegisterUnit(Action):
    """Enter a unit that sits in the area."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS, default="其他")
    organisation: Organisation | None = field("单位党组织|Party body", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; names are kept apart by a check."""
        yield self.becomes(UnitRegistered, unit=ledger.new_id("unit"))


@programme.action("agreement.sign", "签订协议|Sign an agreement")
class SignAgreement(Action):
    """Sign a co-building agreement (共驻共建协议) with a unit."""

    unit: Unit = field("单位|Unit")
    organisation: Organisation | None = field("签约组织|Organisation", default=None)
    name: Name = field("标题|Title", default=TITLE)
    ends: Date | None = field("有效期至|Runs until", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it would end before it begins."""
        if self.ends is not None and self.ends < ledger.on:
            raise Refused(
                "有效期至 {ends}，早于签订日期|it runs until {ends}, before the day of signing",
                ends=self.ends.isoformat(),
            )
        yield self.becomes(AgreementSigned, agreement=ledger.new_id("agreement"))
