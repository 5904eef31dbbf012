"""Facts of a community (社区概况): numbers with their unit, day and source, exact or at least so many (D0.25, D1.33, D3.01).

They are totals that were published, of places and of people together; nobody in particular stands behind them. A number may
be a part of another one: the parts of an exact total have to sum to it, or people are told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from taizhang.api import (
    Choice,
    Ledger,
    Name,
    Organisation,
    PartialDate,
    Programme,
    Quantity,
    Row,
    Text,
    among,
    deed_of,
    ending,
    field,
)

programme = Programme("facts", "社区概况|Facts of a community", nouns=("fact",))

EXACT = "恰为"
BOUNDS = (f"{EXACT}|Exactly", "以上|At least", "约|About")


class FactRow(Row):
    """A number that holds of an organisation's area from a day on."""

    organisation: Organisation = field("组织|Organisation")
    key: Name = field("项目|What")
    value: Quantity = field("数值|Value", low=0)
    unit: Name = field("计量单位|Unit of measure")
    bound: Choice = field("口径|Exact or at least", choices=BOUNDS, default=EXACT)
    part_of: Name | None = field(
        "合计项目|Part of",
        default=None,
        help="本项计入哪一项目的合计|The number of which it is a part",
    )
    as_of: PartialDate | None = field("统计时点|As of", default=None)
    source: Text = field("出处|Source", default="")


facts = programme.spans(
    "facts",
    "社区概况|Facts",
    FactRow,
    key=("organisation", "key"),
    within=("organisation",),
    ends_with=("organisation",),
)
deed_of(programme, facts, "fact.state", "录入概况|State a fact", event="fact.stated")
ending(programme, "fact.drop", "撤销概况|Drop a fact", event="fact.dropped", clears=[facts])


@programme.check(
    "sum",
    "各分项之和与合计不符|The parts do not sum to the total",
    entity="organisation",
    hard=False,
    reads=("facts",),
    asks=False,  # parts are entered one after the other
)
def _sum(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """On the ledger's day, of totals and parts that are exact and of one unit of measure."""
    for row in ledger.query(
        "SELECT t.organisation AS id, max(p.src) AS src FROM facts t "
        "JOIN facts p ON p.organisation = t.organisation AND p.part_of = t.key AND p.unit = t.unit "
        f"WHERE t.bound = '{EXACT}' AND {among('t.organisation', ids)} "
        "GROUP BY t.organisation, t.key "
        f"HAVING sum(p.value) <> t.value AND sum(p.bound <> '{EXACT}') = 0",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


__all__ = ["programme"]
