"""Corrections and voids in words: what they change of a fact, from what to what (``姓名 赵小龙 → 赵小隆``).

An amendment has the payload of a new registration, or none. What people want to know of it is the difference
between what its fact said just before and what it says with it; so it is told from these two, whatever was
amended: a correction changes, a void of it changes back, a void of a fact takes it away, a void of that
restores it. Numbers of people are masked, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.lines import split_name
from taizhang.ledger.lines import Told, said, statements, tell
from taizhang.ledger.naming import TOLD
from taizhang.ledger.view import LedgerView
from taizhang.readmodels import anew
from taizhang.readmodels.summaries import ARROW, content, reason_of, shown, summary, turned
from taizhang.words.labels import Label, clean
from taizhang_eventstore.log import Log
from taizhang_eventstore.recorded import Recorded

NOTHING = "–"
"""Stands for an empty value."""

LISTED = 5
"""Lines of one field that are told at most."""

_CORRECTS, _VOIDS = Label("更正", "correction of"), Label("作废", "void of")
_DATE = Label("日期", "date")
_RESTORED = Label("恢复", "restored:")
_SAME = Label("现有内容不变", "what holds stays the same")
_MORE = Label("另有 {n} 行", "{n} more lines")
_LINE = Label("第 {n} 行", "line {n}")


class Change(NamedTuple):
    """A change of a field: what a fact said before an amendment and says with it; None where it is void."""

    before: Told | None
    after: Told | None
    target: Recorded | None
    """The event that the amendment names: the fact, or an amendment of it."""


def change(log: Log, event: Recorded, pending: Iterable[Recorded] = ()) -> Change:
    """Tells what an amendment changes of its fact.

    Args:
        log: Where the fact and its amendments stand.
        event: The amendment, of the log or one that is only tried.
        pending: Events that are tried with it and are not in the log.

    Returns:
        The fact before and after it.
    """
    root, at = event.envelope.root, event.position
    first = None if root is None else log.get(root)
    family = [] if first is None else [first]
    family += log.read(tags=[f"fact:{root}"], until=at - 1)
    family += [
        p
        for p in pending
        if family and family[-1].position < p.position < at and p.envelope.root == root
    ]
    target = next((r for r in family if r.position == event.envelope.amends), None)
    before, after = (tell(statements(part), said) for part in (family, [*family, event]))
    return Change(before, after, target)


class _Words(NamedTuple):
    """The words in which values are said."""

    ledger: LedgerView
    language: str
    plain: bool
    one: bool
    """Only one line is amended, and which is said already."""

    def value(self, spec: FieldSpec, value: Any) -> str:
        """One value, or the sign that there is none."""
        return shown(spec, value, self.ledger, self.language, plain=self.plain) or NOTHING

    def turned(self, label: str, old: str, new: str) -> str:
        """Tells what stood there and what does."""
        return f"{label} {turned(old, new, self.language)}"

    def numbered(self, number: int) -> str:
        """A line by its number."""
        return _LINE.text(self.language).format(n=number)

    def fields(self, old: Any, new: Any) -> Iterator[str]:
        """The fields that differ; of fields of lines the lines that do."""
        for name, spec in specs(type(new)).items():
            one, other = getattr(old, name, None), getattr(new, name)
            if one == other:
                continue
            if spec.line is not None:
                yield from self.lines(spec, one or (), other)
            else:
                label = spec.label.text(self.language)
                yield self.turned(label, self.value(spec, one), self.value(spec, other))

    def subject(self, event: Any, but: Sequence[str]) -> str:
        """Names whom or what it is about: the first reference, unless what is told names it already."""
        for name, spec in specs(type(event)).items():
            value = getattr(event, name)
            if spec.entity is not None and value:
                text = self.value(spec, value)
                told = any(text == word for part in but for word in part.split(" "))
                return "" if told else f"{spec.label.text(self.language)} {text}"
        return ""

    def line(self, spec: FieldSpec, line: Any) -> str:
        """All of a line; the sign that there is none."""
        if line is None:
            return NOTHING
        return shown(spec, (line,), self.ledger, self.language, plain=self.plain)

    def lines(self, spec: FieldSpec, old: Sequence[Any], new: Sequence[Any]) -> Iterator[str]:
        """The lines that differ, each by its number."""
        most = max(len(old), len(new))
        pairs = [
            (n, old[n] if n < len(old) else None, new[n] if n < len(new) else None)
            for n in range(most)
        ]
        differing = [(n, a, b) for n, a, b in pairs if a != b]
        label = spec.label.text(self.language)
        for n, a, b in differing[:LISTED]:
            said = label if self.one else f"{label} {self.numbered(n + 1)}"
            yield self.turned(said, self.line(spec, a), self.line(spec, b))
        if len(differing) > LISTED:
            yield _MORE.text(self.language).format(n=len(differing) - LISTED)


def amended(
    log: Log,
    ledger: LedgerView,
    event: Recorded,
    language: str = "zh",
    names: Mapping[str, str] | None = None,
    *,
    plain: bool = False,
    pending: Iterable[Recorded] = (),
) -> str:
    """Any event on one line; an amendment by what it changes.

    Args:
        log: Where the fact and its amendments stand.
        ledger: That of the event's day.
        event: The event, of the log or one that is only tried.
        language: ``zh`` or ``en``.
        names: Stand for ids that no ledger holds yet.
        plain: Numbers of people are not masked.
        pending: Events that are tried with it and are not in the log.

    Returns:
        The words, its reason last.
    """
    lost = partial(_lost, log, ledger, language)
    if event.envelope.amends is None:
        old = anew.before(log, ledger, event)
        return summary(ledger, event, language, names, plain=plain, lost=lost, before=old)
    before, after, target = change(log, event, pending)
    words = _Words(ledger, language, plain, event.envelope.line is not None)
    told = before or after
    if told is None or (event.envelope.voids is None and event.event is None):
        return summary(ledger, event, language, names, plain=plain)
    parts: list[str] = []
    if event.envelope.voids is not None:
        parts.append(_taken(words, event, target, told))
    if before is not None and after is not None:
        parts += _turned(words, before, after)
    else:
        parts += [_RESTORED.text(language)] if before is None else []
        parts.append(content(ledger, told.whole, language, names, plain=plain, lost=lost))
    return clean("  ".join(filter(None, [*parts, reason_of(event, language)])))


def _lost(log: Log, ledger: LedgerView, language: str, entity: str, id: str) -> Sequence[str]:
    """Names what an entity was last called whose registration is void, so that no ledger has it; of what has
    no name the first things that were said of it.
    """
    declared = ledger.registry.entities.get(entity)
    if declared is None:
        return ()
    types = [ledger.registry.event_of[e].name for e in declared.table.feeds]
    said = [e.event for e in log.read(tags=[f"{entity}:{id}"], types=types) if e.event is not None]
    title = declared.table.title
    if title is not None:
        names = [getattr(event, title, None) for event in said]
        return next(([str(name)] for name in reversed(names) if name), ())
    found = [
        text
        for event in said[:1]
        for name, spec in specs(type(event)).items()  # type: ignore[arg-type]
        if (value := getattr(event, name)) != id
        and (text := shown(spec, value, ledger, language))
        and text != value
    ]
    return found[:TOLD]


def _taken(words: _Words, event: Recorded, target: Recorded | None, told: Told) -> str:
    """Tells what a void takes back: the fact by its label, before that which amendment of it; which line."""
    label = words.ledger.registry.event_of[type(told.event)].label.text(words.language)
    line = event.envelope.line
    parts = [label] if line is None else [label, words.numbered(split_name(line)[1])]
    if target is not None and target.envelope.amends is not None:
        verb = _VOIDS if target.envelope.voids is not None else _CORRECTS
        parts.insert(0, f"{verb.text(words.language)} #{target.envelope.amends}")
    return " ".join(parts)


def _turned(words: _Words, before: Told, after: Told) -> list[str]:
    days = before.version.envelope.on, after.version.envelope.on
    changed = list(words.fields(before.event, after.event))
    about = words.subject(after.event, changed)
    if days[0] != days[1]:
        changed.append(f"{_DATE.text(words.language)} {days[0]}{ARROW}{days[1]}")
    return [about, *(changed or [_SAME.text(words.language)])]


__all__ = ["amended", "change"]
