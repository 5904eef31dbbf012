"""A deed may guard itself: it refuses, adds events, and what it read stands under the condition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from taizhang.api import Action, Dated, Deed, Event, Ledger, Member, Programme, Refused, Row, field
from taizhang.decisions.decision import Attempt, Receipt, run
from taizhang.decisions.requests import Request
from taizhang.loading.admission import take_in
from taizhang.words.errors import Invalid
from taizhang.workspace import Workspace, workspace

ON = "2012-06-01"
UNCONDITIONAL = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["nothing:bears-this"])]))


class KeyRow(Row):
    """A member keeps the key of the room, one at a time."""

    member: Member = field("党员|Member")


def keys() -> Programme:
    """A programme of somebody else, in which the key goes from hand to hand."""
    programme = Programme("keys", "钥匙|Keys", needs=("members",))
    kept = programme.spans("kept", "保管|Kept", KeyRow, key=("member",))

    @programme.deed("key.give_back", "交回|Give back")
    @programme.event("given_back", "已交回|Given back", rank=60)
    class GiveBack(Deed):
        member: Member = field("党员|Member")

    @programme.deed("key.take", "领取|Take", event="taken")
    class Take(Deed):
        member: Member = field("党员|Member")

        def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
            for row in ledger.rows("keys_kept"):
                if row["member"] == self.member:
                    raise Refused("钥匙已在其手中|this member has the key already")
                yield GiveBack(member=row["member"])
            yield self

    @programme.deed("key.lend", "出借|Lend", event="lent")
    class Lend(Deed):
        member: Member = field("党员|Member")

    kept.sets(Take)
    kept.clears(GiveBack)
    return programme


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    real = workspace.load

    def load(*words: Any, **options: Any) -> Any:
        loaded = real(*words, **options)
        take_in(loaded.registry, keys())
        loaded.registry.guard.know("keys", "code")
        return loaded

    monkeypatch.setattr(workspace, "load", load)
    with Workspace.init(tmp_path / "store") as opened:
        for name in ("第一支部", "第二支部"):
            opened.record("organisation.found", {"name": name, "kind": "支部"}, on="2005-01-01")
        for name in ("甲", "乙"):
            fields = {"name": name, "organisation": "第一支部"}
            opened.record("member.register", fields, on="2006-01-01")
        yield opened


def test_a_deed_adds_events_and_refuses(ws: Workspace) -> None:
    assert [e.name for e in ws.record("keys.key.take", {"member": "甲"}, on=ON).events] == [
        "keys.taken"
    ]
    done = ws.record("keys.key.take", {"member": "乙"}, on=ON)
    assert [e.name for e in done.events] == ["keys.given_back", "keys.taken"]
    assert len({e.envelope.action for e in done.events}) == 1
    assert [row["member"] for row in ws.at(date.fromisoformat(ON)).rows("keys_kept")] == [
        ws.at(date.fromisoformat(ON)).called("member", "乙")[0]
    ]
    with pytest.raises(Refused, match="钥匙已在其手中"):
        ws.record("keys.key.take", {"member": "乙"}, on=ON)


def test_a_deed_and_its_event_may_be_called_differently(ws: Workspace) -> None:
    action = ws.registry.action("keys.key.give_back")
    assert action.label.en == "Give back"
    assert action.event is not None
    assert (action.event.name, action.event.label.en, action.event.rank) == (
        "keys.given_back",
        "Given back",
        60,
    )


def test_a_deed_that_is_stored_as_no_event_is_refused_when_it_is_declared() -> None:
    class Lost(Deed):
        member: Member = field("党员|Member")

    with pytest.raises(TypeError, match="stored as no event"):
        Programme("keys", "钥匙|Keys").deed("key.lose", "遗失|Lose")(Lost)


def tried(ws: Workspace, action: str, fields: dict[str, str]) -> list[DCBEvent]:
    """What would be stored of an action."""
    found: list[DCBEvent] = []

    def plan(attempt: Attempt) -> Receipt | None:
        attempt.add(attempt.decide(Request(action, fields, on=ON)))
        found.extend(attempt.stored)
        return None

    run(ws, plan, commit=False)
    return found


@pytest.fixture
def raced(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """``raced(action, fields)``: somebody else appends that between the next decision and its append; gives a
    list of how often it was tried to append.
    """

    def make(action: str, fields: dict[str, str]) -> list[int]:
        theirs, appends, real = tried(ws, action, fields), [], ws.log.append

        def append(events: Any, condition: Any = None, **more: Any) -> int:
            if not appends:
                real(theirs, UNCONDITIONAL)
            appends.append(len(events))
            return real(events, condition, **more)

        monkeypatch.setattr(ws.log, "append", append)
        return appends

    return make


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("member.set_stage", {"member": "甲", "stage": "预备党员"}),
        ("member.move", {"member": "甲", "organisation": "第二支部"}),
        ("member.attach", {"member": "甲", "organisation": "第二支部"}),
        ("keys.key.take", {"member": "甲"}),
    ],
)
def test_what_a_deed_read_is_part_of_its_condition(
    ws: Workspace, raced: Callable[..., list[int]], action: str, fields: dict[str, str]
) -> None:
    appends = raced(action, fields)
    with pytest.raises(Refused):
        ws.record(action, fields, on=ON)
    assert appends == [1]  # it was decided again, and then there was nothing to append
    ws.rebuild()
    assert [f for f in ws.findings() if f.hard] == []


def test_a_deed_that_ends_a_life_has_what_it_refers_to_in_its_condition(
    ws: Workspace, raced: Callable[..., list[int]]
) -> None:
    left = {"member": "甲", "how": "退党"}
    appends = raced("member.leave", left)
    with pytest.raises(Invalid, match="甲"):
        ws.record("member.leave", left, on=ON)
    assert appends == [1]
    assert [f for f in ws.findings() if f.hard] == []


def test_a_deed_that_looks_at_nothing_is_in_nobodys_way(
    ws: Workspace, raced: Callable[..., list[int]]
) -> None:
    appends = raced("member.set_stage", {"member": "甲", "stage": "预备党员"})
    ws.record("keys.key.lend", {"member": "甲"}, on=ON)
    assert appends == [1]


def test_an_action_hands_its_fields_on() -> None:
    class Noted(Event):
        member: Member = field("党员|Member")
        witness: Member = field("见证人|Witness")

    class Note(Action):
        member: Member = field("党员|Member")

    assert Note(member="m-1").becomes(Noted, witness="m-2") == Noted(member="m-1", witness="m-2")
    assert Note(member="m-1").becomes(Noted, witness="m-2", member="m-3").member == "m-3"
    with pytest.raises(TypeError, match="witness"):
        Note(member="m-1").becomes(Noted)


def test_the_core_has_few_actions_left_that_only_repeat_their_event(ws: Workspace) -> None:
    deeds = {name for name, action in ws.registry.actions.items() if action.event is not None}
    assert {
        "member.move", "member.attach", "member.detach", "member.join_group", "member.leave_group",
        "member.set_stage", "member.set_status", "member.correct_details", "member.leave",
        "organisation.rename", "organisation.move", "organisation.merge", "organisation.dissolve",
        "organisation.name_successor", "place.link", "place.unlink", "place.close",
        "transfer.return_slip", "unit.close", "agreement.end", "committee.appoint",
        "committee.release", "team.join", "team.leave", "team.disband", "service.approve",
        "calendar.arrange",
    } <= deeds  # fmt: skip
