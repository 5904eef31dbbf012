"""Logs made of said events: what a history's events are, and how they get into a log's file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from taizhang.declarations.fields import Event, tags
from taizhang.declarations.registry import Registry
from taizhang.store.paths import Voided
from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.log import Log, open_log

START = dt.datetime(2012, 7, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Said:
    """One event as a history says it: at its position, in its action, which ends at ``end``."""

    position: int
    event: Event
    on: dt.date
    action: int
    i: int = 1
    n: int = 1
    corrects: int | None = None
    voids: int | None = None
    root: int | None = None
    line: str | None = None

    @property
    def end(self) -> int:
        return self.position + self.n - self.i


def numbered(actions: Iterable[Sequence[Said]]) -> list[Said]:
    """The events of actions with their place in their action; positions are given already."""
    return [
        replace(said, action=a, i=i, n=len(action))
        for a, action in enumerate(actions, 1)
        for i, said in enumerate(action, 1)
    ]


def encoded(history: Sequence[Said], registry: Registry) -> list[DCBEvent]:
    """The history in stored form, tagged as deciding would tag it."""
    families: dict[int, list[str]] = {}
    stored = []
    for said in history:
        root = said.root or said.position
        family = families.setdefault(root, [])
        family += [t for t in tags(said.event) if t not in family]
        owner = registry.event_of[type(said.event)].owner
        envelope = Envelope(
            id=f"{said.position:026d}",
            action=f"{said.action:026d}",
            i=said.i,
            n=said.n,
            recorded_at=START + dt.timedelta(hours=said.action),
            on=said.on,
            actor="测试",
            # Now and then some actions are a batch.
            correlation=f"{said.action // 4:026d}" if said.action % 4 else None,
            corrects=said.corrects,
            voids=said.voids,
            root=said.root,
            line=said.line,
            plugin=owner,
            plugin_version="1",
        )
        listed = [f"owner:{owner}", f"action:{envelope.action}"]
        listed += [f"fact:{root}", *family] if said.root else tags(said.event)
        stored.append(registry.codec.encode(envelope, said.event, listed))
    return stored


def append(log: Log, events: Sequence[DCBEvent]) -> None:
    """Appends on a condition that never fails."""
    log.append(events, DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["never"])])))


def logged(path: Path, history: Sequence[Said], registry: Registry) -> Log:
    """A new log with the history in it."""
    log = open_log(path, registry.codec)
    if history:
        append(log, encoded(history, registry))
    return log


def void(said: Said, target: int, root: int) -> Said:
    """``said`` as a void of ``target``."""
    return replace(said, event=Voided(), voids=target, root=root)
