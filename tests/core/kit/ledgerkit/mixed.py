"""A long log of an office's ordinary years, for measurements: streamed, seeded, never held whole.

Members register, move between branches, take on categories, log service, take leads; a share of the
events is backdated, corrected or made void, so that history is written as well.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from eventsourcing.dcb.api import DCBEvent

from taizhang.declarations.fields import Event, tags
from taizhang.declarations.registry import Registry
from taizhang.store.paths import Voided
from taizhang.testing.logs import append
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.log import Log, open_log

FIRST = dt.date(2010, 1, 1)
RECORDED = dt.datetime(2010, 1, 1, tzinfo=dt.UTC)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国文玉春梅海燕"


class Office:
    """Makes the events; ``organisations`` and ``members`` are how many there are in the end."""

    def __init__(
        self, registry: Registry, *, members: int, organisations: int, backdated: float = 0.15
    ) -> None:
        self.registry = registry
        self.members = members
        self.organisations = organisations
        self.backdated = backdated
        self.chance = random.Random(20120630)
        self.position = 0
        self.registered = 0
        self.recent: list[tuple[int, Event, dt.date]] = []

    def name(self) -> str:
        pick = self.chance.choice
        return pick(SURNAMES) + pick(GIVEN) + pick(GIVEN)

    def stored(self, event: Event, on: dt.date, **amending: Any) -> DCBEvent:
        """One event as an action of its own, in stored form."""
        self.position += 1
        owner = self.registry.event_of[type(event)].owner
        envelope = Envelope(
            id=f"{self.position:026d}",
            action=f"{self.position:026d}",
            i=1,
            n=1,
            recorded_at=RECORDED + dt.timedelta(seconds=30 * self.position),
            on=on,
            actor="李秀英",
            plugin=owner,
            plugin_version="0.1.0",
            **amending,
        )
        listed = [f"owner:{owner}", f"action:{envelope.action}", *tags(event)]
        if amending:
            listed.append(f"fact:{amending['root']}")
        return self.registry.codec.encode(envelope, event, listed)

    def made(self, name: str, /, **fields: Any) -> Event:
        return self.registry.make_event(name, fields)

    def events(self, count: int) -> Iterator[DCBEvent]:
        """``count`` events in the order in which they were recorded."""
        for k in range(self.organisations):
            name = "organisation.founded"
            fields = {"organisation": f"o-{k:07d}", "name": f"第{k}支部", "kind": "支部"}
            yield self.stored(self.made(name, **fields), FIRST)
        for k in range(self.organisations, count):
            yield self._next(k / count)

    def _next(self, share: float) -> DCBEvent:
        chance = self.chance
        on = FIRST + dt.timedelta(days=int(3_650 * share))
        if chance.random() < self.backdated:
            on -= dt.timedelta(days=chance.randrange(400))
            on = max(on, FIRST)
        # The roster is entered in the first third.
        if self.registered < self.members and chance.random() * 3 * self.members < 1.1 * (
            self.members * (1 if share < 0.34 else 3)
        ):
            return self._register(on)
        if self.recent and (draw := chance.random()) < 0.045:
            root, event, day = chance.choice(self.recent)
            if draw < 0.015:
                return self.stored(Voided(), day, voids=root, root=root)
            return self.stored(event, day - dt.timedelta(days=1), corrects=root, root=root)
        return self._deed(on)

    def _register(self, on: dt.date) -> DCBEvent:
        member = f"m-{self.registered:07d}"
        self.registered += 1
        organisation = f"o-{self.chance.randrange(self.organisations):07d}"
        event = self.made(
            "member.registered", member=member, name=self.name(), organisation=organisation
        )
        return self.stored(event, on)

    def _deed(self, on: dt.date) -> DCBEvent:
        chance = self.chance
        member = f"m-{chance.randrange(max(1, self.registered)):07d}"
        draw = chance.random()
        if draw < 0.40:
            service = f"s-{self.position:07d}"
            fields = {"service": service, "member": member, "minutes": 90, "what": "义诊"}
            event = self.made("service.logged", **fields)
        elif draw < 0.60:
            organisation = f"o-{chance.randrange(self.organisations):07d}"
            event = self.made("member.moved", member=member, organisation=organisation, how="调整")
        elif draw < 0.75:
            event = self.made("liudai.lead_taken", member=member, kind="带头学习", minutes=60)
        elif draw < 0.93:
            category = chance.choice(("在职党员", "流动党员", "在册党员"))
            fields = {"member": member, "scheme": "三种党员", "category": category}
            event = self.made("member.category_set", **fields)
        else:
            event = self.made("member.details_corrected", member=member, phone="13800000000")
        stored = self.stored(event, on)
        self.recent.append((self.position, event, on))
        if len(self.recent) > 4_000:
            self.recent[chance.randrange(4_000)] = self.recent.pop()
        return stored


def log_of(path: Path, registry: Registry, office: Office, count: int) -> Log:
    """A new log with ``count`` events of the office."""
    log = open_log(path, registry.codec)
    events = office.events(count)
    while batch := list(islice(events, 20_000)):
        append(log, batch)
    return log
