"""Amending: corrections and voids, of facts and of amendments, with their dependents.

A void that leaves later facts impossible is refused with the list of them, or takes them along
(``cascade``); so it is with events that were decided because of the fact (:attr:`Dated.after`), such as
the move of one who joined a merged branch late. Events of one action stand and fall together: the moves
of a merge are dependents of the merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from msgspec import Struct

from taizhang.decisions.decision import AFTER, Attempt, Decided, Draft
from taizhang.decisions.notices import of_day, of_fields
from taizhang.decisions.parsing import corrected, on_no_day, parse_date
from taizhang.declarations.fields import Event, specs, tags
from taizhang.ledger.facts import living
from taizhang.ledger.unread import readable
from taizhang.store.paths import StoreKeyed, StoreOpened, StoreResealed, SubjectErased, Voided
from taizhang.words.errors import Dependents, Finding, Invalid, NotFound, Refused, sentence
from taizhang.words.labels import Label
from taizhang_eventstore.recorded import Recorded

CORRECTING = "更正|correcting"

_TOGETHER = Label("同一操作的一部分", "part of the same action")
_RESTING = Label("因它而有的后续", "recorded because of it")


class Target(Struct, frozen=True):
    """What an amendment aims at: the event, its root and the tags of the whole family."""

    event: Recorded
    root: Recorded
    family: tuple[Recorded, ...]

    @property
    def tags(self) -> list[str]:
        """The tags that every amendment of the family carries."""
        kept = [
            t
            for one in self.family
            for t in one.tags
            if not t.startswith(("action:", "owner:", "fact:"))
        ]
        return [f"fact:{self.root.position}", *dict.fromkeys(kept)]


def target_of(attempt: Attempt, seq: int) -> Target:
    """The target at position ``seq``. Raises :class:`NotFound`, and :class:`Refused` for one that
    opens the store, or that this program cannot read with all its amendments.
    """
    source = attempt.trial.facts
    event = source.event(seq)
    if event is None:
        raise NotFound("没有第 {seq} 号事件|there is no event {seq}", seq=seq)
    root = event if event.envelope.root is None else source.event(event.envelope.root)
    assert root is not None
    family = tuple(source.family(root.position))
    readable(family)
    if isinstance(root.event, StoreOpened):
        raise Refused("开账事件不能更改|the event that opened the store cannot be changed")
    if isinstance(root.event, (SubjectErased, StoreResealed, StoreKeyed)):
        raise Refused(
            "第 {seq} 号事件不能更改：{label}不能收回|event {seq} cannot be changed: {label_en} is final",
            seq=seq,
            label=attempt.store.registry.event_of[type(root.event)].label.zh,
            label_en=attempt.store.registry.event_of[type(root.event)].label.en,
        )
    return Target(event, root, family)


def plan_correction(
    attempt: Attempt,
    seq: int,
    fields: Mapping[str, Any],
    on: str | date | None,
    reason: str,
    *,
    accept: bool = False,
) -> None:
    """Adds a correction of the fact behind ``seq``: the fields given replace, the others stay."""
    target = target_of(attempt, seq)
    now = living(target.family)
    if now is None:
        raise Refused(
            "第 {seq} 号事件已作废，不能更正；先作废那次作废"
            "|event {seq} is void and cannot be corrected; void the void first",
            seq=seq,
        )
    if target.event.envelope.voids is not None:
        raise Refused("作废不能更正，只能再作废|a void cannot be corrected, only voided")
    assert isinstance(now.event, Event)
    try:
        day = parse_date(on) if on is not None else now.envelope.on
    except Invalid as error:
        given = {n: s for n, s in specs(type(now.event)).items() if fields.get(n)}
        ledger = attempt.ledger(attempt.store.today())
        raise Invalid([*error.problems, *on_no_day(given, fields, ledger)]) from None
    registry = attempt.store.registry
    with registry.guard.calling(registry.event_of[type(now.event)].owner, CORRECTING):
        made = corrected(now.event, fields, attempt.ledger(day))
    draft = Draft(
        made,
        day,
        list(dict.fromkeys([*target.tags, *tags(made)])),
        cause=now.envelope.cause,
        corrects=seq,
        root=target.root.position,
    )
    _reads(attempt, target)
    declared = specs(type(made))
    notices = [*of_fields(declared, {name: getattr(made, name) for name in fields})]
    if on is not None:
        notices += of_day(day, attempt.store.today())
    attempt.add(Decided([draft], reason, notices=tuple(notices)), accept=accept)


def plan_void(attempt: Attempt, seq: int, reason: str, *, cascade: bool) -> None:
    """Adds a void of the event at ``seq``; with ``cascade`` of everything that depends on it too.

    Raises :class:`Dependents` with the list otherwise.
    """
    chosen: dict[int, Target] = {seq: target_of(attempt, seq)}
    _alive(chosen[seq])
    siblings = _siblings(attempt, chosen[seq])
    chosen.update({s.event.position: s for s in siblings})
    together = [
        Finding("action", "", "", s.event.position, True, _TOGETHER)
        for s in siblings
        if not cascade
    ]
    while True:
        resting = _resting(attempt, chosen.values())
        if resting and cascade:
            chosen.update(resting)
            continue
        listed = [*together, *(Finding("after", "", "", r, True, _RESTING) for r in resting)]
        try:
            drafts = [_void(t) for _, t in sorted(chosen.items(), reverse=True)]
            attempt.add(Decided(drafts, reason), accept=True)
        except Dependents as refused:
            more = {f.src for f in refused.findings} - {t.root.position for t in chosen.values()}
            if not cascade or not more:
                raise _dependents(attempt, seq, [*listed, *refused.findings]) from None
            for root in more:
                target = target_of(attempt, root)
                chosen[root] = target
                if not _consequence(target):
                    chosen.update({s.event.position: s for s in _siblings(attempt, target)})
        else:
            if listed:
                raise _dependents(attempt, seq, listed)
            for target in chosen.values():
                _reads(attempt, target)
            return


def _dependents(attempt: Attempt, seq: int, findings: list[Finding]) -> Dependents:
    return Dependents(
        "第 {seq} 号事件有依赖它的记录：{zh}；加 --cascade 一并作废"
        "|facts depend on event {seq}: {en}; use --cascade to void them too",
        findings,
        seq=seq,
        zh=sentence(findings, "zh"),
        en=sentence(findings, "en"),
    )


def _siblings(attempt: Attempt, target: Target) -> list[Target]:
    """The other living events of an action: the facts of a merge, or the voids that undid it.

    Refuses where one of them cannot be read: then the action cannot fall whole.
    """
    if target.event.envelope.n == 1:
        return []
    found = []
    for other in attempt.trial.facts.action(target.event.envelope.action):
        if other.position != target.event.position:
            sibling = target_of(attempt, other.position)
            if not _void_already(sibling):
                found.append(sibling)
    return found


def _resting(attempt: Attempt, chosen: Iterable[Target]) -> dict[int, Target]:
    """The living facts, by root, that rest on those which voids of ``chosen`` would end."""
    chosen = list(chosen)
    taken = {t.root.position for t in chosen}
    found: dict[int, Target] = {}
    for ended in {t.root.position for t in chosen if t.root.position in _dead(t, t.event.position)}:
        tag, until = f"{AFTER}{ended}", attempt.trial.facts.base
        for event in attempt.store.log.read(until=until, tags=[tag]):
            root = event.envelope.root or event.position
            if root not in taken and root not in found:
                target = target_of(attempt, root)
                if not _void_already(target):
                    found[root] = target
    return found


def _consequence(target: Target) -> bool:
    """Whether it was decided because of another fact, beside what its action was about: then it can
    fall alone, as one member's move out of a merge.
    """
    root = target.root
    return root.envelope.cause is not None and any(t.startswith(AFTER) for t in root.tags)


def _dead(target: Target, *more: int) -> set[int]:
    """The events of the family that are void, once those at ``more`` are."""
    dead = set(more)
    for one in reversed(target.family):
        if one.envelope.voids is not None and one.position not in dead:
            dead.add(one.envelope.voids)
    return dead


def _void_already(target: Target) -> bool:
    return target.event.position in _dead(target)


def _alive(target: Target) -> None:
    """Refuses to void what is void already."""
    if _void_already(target):
        raise Refused(
            "第 {seq} 号事件已经作废|event {seq} is void already", seq=target.event.position
        )


def _void(target: Target) -> Draft:
    return Draft(
        Voided(),
        target.event.envelope.on,
        target.tags,
        voids=target.event.position,
        root=target.root.position,
    )


def _reads(attempt: Attempt, target: Target) -> None:
    """An amendment is off when anything else of the family, or of what it concerns, has moved, or
    when something has come to rest on it.
    """
    name = target.root.name
    for tag in target.tags:
        if not tag.startswith(AFTER):
            attempt.notes.read(tag, {name})
    attempt.notes.read(f"{AFTER}{target.root.position}", set())
