"""What amendments aim at: an event with its family, or one line of it."""

from __future__ import annotations

from msgspec import Struct

from taizhang.decisions.decision import AFTER, Attempt
from taizhang.decisions.lines import line_name
from taizhang.declarations.fields import Event, tags
from taizhang.declarations.kinds import Bad
from taizhang.declarations.lines import bare, named, shared_tags, split_name
from taizhang.ledger.lines import dead, said, statements, tell
from taizhang.ledger.unread import readable
from taizhang.store.paths import StoreKeyed, StoreOpened, StoreResealed, SubjectErased
from taizhang.words.errors import NotFound, Refused, Usage
from taizhang_eventstore.recorded import Recorded


class Target(Struct, frozen=True):
    """The fact that an amendment aims at: the event, its root and the tags of the whole family."""

    event: Recorded
    root: Recorded
    family: tuple[Recorded, ...]
    part: str | None = None
    """The line that it aims at, ``attendance/3``; None for all of the event."""

    @property
    def takes_line(self) -> bool:
        """Tells if a void of it takes one line away of an event that stays."""
        return self.part is not None and self.event.envelope.line is None

    @property
    def concerns(self) -> list[str] | None:
        """The tags of what the reason of a void is about, where not of all."""
        event = self.root.event
        return shared_tags(event) if self.part is None and isinstance(event, Event) else None

    @property
    def tags(self) -> list[str]:
        """The tags that every amendment of the family carries; of one line those of what all lines share,
        and of all that this line has ever said.
        """
        own = [one.tags if self.part is None else self._own(one, self.part) for one in self.family]
        kept = [t for some in own for t in some if not t.startswith(("action:", "owner:", "fact:"))]
        return [f"fact:{self.root.position}", *dict.fromkeys(kept)]

    @staticmethod
    def _own(one: Recorded, part: str) -> list[str]:
        field, number = split_name(part)
        event, line = one.event, one.envelope.line
        if not isinstance(event, Event) or not hasattr(event, field) or line not in (None, part):
            return []
        lines = getattr(event, field)
        at = number - 1 if line is None else 0
        mine = lines[at] if at < len(lines) else None
        return [*tags(bare(event)), *(tags(mine) if mine is not None else [])]


def target_of(attempt: Attempt, seq: int, line: str | int | None = None) -> Target:
    """The target at position ``seq``, or one ``line`` of it (``3``, ``guests/3``). An amendment of a line
    aims at that line. Raises :class:`NotFound`, and :class:`Refused` for one that
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
    part = event.envelope.line
    if line is None or part is not None:
        return Target(event, root, family, part)
    assert isinstance(root.event, Event)
    try:
        field, number = line_name(root.event, line)
    except Bad as bad:
        raise Usage(
            "第 {seq} 号事件{zh}|event {seq}: {en}", seq=seq, zh=bad.rule.zh, en=bad.rule.en
        ) from None
    if not 0 < number <= max(len(getattr(r.event, field, ())) for r in family):
        raise NotFound(
            "第 {seq} 号事件没有第 {line} 行|event {seq} has no line {line}", seq=seq, line=number
        )
    return Target(event, root, family, named(field, number))


def dead_of(target: Target, *more: int) -> set[int]:
    """The events of the family that are void, once those at ``more`` are."""
    return dead(target.family, more)


def void_already(target: Target) -> bool:
    """Tells if the event, or the line of it, that is aimed at is void."""
    if target.event.position in dead_of(target):
        return True
    if not target.takes_line:
        return False
    assert target.part is not None
    field, number = split_name(target.part)
    told = tell(statements(target.family), said)
    lines = () if told is None else getattr(told.event, field)
    return number > len(lines) or lines[number - 1] is None


def reads(attempt: Attempt, target: Target) -> None:
    """An amendment is off when anything else of the family, or of what it concerns, has moved, or
    when something has come to rest on it: on an entity whose life the fact is part of, anything.
    """
    name, entities = target.root.name, attempt.store.registry.entities
    for tag in target.tags:
        if not tag.startswith(AFTER):
            made = entities.get(tag.partition(":")[0])
            own = made is not None and type(target.root.event) in made.table.feeds
            attempt.notes.read(tag, set() if own else {name})
    attempt.notes.read(f"{AFTER}{target.root.position}", set())
