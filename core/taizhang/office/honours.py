"""Honours (荣誉): what an organisation, a unit or a member was given, by whom, and by which paper (D0.26, D1.32, D4.28)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from taizhang.api import (
    Choice,
    Member,
    Name,
    Organisation,
    Programme,
    Row,
    Selection,
    Text,
    Unit,
    Verb,
    field,
    register,
)

programme = Programme("honours", "荣誉|Honours", nouns=("honour",))

LEVELS = (
    "国家级|National",
    "省级|Provincial",
    "市级|Of a city",
    "县级|Of a county",
    "街道级|Of a street",
    "社区级|Of a community",
)


class HonourRow(Row):
    """An honour that is held: by one organisation, unit or member."""

    name: Name = field("称号|Title")
    level: Choice = field("级别|Level", choices=LEVELS)
    organisation: Organisation | None = field("授予组织|To organisation", default=None, ended=True)
    unit: Unit | None = field("授予单位|To unit", default=None, ended=True)
    member: Member | None = field("授予党员|To member", default=None, ended=True)
    body: Name | None = field("授予机关|Given by", default=None)
    reference: Text = field("文号|Document", default="")


def _one(said: Any) -> Iterator[str]:
    """An honour is one holder's."""
    if sum(value is not None for value in (said.organisation, said.unit, said.member)) != 1:
        yield "授予组织、单位、党员须填一个且只填一个|say one of organisation, unit and member"


honour = register(
    programme,
    "honour",
    "荣誉|Honour",
    HonourRow,
    prefix="hn",
    fixed=("organisation", "unit", "member"),
    opens=Verb("award", "awarded", "授予|Award"),
    changes=Verb("change", "changed", "变更|Change"),
    closes=Verb("withdraw", "withdrawn", "撤销|Withdraw"),
    opening=_one,
)

programme.belongs("honours", to="organisation")
programme.belongs("honours", to="unit")
programme.belongs("honours", to="member")
programme.figure(
    "honour.count",
    "荣誉|Honours",
    select=Selection("honours"),
    by="level",
    unit="项|honours",
    source="D0.26",
)
