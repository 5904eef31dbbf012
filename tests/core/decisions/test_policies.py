"""What follows from an event is said by whoever has to follow: listed, recorded with it, and back with its void."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from taizhang.api import (
    Event,
    Ledger,
    Member,
    Organisation,
    Programme,
    Refused,
    Row,
    deed_of,
    ending,
    field,
)
from taizhang.loading.admission import take_in
from taizhang.loading.loader import core_registry
from taizhang.words.errors import Dependents, Usage
from taizhang.workspace import Workspace, workspace
from taizhang_eventstore.envelope import Envelope

DIED = "2012-06-01"


class CardRow(Row):
    """A member bears a library card."""

    member: Member = field("党员|Member")


class CaretakerRow(Row):
    """A member looks after a room of an organisation."""

    organisation: Organisation = field("组织|Organisation")
    member: Member = field("党员|Member")


def library(*, fails: bool = False, refuses: bool = False) -> Programme:
    """A programme of somebody else: cards end with a member, a caretaker's room goes over in a merge."""
    programme = Programme("library", "图书角|Library", needs=("members",))
    cards = programme.spans(
        "cards", "借书证|Cards", CardRow, key=("member",), ends_with=("member",)
    )
    rooms = programme.spans(
        "rooms", "图书室|Rooms", CaretakerRow, key=("organisation",), within=("organisation",),
        ends_with=("member",),
    )  # fmt: skip
    deed_of(programme, cards, "card.issue", "发证|Issue", event="card_issued")
    ending(programme, "card.take", "收证|Take back", event="card_taken", clears=(cards,))
    placed = deed_of(programme, rooms, "room.give", "交管|Give", event="room_given")
    ended = ending(programme, "room.close", "关闭|Close", event="room_closed", clears=(rooms,))

    @programme.follows("organisation.merged", "图书室随之转入|The room goes over")
    def go_over(ledger: Ledger, merged: Event) -> Iterator[Event]:
        if fails:
            raise ZeroDivisionError
        if refuses:
            raise Refused("图书室要先清点|count the books first")
        for row in ledger.rows("library_rooms", organisation=merged.organisation):  # type: ignore[attr-defined]
            yield ended(organisation=row["organisation"])
            yield placed(organisation=merged.to, member=row["member"])  # type: ignore[attr-defined]

    return programme


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Workspace]:
    """``office(programme)``: a store in which two branches stand and 王小明 and 李立 belong to the first."""
    real = workspace.load
    opened: list[Workspace] = []

    def make(programme: Programme) -> Workspace:
        def load(*words: object, **options: object) -> object:
            loaded = real(*words, **options)  # type: ignore[arg-type]
            take_in(loaded.registry, programme)
            loaded.registry.guard.know(programme.id, "code")
            return loaded

        monkeypatch.setattr(workspace, "load", load)
        ws = Workspace.init(tmp_path / "store")
        opened.append(ws)
        for name in ("第一支部", "第二支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2005-01-01")
        for name in ("王小明", "李立"):
            fields = {"name": name, "organisation": "第一支部"}
            ws.record("member.register", fields, on="2006-01-01")
        return ws

    yield make
    for ws in opened:
        ws.close()


def tables(ws: Workspace) -> dict[str, object]:
    """Every row of every day, but for the positions of what wrote it last."""
    at = ws.at(dt.date(2012, 12, 31))
    return {
        name: [{k: v for k, v in row.items() if k != "seq"} for row in at.spans(name)]
        for name in ws.registry.tables
    }


OPEN = (
    ("member.attach", {"member": "王小明", "organisation": "第二支部"}),
    ("member.set_category", {"member": "王小明", "category": "在职党员"}),
    ("team.form", {"name": "火钳队"}),
    ("team.join", {"team": "火钳队", "member": "王小明"}),
    ("transfer.issue", {"member": "王小明", "to": "第二支部"}),
    ("liunuo.post.list", {"name": "文明劝导"}),
    ("liunuo.post.claim", {"post": "文明劝导", "member": "王小明"}),
    ("sanguan.mobile.register", {"member": "王小明", "way": "流出", "place": "上海"}),
    ("sanguan.pair.form", {"member": "王小明", "partner": "李立"}),
    ("sanguan.certificate.issue", {"member": "王小明", "number": "流证001"}),
    ("library.card.issue", {"member": "王小明"}),
    ("library.room.give", {"organisation": "第一支部", "member": "王小明"}),
)
"""What stands open in a member's name: of the office, of bundled programmes, of somebody else's."""


