"""Which events people ask for, in words: unknown types, tags and actors are refused with what is near."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from taizhang.declarations.kinds import Bad
from taizhang.ledger.resolving import resolve
from taizhang.readmodels.eventlog import Wanted
from taizhang.words.errors import Invalid, Problem, Usage
from taizhang.words.labels import Label, called, clean, narrow
from taizhang.words.nearest import unknown
from taizhang.workspace.clocks import recorded_before

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

OTHERS = ("action", "fact", "owner")
"""Kinds of tags that name no entity."""


def wanted(
    ws: Workspace,
    *,
    prefix: str = "",
    tag: str | None = None,
    actor: str | None = None,
    on: date | None = None,
    since: str | None = None,
    until: str | None = None,
    after: int = 0,
    before: int | None = None,
) -> Wanted:
    """Reads people's words for which events are asked for.

    Args:
        ws: the store.
        prefix: the beginning of a stored type, or what an event is called.
        tag: ``KIND:ID``, of an entity also ``KIND:NAME``.
        actor: who recorded them.
        on: the day on which they were true.
        since: a time of recording, the day, minute or second with which they begin.
        until: the one with which they end.
        after: only positions after this one.
        before: only positions before this one.

    Raises:
        Usage: a type, tag or actor that no event has.
        Invalid: a time that is none.
    """
    if since is not None:
        after = max(after, recorded_before(ws.db, since))
    last = None if before is None else before - 1
    if until is not None:
        upto = ws.known_at(_time(until))
        last = upto if last is None else min(last, upto)
    tagged = None if tag is None else _tag(ws, clean(tag))
    return Wanted(_types(ws, clean(prefix)), tagged, after, last, _actor(ws, actor), on)


def _time(text: str) -> str:
    """A time, which a bare number is not. Raises :class:`Invalid`."""
    if narrow(text).removeprefix("#").isdecimal():
        rule = Label("应为登记时间，如 2012-07-05 17:30", "must be a time such as 2012-07-05 17:30")
        raise Invalid([Problem("until", Label("登记", "recorded"), rule)])
    return text


def _types(ws: Workspace, text: str) -> tuple[str, ...]:
    stored = ws.log.types()
    labels = {name: declared.label for name, declared in ws.registry.events.items()}
    if not text or any(s.startswith(text) for s in (*stored, *labels)):
        return (text,)
    if (name := called(text, labels)) is not None:
        return (f"{name}@",)
    names = {**dict.fromkeys(s.partition("@")[0] for s in stored), **labels}
    raise unknown(
        "没有类型为 {name} 的事件|there is no type of event called {name}",
        text,
        {**dict.fromkeys(f"{n.partition('.')[0]}." for n in names), **names},
    )


def _tag(ws: Workspace, text: str) -> str:
    if ws.log.backwards(limit=1, tag=text):
        return text
    kind, _, id = text.partition(":")
    kinds = {k: e.label for k, e in ws.registry.entities.items()}
    if not id or kind not in (*kinds, *OTHERS):
        raise unknown(
            "没有标签 {name}，应写成 member:编号|there is no tag {name}, write KIND:ID",
            kind,
            {**kinds, **dict.fromkeys(OTHERS)},
        )
    if kind not in kinds:
        raise Usage("没有事件带标签 {tag}|no event has the tag {tag}", tag=text)
    try:
        return f"{kind}:{resolve(kind, id, ws.at(), ended=True, wide=True)}"
    except Bad as bad:
        raise Invalid([Problem("tag", kinds[kind], bad.rule, bad.candidates)]) from None


def _actor(ws: Workspace, actor: str | None) -> str | None:
    """Somebody who has recorded something."""
    if actor is None:
        return None
    actor, found = clean(actor), set[str]()
    for event in ws.log.read():
        if event.envelope.actor == actor:
            return actor
        found.add(event.envelope.actor)
    raise unknown(
        "没有经办人 {name} 登记的事件|nothing was recorded by {name}", actor, sorted(found)
    )


__all__ = ["wanted"]
