"""Building from the whole log: parts, faulty programmes, logs that end in the middle of an action."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from ledgerkit import toy
from msgspec.structs import replace

from taizhang.api import Count, Deed, Member, Programme, Row, field
from taizhang.declarations.registry import Registry
from taizhang.ledger.projector import Projector
from taizhang.ledger.rebuild import build
from taizhang.ledger.spill import Spill
from taizhang.store import paths as store
from taizhang.testing.ledgers import dump, ledger_of
from taizhang.testing.logs import Said, logged

DAY = date(2012, 6, 30)

cards = Programme("cards", "卡片|Cards", version="1")


class CardRow(Row):
    member: Member = field("党员|Member")
    stamps: Count = field("次数|Stamps")


stamped = cards.folds("stamped", "卡片|Cards", CardRow, entity="cards_card", prefix="k", title=None)


@cards.deed("card.stamp", "盖章|Stamp", event="stamped")
class Stamp(Deed):
    cards_card: Member = field("卡片|Card")
    member: Member = field("党员|Member")
    stamps: Count = field("次数|Stamps")


@stamped.step(Stamp)
def _stamped(state: CardRow | None, event: Stamp, on: date) -> CardRow:
    if event.stamps == 13 and cards.code == "bad":
        raise ZeroDivisionError("13")
    return CardRow(member=event.member, stamps=event.stamps + (state.stamps if state else 0))


WITH = Registry([store.programme, toy.toys, toy.extra, cards])
WITHOUT = Registry([store.programme, toy.toys])


def history(length: int) -> list[Said]:
    """Members who register, move, are stamped and take leads, one after the other."""
    made = []
    for i in range(1, length + 1):
        member = f"m-{i % 7}"
        event = (
            toy.Registered(member=member, name="王小明", organisation="o-0"),
            toy.Moved(member=member, organisation=f"o-{i % 3}"),
            Stamp(cards_card=f"k-{i % 5}", member=member, stamps=i),
            toy.Lead(member=member, minutes=i),
        )[i % 4]
        made.append(Said(i, event, DAY + timedelta(days=i * 7 % 31), i))
    return made


@pytest.fixture
def bad() -> Iterator[None]:
    """Two programmes that cannot count; their code can be changed."""
    feeds = WITH.tables["extra_leads"].feeds
    feed = feeds[toy.Lead]

    def make(event: toy.Lead) -> toy.LeadRow:
        if event.minutes == 15 and toy.extra.code == "bad":
            raise ZeroDivisionError("15")
        return toy.LeadRow(member=event.member, minutes=event.minutes)

    feeds[toy.Lead] = replace(feed, make=make, copied=False)
    codes = toy.extra.code, cards.code
    toy.extra.code = cards.code = "bad"
    yield
    toy.extra.code, cards.code = codes
    feeds[toy.Lead] = feed


def test_programmes_that_raise_are_left_empty_and_tried_again(tmp_path: Path, bad: None) -> None:
    """One raises while the log is read, the other while its rows are made."""
    raising(tmp_path)


def raising(tmp_path: Path) -> None:
    """What is told of two programmes that raise, what becomes of their tables and of all others."""
    unlucky = Stamp(cards_card="k-1", member="m-1", stamps=13)
    events = [*history(40), Said(41, unlucky, DAY, 41)]
    with logged(tmp_path / "events.db", events, WITH) as log:
        db = build(tmp_path / "ledger.db", log, WITH)
        tracking = {
            u: (p, f) for u, p, f in db.execute("SELECT unit, position, fault FROM _tracking")
        }
        assert tracking == {
            "core": (len(events), None),
            "extra": (
                0,
                "推算台账时出错，第 15 号事件：ZeroDivisionError: 15|failed in projecting at event 15: ZeroDivisionError: 15",
            ),
            "cards": (
                0,
                "推算台账时出错，第 41 号事件：ZeroDivisionError: 13|failed in projecting at event 41: ZeroDivisionError: 13",
            ),
        }
        for table in ("extra_leads", "extra_levels", "cards_stamped"):
            for stored in (f"_{table}", f"_{table}_history"):
                assert db.execute(f"SELECT count(*) FROM {stored}").fetchone() == (0,)
        healthy = build(tmp_path / "healthy.db", log, WITHOUT)
        assert {k: v for k, v in dump(db, WITHOUT).items() if k != "finder"} == {
            k: v for k, v in dump(healthy, WITHOUT).items() if k != "finder"
        }
        toy.extra.code = cards.code = "good"
        projector = Projector(db, log, WITH)
        projector.prepare()
        projector.catch_up()
        fresh = build(tmp_path / "fresh.db", log, WITH)
        assert dump(db, WITH) == dump(fresh, WITH)
        assert fresh.execute("SELECT count(*) FROM _cards_stamped").fetchone()[0] > 5
        for each in (db, healthy, fresh):
            each.close()


def test_a_log_that_ends_in_the_middle_of_an_action(tmp_path: Path) -> None:
    whole = [
        Said(1, toy.Founded(organisation="o-0", name="甲"), DAY, 1),
        Said(2, toy.Registered(member="m-0", name="王", organisation="o-0"), DAY, 2, 1, 2),
    ]
    with logged(tmp_path / "events.db", whole, WITH) as log:
        dumps = []
        for building in (False, True):
            path = tmp_path / f"{building}.db"
            with ledger_of(log, WITH, path, page=1, building=building) as projector:
                dumps.append(dump(projector.db, WITH))
    assert dumps[0] == dumps[1]
    assert dumps[0]["_memberships"]


@pytest.mark.parametrize("held", [1, 3, 1_000])
def test_a_spill_gives_back_what_was_put_aside_in_order(tmp_path: Path, held: int) -> None:
    items = [(i, "天桥", None, (i, b"\xff", 2**70, ("a", 1.5))) for i in range(50)]
    with Spill(tmp_path, 7, held) as spill:
        for item in items:
            spill.waiting[item[0] % 7].append(item)
            spill.added(1)
        assert list(tmp_path.iterdir()) == [], "its file has no name"
        for part in range(7):
            assert spill.take(part) == [i for i in items if i[0] % 7 == part]
            assert spill.take(part) == []


def test_progress_rises_to_the_whole(tmp_path: Path) -> None:
    with logged(tmp_path / "events.db", history(60), WITH) as log:
        told: list[tuple[int, int]] = []
        build(tmp_path / "ledger.db", log, WITH, lambda *each: told.append(each)).close()
    assert told == sorted(told)
    assert told[-1] == (60, 60)
