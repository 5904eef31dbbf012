"""Recording the demonstration: the script, played in the order of recording, through Workspace's doors."""

from __future__ import annotations

import datetime as dt
import os
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from taizhang.decisions.amendments import plan_correction, plan_void
from taizhang.decisions.decision import Attempt, Request, run
from taizhang.loading.hooks import Deal, Scene, demonstrations
from taizhang.office.demonstration import books, deeds
from taizhang.office.demonstration import community as planning
from taizhang.office.demonstration.community import Community
from taizhang.office.demonstration.lives import Lives
from taizhang.office.demonstration.names import Names
from taizhang.office.demonstration.plan import START, TODAY, Operation, Ref, Script
from taizhang.store.making import being_made, place
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient

BATCH = 250
ACTORS = ("王秀兰", "陈建国", "李静")
"""Fictional staff of the demonstration."""


def script_of(seed: int, ws: Workspace) -> list[Operation]:
    """All operations in the order of recording; the same seed gives the same."""
    chance = random.Random(seed)
    script, names, community = Script(chance), Names(chance), Community()
    planning.organisations(script, community)
    planning.units(script, community, names)
    planning.places(script, community)
    planning.teams(script, community)
    lives = Lives(script, community, names)
    lives.settle()
    lives.employed()
    deeds.join_teams(script, community, lives)
    deeds.serve(script, lives)
    deeds.slips(script, names)
    staying = [life for life in lives.members if life.until is None]
    scene = Scene(
        chance,
        TODAY,
        tuple(lives.in_service),
        tuple((life.key, life.since) for life in staying),
        tuple((life.key, life.since) for life in staying if life.mobile),
        "committee",
        tuple(f"village:{short}" for _, short, _, _ in planning.VILLAGES),
    )
    for deal in demonstrations(ws.plugin_hooks, scene, ws.registry.guard):
        _play(script, deal)
    books.keep(script, community, lives)
    years = {"first": START.year, "last": TODAY.year + 1}
    script.add("calendar.seed", START, years)
    return script.ordered()


def _play(script: Script, deal: Deal) -> None:
    """One action of a programme; what it refers to of the programme's own making was recorded before."""
    fields = {**deal.fields, "member": Ref(deal.member)} if deal.member else dict(deal.fields)
    refs = [v.key for v in fields.values() if isinstance(v, Ref)]
    own = deal.action.partition(".")[0] + ":"
    script.add(
        deal.action,
        deal.on,
        fields,
        key=deal.makes,
        chain=tuple(r for r in refs if r.startswith(own)),
        after=tuple(f"{r} made" for r in refs),
        delay=script.delay(),
    )


def build(
    path: str | os.PathLike[str],
    *,
    seed: int = 2012,
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Makes the demonstration store at ``path`` and says what was made.

    It is built aside and put in place when it is whole, so that an interrupted build leaves none. The
    same seed gives the same events, byte for byte. Raises :class:`Refused` when something is there.

    Args:
        path: The directory of the store that is made.
        seed: Chance is drawn from it: the same seed gives the same store.
        progress: Is told how many of how many actions are recorded.
    """
    target = Path(path).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused("{path} 不是空目录|{path} is not an empty directory", path=path)
    with being_made(target) as part:
        events = _made(part, seed, progress)
        place(part, target)
    return {"store": str(path), "events": events, "today": TODAY.isoformat(), "seed": seed}


def _made(part: Path, seed: int, progress: Callable[[int, int], None] | None) -> int:
    """The whole of it, in an empty directory; gives the number of events."""
    start = dt.datetime.combine(START - dt.timedelta(days=3), dt.time(1), dt.UTC)
    ambient = SeededAmbient(seed, start)
    with Workspace.init(
        part, name=planning.COMMITTEE, today=TODAY, ambient=ambient, actor=ACTORS[0]
    ) as ws:
        operations = script_of(seed, ws)
        made: dict[str, Any] = {}
        for begin in range(0, len(operations), BATCH):
            batch = operations[begin : begin + BATCH]
            run(ws, _player(ws, batch, ambient, made), commit=True)
            if progress is not None:
                progress(begin + len(batch), len(operations))
        ws.close_seal()
        return ws.log.head()


def _player(
    ws: Workspace, batch: list[Operation], ambient: SeededAmbient, made: dict[str, Any]
) -> Callable[[Attempt], None]:
    def play(attempt: Attempt) -> None:
        for operation in batch:
            ambient.set(operation.when)
            ws.actor = ACTORS[operation.serial % len(ACTORS)]
            before = len(attempt.notes.made)
            first = attempt.trial.base + len(attempt.stored) + 1
            fields = _resolved(operation.fields, made)
            if operation.action == "correct":
                day = fields.pop("on", None)
                plan_correction(
                    attempt,
                    made["#" + operation.target],
                    fields,
                    day,
                    operation.reason or "",
                    accept=True,
                )
            elif operation.action == "void":
                plan_void(
                    attempt, made["#" + operation.target], operation.reason or "", cascade=True
                )
            else:
                request = Request(
                    operation.action, fields, operation.on, operation.reason, operation.document
                )
                attempt.add(attempt.decide(request), accept=True)
            if operation.key:
                made["#" + operation.key] = first
                if len(attempt.notes.made) > before:
                    made[operation.key] = attempt.notes.made[before][1]

    return play


def _resolved(fields: Any, made: Mapping[str, Any]) -> Any:
    """Fields with the ids of what was made in place of what refers to it, in lines too."""
    if isinstance(fields, Ref):
        return made[fields.key]
    if isinstance(fields, Mapping):
        return {name: _resolved(value, made) for name, value in fields.items()}
    if isinstance(fields, list):
        return [_resolved(value, made) for value in fields]
    return fields
