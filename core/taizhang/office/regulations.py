"""Regulations (制度): what an organisation has adopted, in groups, with their versions (D0.11, D0.12, D1.23, D4.x).

A group is often published with a number and fewer titles: 21 of which four are named. The number is a fact with its day;
beside it stands how many titles are entered.
"""

from __future__ import annotations

from taizhang.api import (
    Choice,
    Count,
    Name,
    Organisation,
    Programme,
    Row,
    Selection,
    Text,
    Verb,
    computed,
    deed_of,
    field,
    register,
)

programme = Programme("regulations", "制度|Regulations", nouns=("regulation", "group"))

KINDS = (
    "制度|Rule",
    "公约|Covenant",
    "机制|Mechanism",
    "议事规则|Rules of procedure",
    "其他|Other",
)


class RegulationRow(Row):
    """A regulation in force, in its present version."""

    name: Name = field("名称|Title")
    kind: Choice = field("类别|Kind", choices=KINDS, default="制度")
    collection: Name | None = field("所属制度组|Group", default=None)
    code: Text = field("编号|Code", default="")
    organisation: Organisation | None = field("制定组织|Adopted by", default=None)
    version: Count = field("版本|Version", low=1, default=1)


class GroupRow(Row):
    """A group of regulations as it was published: how many it says that there are."""

    collection: Name = field("制度组|Group")
    stated: Count = field("公布数|Stated", low=1)
    source: Text = field("出处|Source", default="")


regulation = register(
    programme,
    "regulation",
    "制度|Regulation",
    RegulationRow,
    prefix="rg",
    search=("name", "code"),
    same=("name", "organisation"),
    opens=Verb("adopt", "adopted", "制定|Adopt"),
    changes=Verb("amend", "amended", "修订|Amend"),
    closes=Verb("repeal", "repealed", "废止|Repeal"),
)
groups = programme.spans(
    "regulation_groups", "制度组|Groups of regulations", GroupRow, key=("collection",)
)
groups.computed.update(
    computed(
        "listed",
        "列出数|Listed",
        "(SELECT count(*) FROM regulations x WHERE x.collection = r.collection)",
    )
)
deed_of(programme, groups, "group.state", "录入制度组|Enter a group", event="group.stated")

programme.belongs("regulations", to="organisation")
programme.figure(
    "regulation.count",
    "现行制度|Regulations in force",
    select=Selection("regulations"),
    by="kind",
    unit="项|regulations",
    source="D0.12",
)
