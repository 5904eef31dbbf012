"""Amending: corrections and voids, of facts and of amendments, with their dependents.

A void that leaves later facts impossible is refused with the list of them, or takes them along
(``cascade``); so it is with events that were decided because of the fact (:attr:`Dated.after`), such as
the move of one who joined a merged branch late. Events of one action stand and fall together: the moves
of a merge are dependents of the merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from taizhang.decisions.correcting import corrected, corrected_line, readable_lines
from taizhang.decisions.decision import AFTER, Attempt, Decided, Draft
from taizhang.decisions.notices import of_action, of_day, of_fields
from taizhang.decisions.parsing import on_no_day, parse_date
from taizhang.decisions.targets import Target, dead_of, reads, target_of, void_already
from taizhang.declarations.fields import Event, specs, tags
from taizhang.declarations.lines import shared_tags, split_name
from taizhang.ledger.lines import Told, said, statements, tell
from taizhang.store.paths import Voided
from taizhang.words.errors import Dependents, Finding, Invalid, Refused, Usage, sentence
from taizhang.words.labels import Label
from taizhang_eventstore.recorded import Recorded

CORRECTING = "更正|correcting"

_TOGETHER = Label("同一操作的一部分", "part of the same action")
_RESTING = Label("因它而有的后续", "recorded because of it")


def plan_correction(
    attempt: Attempt,
    seq: int,
    fields: Mapping[str, Any],
    on: str | date | None,
    reason: str,
    *,
    line: str | int | None = None,
    accept: bool = False,
) -> None:
    """Adds a correction of the fact behind ``seq``, or of one line of it.

    Args:
        attempt: The attempt that it becomes part of.
        seq: The position of a fact or of an amendment of it; that of an amendment of a line means the line.
        fields: What replaces; other fields stay as they are.
        on: The right day of the fact, if another.
        reason: Why.
        line: The line that is corrected, ``3`` or ``guests/3``; ``fields`` are then the line's.
        accept: Whether soft findings are taken without a reason.

    Raises:
        Refused: When it is void.
        Invalid: For what is wrong with the fields.
    """
    target = target_of(attempt, seq, line)
    told = tell(statements(target.family), said)
    now = None if told is None else told.version
    if told is None or now is None:
        raise Refused(
            "第 {seq} 号事件已作废，不能更正；先作废那次作废"
            "|event {seq} is void and cannot be corrected; void the void first",
            seq=seq,
        )
    if target.event.envelope.voids is not None:
        raise Refused("作废不能更正，只能再作废|a void cannot be corrected, only voided")
    if target.part is not None:
        _correct_line(attempt, target, told, fields, on, reason, accept=accept)
        return
    assert isinstance(now.event, Event)
    try:
        day = parse_date(on) if on is not None else now.envelope.on
    except Invalid as error:
        given = {n: s for n, s in specs(type(now.event)).items() if fields.get(n)}
        ledger = attempt.ledger(attempt.store.today())
        raise Invalid([*error.problems, *on_no_day(given, fields, ledger)]) from None
    registry = attempt.store.registry
    with registry.guard.calling(registry.event_of[type(now.event)].owner, CORRECTING):
        made = corrected(readable_lines(told.event), fields, attempt.ledger(day))
    draft = Draft(
        made,
        day,
        list(dict.fromkeys([*target.tags, *tags(made)])),
        cause=now.envelope.cause,
        corrects=seq,
        root=target.root.position,
        concerns=shared_tags(made),
    )
    reads(attempt, target)
    declared = specs(type(made))
    given = {name: getattr(made, name) for name in fields}
    label = registry.event_of[type(made)].label
    notices = [
        *of_fields(declared, given, attempt.store.today()),
        *of_action(made, label, attempt.store.ledger.reading(day)),
    ]
    if on is not None:
        notices += of_day(day, attempt.store.today())
    attempt.add(Decided([draft], reason, notices=tuple(notices)), accept=accept)


def _correct_line(
    attempt: Attempt,
    target: Target,
    told: Told,
    fields: Mapping[str, Any],
    on: str | date | None,
    reason: str,
    *,
    accept: bool,
) -> None:
    """Adds a correction of one line: the event's other lines stay out of it."""
    assert target.part is not None
    if on is not None:
        raise Usage(
            "一行没有自己的日期；更正日期请不带 --line|a line has no day of its own; correct the day without --line"
        )
    field, number = split_name(target.part)
    lines = getattr(told.event, field)
    if number > len(lines) or lines[number - 1] is None:
        raise Refused(
            "第 {seq} 号事件的第 {line} 行已作废，不能更正；先作废那次作废"
            "|line {line} of event {seq} is void and cannot be corrected; void the void first",
            seq=target.root.position,
            line=number,
        )
    store, day = attempt.store, told.version.envelope.on
    declaration = store.registry.event_of[type(told.event)]
    with store.registry.guard.calling(declaration.owner, CORRECTING):
        made = corrected_line(
            readable_lines(told.event), field, number, fields, attempt.ledger(day)
        )
    draft = Draft(
        made,
        day,
        list(dict.fromkeys([*target.tags, *tags(made)])),
        cause=told.version.envelope.cause,
        corrects=target.event.position,
        root=target.root.position,
        part=target.part,
    )
    reads(attempt, target)
    line = getattr(made, field)[0]
    notices = of_fields(
        specs(type(line)), {name: getattr(line, name) for name in fields}, store.today()
    )
    attempt.add(Decided([draft], reason, notices=tuple(notices)), accept=accept)


