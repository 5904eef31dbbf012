"""What is recorded of organisations (组织), and the rows that follow from it."""

from __future__ import annotations

from datetime import date

from taizhang.api import (
    Choice,
    Event,
    Impossible,
    Name,
    Organisation,
    Programme,
    Row,
    Text,
    Yes,
    field,
)
from taizhang.office.fits import OUTSIDE

programme = Programme("organisations", "组织|Organisations", nouns=("organisation",))

KINDS = (
    "党工委|Party working committee",
    "党委|Party committee",
    "总支|General branch",
    "支部|Branch",
    "联合支部|Joint branch",
    "功能型支部|Functional branch",
    "党小组|Group",
    "外部组织|Outside organisation",
)
HOW = ("合并|Merged", "撤销|Dissolved", "分出|Split off")

HOLDING = ("支部", "联合支部", OUTSIDE)
COMMITTEES = ("党工委", "党委", "总支")
UNDER: dict[str, tuple[str | None, ...]] = {
    "党工委": (None, "党工委", "党委"),
    "党委": (None, "党工委", "党委"),
    "总支": (None, "党工委", "党委"),
    "支部": (None, *COMMITTEES),
    "联合支部": (None, *COMMITTEES),
    "功能型支部": (None, *COMMITTEES),
    "党小组": ("支部", "联合支部"),
    OUTSIDE: (None, OUTSIDE),
}
"""Which kind may stand under which; None is the top."""


class OrganisationRow(Row):
    """An organisation as it stands; ``holds_members`` follows from its kind."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Organisation | None = field("上级|Parent", default=None)
    code: Text = field("代码|Code", default="")
    holds_members: Yes = field("可编入党员|Holds members", default=False)


class LineageRow(Row):
    """``successor`` took over from ``organisation``; read either way."""

    organisation: Organisation = field("原组织|Organisation", ended=True)
    successor: Organisation = field("承接组织|Successor", ended=True)
    how: Choice = field("方式|How", choices=HOW)


organisations = programme.folds(
    "organisations",
    "组织|Organisations",
    OrganisationRow,
    entity="organisation",
    prefix="o",
    search=("name", "code"),
    within=("parent",),
)
programme.hierarchy(
    "organisations",
    parent="parent",
    outside={"kind": OUTSIDE},
    community={"kind": ("党工委", "党委")},
)
lineage = programme.records("lineage", "沿革|Lineage", LineageRow)


@programme.event("organisation.founded", "成立组织|Organisation founded", rank=10)
class OrganisationFounded(Event):
    """An organisation begins."""

    organisation: Organisation = field("组织|Organisation")
    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Organisation | None = field("上级|Parent", default=None)
    code: Text = field("代码|Code", default="")


@programme.event("organisation.renamed", "组织更名|Organisation renamed", rank=30)
class OrganisationRenamed(Event):
    """It bears another name from this day on."""

    organisation: Organisation = field("组织|Organisation")
    name: Name = field("新名称|New name")


@programme.event("organisation.moved", "调整隶属|Organisation moved", rank=40)
class OrganisationMoved(Event):
    """It stands under another parent, or at the top when there is none."""

    organisation: Organisation = field("组织|Organisation")
    parent: Organisation | None = field("新上级|New parent", default=None)


@programme.event(
    "organisation.merged", "组织合并|Organisation merged", rank=90, ends="organisation"
)
class OrganisationMerged(Event):
    """It ends, and ``to`` carries on what it was."""

    organisation: Organisation = field("被并组织|Merged organisation")
    to: Organisation = field("并入|Into")


@programme.event(
    "organisation.dissolved", "撤销组织|Organisation dissolved", rank=90, ends="organisation"
)
class OrganisationDissolved(Event):
    """It ends."""

    organisation: Organisation = field("组织|Organisation")
    successor: Organisation | None = field("承接组织|Successor", default=None)


@programme.event("organisation.succeeded", "登记承接组织|Successor named", rank=95)
class OrganisationSucceeded(Event):
    """A further organisation took over part of one that has ended."""

    organisation: Organisation = field("原组织|Organisation", ended=True)
    successor: Organisation = field("承接组织|Successor")


@organisations.step(OrganisationFounded)
def _founded(
    state: OrganisationRow | None, event: OrganisationFounded, on: date
) -> OrganisationRow:
    if state is not None:
        raise Impossible("该组织已经成立|this organisation exists already")
    return OrganisationRow(
        name=event.name,
        kind=event.kind,
        parent=event.parent,
        code=event.code,
        holds_members=event.kind in HOLDING,
    )


def _lives(state: OrganisationRow | None) -> OrganisationRow:
    if state is None:
        raise Impossible(
            "该组织当日尚未成立或已经结束|this organisation does not exist on that day"
        )
    return state


@organisations.step(OrganisationRenamed)
def _renamed(
    state: OrganisationRow | None, event: OrganisationRenamed, on: date
) -> OrganisationRow:
    return _lives(state).replace(name=event.name)


@organisations.step(OrganisationMoved)
def _moved(state: OrganisationRow | None, event: OrganisationMoved, on: date) -> OrganisationRow:
    return _lives(state).replace(parent=event.parent)


@organisations.step(OrganisationMerged)
def _merged(state: OrganisationRow | None, event: OrganisationMerged, on: date) -> None:
    _lives(state)


@organisations.step(OrganisationDissolved)
def _dissolved(state: OrganisationRow | None, event: OrganisationDissolved, on: date) -> None:
    _lives(state)


lineage.records(
    OrganisationMerged,
    lambda e: LineageRow(organisation=e.organisation, successor=e.to, how="合并"),
)
lineage.records(
    OrganisationDissolved,
    lambda e: (
        LineageRow(organisation=e.organisation, successor=e.successor, how="撤销")
        if e.successor
        else None
    ),
)
lineage.records(
    OrganisationSucceeded,
    lambda e: LineageRow(organisation=e.organisation, successor=e.successor, how="分出"),
)
