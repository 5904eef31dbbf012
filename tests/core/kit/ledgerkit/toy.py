"""A small vocabulary with every shape of table: two programmes of the core and one of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import (
    Action,
    Choice,
    Count,
    Date,
    Deed,
    Event,
    Impossible,
    Ledger,
    Member,
    Name,
    Organisation,
    PersonalText,
    PersonName,
    Programme,
    Row,
    Yes,
    field,
)
from taizhang.declarations.registry import Registry
from taizhang.store import paths as store

toys = Programme("toys", "玩具|Toys", nouns=("organisation", "member"))
extra = Programme("extra", "另外|Extra", version="1")


class OrganisationRow(Row):
    name: Name = field("名称|Name")
    times: Count = field("更名次数|Times renamed")
    founded: Date = field("成立|Founded")
    open: Yes = field("开放|Open", default=True)


class MemberRow(Row):
    name: PersonName = field("姓名|Name")
    phone: PersonName | None = field("电话|Phone", default=None)


class MembershipRow(Row):
    member: Member = field("党员|Member")
    organisation: Organisation = field("支部|Branch")


class BadgeRow(Row):
    member: Member = field("党员|Member")
    scheme: Choice = field("办法|Scheme", choices=("甲", "乙"))
    badge: Choice = field("徽章|Badge", choices=("红", "蓝"))


class NoteRow(Row):
    member: Member = field("党员|Member")
    text: PersonalText = field("内容|Text")


organisations = toys.folds(
    "organisations", "组织|Organisations", OrganisationRow,
    entity="organisation", prefix="o", search=("name",),
)  # fmt: skip
members = toys.folds(
    "members", "党员|Members", MemberRow, entity="member", prefix="m", search=("name",)
)
memberships = toys.spans(
    "memberships", "关系|Memberships", MembershipRow, key=("member",), within=("organisation",)
)
badges = toys.spans("badges", "徽章|Badges", BadgeRow, key=("member", "scheme"))
notes = toys.records("notes", "记事|Notes", NoteRow)


@toys.event("organisation.founded", "成立|Founded", rank=10)
class Founded(Event):
    organisation: Organisation = field("组织|Organisation")
    name: Name = field("名称|Name")


@toys.event("organisation.renamed", "更名|Renamed")
class Renamed(Event):
    organisation: Organisation = field("组织|Organisation")
    name: Name = field("名称|Name")


@toys.event("organisation.dissolved", "撤销|Dissolved", rank=90)
class Dissolved(Event):
    organisation: Organisation = field("组织|Organisation")


@toys.event("member.registered", "登记|Registered", rank=10)
class Registered(Event):
    member: Member = field("党员|Member")
    name: PersonName = field("姓名|Name")
    organisation: Organisation = field("支部|Branch")


@toys.event("member.called", "改名|Called")
class Called(Event):
    member: Member = field("党员|Member")
    name: PersonName | None = field("姓名|Name", default=None)
    phone: PersonName | None = field("电话|Phone", default=None)


@toys.event("member.moved", "转|Moved")
class Moved(Event):
    member: Member = field("党员|Member")
    organisation: Organisation = field("支部|Branch")
    visiting: Yes = field("暂住|Visiting", default=False)


@toys.event("member.left", "离|Left", rank=90)
class Left(Event):
    member: Member = field("党员|Member")


@toys.event("member.badged", "授章|Badged")
class Badged(Event):
    member: Member = field("党员|Member")
    scheme: Choice = field("办法|Scheme", choices=("甲", "乙"))
    badge: Choice = field("徽章|Badge", choices=("红", "蓝"))


@toys.event("member.unbadged", "收章|Unbadged", rank=80)
class Unbadged(Event):
    member: Member = field("党员|Member")
    scheme: Choice = field("办法|Scheme", choices=("甲", "乙"))
    lost: Yes = field("遗失|Lost", default=False)


@toys.event("member.noted", "记事|Noted")
class Noted(Event):
    member: Member = field("党员|Member")
    text: PersonalText = field("内容|Text")
    secret: Yes = field("不公开|Secret", default=False)


@organisations.step(Founded)
def _founded(state: OrganisationRow | None, event: Founded, on: date) -> OrganisationRow:
    if state is not None:
        raise Impossible("已成立|founded already")
    return OrganisationRow(name=event.name, times=0, founded=on)


@organisations.step(Renamed)
def _renamed(state: OrganisationRow | None, event: Renamed, on: date) -> OrganisationRow:
    if state is None:
        raise Impossible("未成立|not founded")
    return state.replace(name=event.name, times=state.times + 1, open=not state.open)


@organisations.step(Dissolved)
def _dissolved(state: OrganisationRow | None, event: Dissolved, on: date) -> None:
    if state is None:
        raise Impossible("未成立|not founded")


@members.step(Registered)
def _registered(state: MemberRow | None, event: Registered, on: date) -> MemberRow:
    if state is not None:
        raise Impossible("已登记|registered already")
    return MemberRow(name=event.name)


@members.step(Called)
def _called(state: MemberRow | None, event: Called, on: date) -> MemberRow:
    if state is None:
        raise Impossible("未登记|not registered")
    return state.replace(name=event.name or state.name, phone=event.phone or state.phone)


@members.step(Left)
def _left(state: MemberRow | None, event: Left, on: date) -> None:
    if state is None:
        raise Impossible("未登记|not registered")


memberships.sets(Registered)
memberships.sets(
    Moved,
    lambda e: None if e.visiting else MembershipRow(member=e.member, organisation=e.organisation),
)
memberships.clears(Left)
badges.sets(Badged)
badges.clears(Unbadged, when=lambda e: not e.lost)
notes.records(Noted, lambda e: None if e.secret else NoteRow(member=e.member, text=e.text))


class LeadRow(Row):
    member: Member = field("党员|Member")
    minutes: Count = field("分钟|Minutes")


class LevelRow(Row):
    member: Member = field("党员|Member")
    level: Count = field("级|Level")


leads = extra.records("leads", "带头|Leads", LeadRow)
levels = extra.spans("levels", "等级|Levels", LevelRow, key=("member",))


@extra.deed("lead.take", "带头|Lead", event="lead_taken")
class Lead(Deed):
    member: Member = field("党员|Member")
    minutes: Count = field("分钟|Minutes", low=1)


@extra.deed("level.set", "定级|Level", event="level_set")
class Levelled(Deed):
    member: Member = field("党员|Member")
    level: Count = field("级|Level", low=1)


@extra.deed("level.drop", "除级|Drop", event="level_dropped", rank=80)
class Dropped(Deed):
    member: Member = field("党员|Member")


leads.records(Lead)
levels.sets(Levelled)
levels.clears(Dropped)


@toys.action("organisation.found", "成立|Found")
class Found(Action):
    name: Name = field("名称|Name")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        yield Founded(organisation=ledger.new_id("organisation"), name=self.name)


@toys.action("organisation.dissolve", "撤销|Dissolve")
class Dissolve(Action):
    organisation: Organisation = field("组织|Organisation")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        yield Dissolved(organisation=self.organisation)


@toys.action("member.register", "登记|Register")
class Register(Action):
    name: PersonName = field("姓名|Name")
    organisation: Organisation = field("支部|Branch")
    note: PersonalText | None = field("记事|Note", default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        member = ledger.new_id("member")
        yield Registered(member=member, name=self.name, organisation=self.organisation)
        if self.note:
            yield Noted(member=member, text=self.note)


@toys.action("member.move", "转|Move")
class Move(Action):
    member: Member = field("党员|Member")
    organisation: Organisation = field("支部|Branch")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        yield Moved(member=self.member, organisation=self.organisation)


@toys.action("member.leave", "离|Leave")
class Leave(Action):
    member: Member = field("党员|Member")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        yield Left(member=self.member)


def registry(*, with_extra: bool = True) -> Registry:
    """The vocabulary, with or without the programme of its own."""
    return Registry([store.programme, toys, *([extra] if with_extra else [])])