def test_a_member_with_everything_open_can_die_and_it_comes_back(
    office: Callable[..., Workspace],
) -> None:
    ws = office(library())
    for action, fields in OPEN:
        ws.record(action, fields, on="2012-05-20", accept=True)
    before = tables(ws)
    seen = ws.preview("member.leave", {"member": "王小明", "how": "死亡"}, on=DIED)
    assert tables(ws) == before
    done = ws.record("member.leave", {"member": "王小明", "how": "死亡"}, on=DIED)
    names = [e.name for e in done.events]
    assert names == [e.name for e in seen.events]
    assert names[-1] == "member.left"
    assert sorted(names[:-1]) == [
        "library.card_taken", "library.room_closed", "liunuo.post_released", "member.category_cleared",
        "member.detached", "sanguan.mobile_settled", "sanguan.pair_dissolved", "team.left",
        "transfer.cancelled",
    ]  # fmt: skip
    assert {e.envelope.action for e in done.events} == {done.events[0].envelope.action}
    # Each says whose rule it is, in the preview as in what was recorded.
    assert [s.zh for s in seen.sources.values()] == [s.zh for s in done.sources.values()]
    assert set(done.sources) == set(done.seq[:-1])
    of = {e.name: done.sources[e.position].zh for e in done.events[:-1]}
    assert of["library.card_taken"] == "图书角：借书证"
    assert of["transfer.cancelled"] == "组织关系转接：在途的介绍信随之取消"
    assert [f for f in ws.findings() if f.hard] == []
    at = ws.at(DIED)
    for table in ("team_members", "sanguan_pairs", "library_cards", "library_rooms", "attachments"):
        assert at.rows(table) == [], table
    with pytest.raises(Dependents):
        ws.void(done.seq[-1], reason="弄错人")
    ws.void(done.seq[-1], reason="弄错人", cascade=True)
    assert tables(ws) == before
    ws.rebuild()
    assert tables(ws) == before


def test_the_partner_of_a_pair_can_die_too(office: Callable[..., Workspace]) -> None:
    ws = office(library())
    for action, fields in OPEN:
        ws.record(action, fields, on="2012-05-20", accept=True)
    done = ws.record("member.leave", {"member": "李立", "how": "死亡"}, on=DIED)
    assert [e.name for e in done.events] == ["sanguan.pair_dissolved", "member.left"]
    at = ws.at(DIED)
    assert at.rows("sanguan_pairs") == []
    assert len(at.rows("sanguan_mobiles")) == len(at.rows("sanguan_certificates")) == 1


def test_what_begins_later_than_a_leave_that_is_recorded_late_stands_in_its_way(
    office: Callable[..., Workspace],
) -> None:
    ws = office(library())
    issued = ws.record("library.card.issue", {"member": "王小明"}, on="2012-08-01")
    with pytest.raises(Dependents) as refused:
        ws.record("member.leave", {"member": "王小明", "how": "死亡"}, on=DIED)
    assert {f.src for f in refused.value.findings} == set(issued.seq)


def test_a_policy_takes_part_in_a_merge(office: Callable[..., Workspace]) -> None:
    ws = office(library())
    ws.record("library.room.give", {"organisation": "第一支部", "member": "李立"}, on="2010-01-01")
    before = tables(ws)
    merge = {"organisation": "第一支部", "to": "第二支部"}
    done = ws.record("organisation.merge", merge, on="2011-01-01")
    second = ws.at("2011-01-01").rows("organisations", name="第二支部")[0]["id"]
    assert [r["organisation"] for r in ws.at("2011-01-01").rows("library_rooms")] == [second]
    assert "图书角：图书室随之转入" in {s.zh for s in done.sources.values()}
    ws.void(done.seq[0], reason="没有合并", cascade=True)
    assert tables(ws) == before


def test_a_policy_may_refuse(office: Callable[..., Workspace]) -> None:
    ws = office(library(refuses=True))
    head = ws.log.head()
    with pytest.raises(Refused, match="先清点"):
        ws.record(
            "organisation.merge", {"organisation": "第一支部", "to": "第二支部"}, on="2011-01-01"
        )
    assert ws.log.head() == head


def test_a_policy_that_fails_is_named_and_stops_nobody(office: Callable[..., Workspace]) -> None:
    ws = office(library(fails=True))
    merge = {"organisation": "第一支部", "to": "第二支部"}
    done = ws.record("organisation.merge", merge, on="2011-01-01")
    assert done.events[-1].name == "organisation.merged"
    assert any("library" in p.text("zh") for p in done.notices)
    assert ws.registry.guard.faulty("library")


def test_what_another_process_begins_meanwhile_is_seen(
    office: Callable[..., Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows that a policy reads are part of the condition: the action is decided again."""
    ws = office(library())
    append, tried = ws.log.append, 0
    member = ws.at("2012-01-01").called("member", "王小明")[0]
    issued = ws.registry.events["library.card_issued"].type(member=member)

    def late(items: Sequence[DCBEvent], condition: DCBAppendCondition, **more: str) -> int:
        nonlocal tried
        tried += 1
        if tried == 1:
            id, day = ws.ambient.event_id(), dt.date(2012, 5, 1)
            envelope = Envelope(
                id=id, action=id, i=1, n=1, recorded_at=ws.ambient.now(), on=day, actor="另一人",
                plugin="library", plugin_version="1",
            )  # fmt: skip
            tags = ["owner:library", f"member:{member}"]
            stored = ws.registry.codec.encode(envelope, issued, tags)
            append([stored], DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["never"])])))
        return append(items, condition, **more)

    monkeypatch.setattr(ws.log, "append", late)
    done = ws.record("member.leave", {"member": "王小明", "how": "死亡"}, on=DIED)
    assert tried == 2
    assert "library.card_taken" in [e.name for e in done.events]


def test_a_span_that_ends_with_others_needs_an_event_that_ends_it() -> None:
    programme = Programme("library", "图书角|Library")
    programme.spans("cards", "借书证|Cards", CardRow, key=("member",), ends_with=("member",))
    with pytest.raises(Usage, match="library_cards"):
        take_in(core_registry(), programme)