def plan_void(
    attempt: Attempt,
    seq: int,
    reason: str,
    *,
    cascade: bool,
    whole: bool = False,
    line: str | int | None = None,
) -> None:
    """Adds a void of the event at ``seq``, or of one line of it.

    Args:
        attempt: the attempt that the void becomes part of.
        seq: the position of a fact, a correction or a void.
        reason: why.
        cascade: whether everything that depends on it is taken back too.
        whole: whether the other events of its action are.
        line: the line that is taken back, ``3`` or ``guests/3``; the event's other lines stay.

    Raises:
        Dependents: with the list of what depends on it and is not to be taken back.
        Refused: when it is void already, or final.
    """
    chosen: dict[int, Target] = {seq: target_of(attempt, seq, line)}
    _alive(chosen[seq])
    siblings = _siblings(attempt, chosen[seq])
    chosen.update({s.event.position: s for s in siblings})
    together = [
        Finding("action", "", "", s.event.position, True, _TOGETHER)
        for s in siblings
        if not (cascade or whole)
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
                reads(attempt, target)
            return


def void_together(attempt: Attempt, targets: Sequence[Target], reason: str) -> None:
    """Adds voids of ``targets`` as one action. Raises :class:`Dependents` when anything rests on them."""
    if resting := _resting(attempt, targets):
        found = [Finding("after", "", "", root, True, _RESTING) for root in resting]
        zh, en = sentence(found, "zh"), sentence(found, "en")
        raise Dependents("{zh}|{en}", found, zh=zh, en=en)
    last_first = sorted(targets, key=lambda t: t.event.position, reverse=True)
    attempt.add(Decided([_void(t) for t in last_first], reason), accept=True)
    for target in targets:
        reads(attempt, target)


def corrected_since(target: Target) -> list[Recorded]:
    """The living corrections of the fact that were recorded after the event that is aimed at."""
    dead, at = dead_of(target), target.event.position
    return [
        one
        for one in target.family
        if one.position > at and one.envelope.corrects is not None and one.position not in dead
    ]


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
    if target.event.envelope.n == 1 or target.takes_line:
        return []
    found = []
    for other in attempt.trial.facts.action(target.event.envelope.action):
        if other.position != target.event.position:
            sibling = target_of(attempt, other.position)
            if not void_already(sibling):
                found.append(sibling)
    return found


def _resting(attempt: Attempt, chosen: Iterable[Target]) -> dict[int, Target]:
    """The living facts, by root, that rest on those which voids of ``chosen`` would end."""
    chosen = list(chosen)
    taken = {t.root.position for t in chosen}
    found: dict[int, Target] = {}
    falling = [t for t in chosen if not t.takes_line]
    for ended in {
        t.root.position for t in falling if t.root.position in dead_of(t, t.event.position)
    }:
        tag, until = f"{AFTER}{ended}", attempt.trial.facts.base
        for event in attempt.store.log.read(until=until, tags=[tag]):
            root = event.envelope.root or event.position
            if root not in taken and root not in found:
                target = target_of(attempt, root)
                if not void_already(target):
                    found[root] = target
    return found


def _consequence(target: Target) -> bool:
    """Tells if the fact was decided because of another fact, beside what its action was about: then it can fall
    alone, as one member's move out of a merge.
    """
    root = target.root
    return root.envelope.cause is not None and any(t.startswith(AFTER) for t in root.tags)


def _void(target: Target) -> Draft:
    return Draft(
        Voided(),
        target.event.envelope.on,
        target.tags,
        voids=target.event.position,
        root=target.root.position,
        part=target.part,
        concerns=target.concerns,
    )


def _alive(target: Target) -> None:
    """Refuses to void what is void already."""
    if void_already(target):
        raise Refused(
            "第 {seq} 号事件{line}已经作废|event {seq}{line_en} is void already",
            seq=target.event.position,
            line=f"的 {target.part} 行" if target.takes_line else "",
            line_en=f", line {target.part}," if target.takes_line else "",
        )
