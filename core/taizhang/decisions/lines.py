"""Lines as people write them: ``王小明=出席``, objects of JSON, rows of a sheet; all problems at once.

A line that is one text gives its first field before the ``=`` and the others, in order, after it, divided by
commas: ``王小明=出席,迟到十分钟``. A part ``名称:值`` names its field, by label or by name, and leaves the order
as it is. Where a line is one field and that is no free text, one text may hold several lines, divided by
``,``, ``，`` or ``、``: ``支部党员大会,党课``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from taizhang.decisions.values import parse_plain
from taizhang.declarations.fields import Declared, FieldSpec, specs
from taizhang.declarations.kinds import Bad, TextKind
from taizhang.declarations.lines import line_fields
from taizhang.words.errors import Problem
from taizhang.words.labels import Label, clean, narrow

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

_PARTS = re.compile(r"[,，]")
_TERMS = re.compile(r"[,，、]")
_NAMED = re.compile(r"([^:：]+)[:：](.*)", re.DOTALL)

MOST_OF_ACTION = 100_000
"""The most lines of an action: it may yield several events."""


def parse_lines(
    spec: FieldSpec, given: Any, ledger: LedgerView, *, most: int | None = None
) -> tuple[tuple[Any, ...], list[Problem]]:
    """The lines of a field, and everything that is wrong with them.

    Args:
        spec: The field.
        given: A list of lines (objects, texts, or lines that are parsed already), or a text with one line on each of its lines.
        ledger: The ledger of the day, where names are looked up.
        most: The most lines, if not those of one event.

    Returns:
        The lines that parsed, and the problems of the others, each with the number of its line.
    """
    listed = _listed(given, divided(spec))
    if listed is None:
        return (), [
            Problem(spec.name, spec.label, Label("应为多行明细", "must be a list of lines"))
        ]
    most = spec.most if most is None else min(most, spec.high or most)
    if not spec.least <= len(listed) <= most:
        return (), [Problem(spec.name, spec.label, _bounds(len(listed), spec.least, most))]
    made: list[Any] = []
    problems: list[Problem] = []
    for number, one in enumerate(listed, 1):
        line, wrong = parse_line(spec, one, ledger, number)
        problems += wrong
        if line is not None:
            made.append(line)
    return tuple(made), problems


def divided(spec: FieldSpec) -> bool:
    """One text may hold several lines of a field: a term or a name has no comma in it, free text may."""
    assert spec.line is not None
    kinds = [inner.kind for inner in specs(spec.line).values()]
    return len(kinds) == 1 and type(kinds[0]) is not TextKind


def _listed(given: Any, apart: bool) -> list[Any] | None:
    if isinstance(given, Mapping):
        return [given]
    if isinstance(given, str):
        given = [line for line in given.splitlines() if clean(line)]
    if not isinstance(given, Sequence):
        return None
    if not apart:
        return list(given)
    parts = ([p for p in _TERMS.split(g) if clean(p)] if isinstance(g, str) else [g] for g in given)
    return [line for listed in parts for line in listed]


def _bounds(count: int, least: int, most: int) -> Label:
    if count < least:
        return Label(f"至少要有 {least} 行", f"must have at least {least} lines")
    return Label(
        f"最多 {most} 行，这里有 {count} 行", f"at most {most} lines are allowed, not {count}"
    )


def parse_line(
    spec: FieldSpec, given: Any, ledger: LedgerView, number: int
) -> tuple[Declared | None, list[Problem]]:
    """One line, or None with what is wrong with it; for a grid, which asks line by line.

    Args:
        spec: The field of lines.
        given: An object by names or labels, a text, or a line that is parsed already.
        ledger: The ledger of the day, where names are looked up.
        number: The number of the line, from 1; problems name it.
    """
    cls = spec.line
    assert cls is not None
    if isinstance(given, cls):
        return given, []
    try:
        said = given if isinstance(given, Mapping) else written(cls, given)
        fields = by_names(cls, said)
    except Bad as bad:
        return None, [in_line(spec, number, Problem("", Label("", ""), bad.rule))]
    values, problems = parse_plain(specs(cls), fields, ledger)
    if problems:
        return None, [in_line(spec, number, problem) for problem in problems]
    return cls(**values), []


def in_line(spec: FieldSpec, number: int, problem: Problem) -> Problem:
    """A problem of a line's field as one of the field of lines, with the number of the line."""
    where = Label(
        f"{spec.label.zh} 第 {number} 行 {problem.label.zh}".rstrip(),
        f"{spec.label.en} line {number} {problem.label.en}".rstrip(),
    )
    return replace(problem, field=spec.name, label=where, cell=(number, problem.field))


def written(cls: type[Declared], text: Any) -> dict[str, str]:
    """The fields of a line that is one text. Raises :class:`Bad` for what is none."""
    if not isinstance(text, str):
        raise Bad("应为对象或“名称=值”|must be an object or NAME=VALUE")
    names = list(specs(cls))
    first, equals, rest = text.partition("=")
    said = {names[0]: first}
    waiting = names[1:]
    for part in _PARTS.split(rest) if equals else ():
        named = _NAMED.fullmatch(part)
        name = None if named is None else _name(cls, named[1])
        if named is not None and name is not None:
            said[name] = named[2]
            waiting = [n for n in waiting if n != name]
        elif waiting:
            said[waiting.pop(0)] = part
        else:
            raise Bad(
                Label(f"多出“{clean(part)[:40]}”", f"has more than its fields: {clean(part)[:40]}")
            )
    return said


def by_names(cls: type[Declared], said: Mapping[Any, Any]) -> dict[str, Any]:
    """Fields given by name or by label, by name. Raises :class:`Bad` for one that a line does not have."""
    found: dict[str, Any] = {}
    for key, value in said.items():
        name = _name(cls, str(key))
        if name is None:
            labels = specs(cls)
            raise Bad(
                Label(
                    f"没有“{clean(str(key))[:40]}”这一项；有 {'、'.join(s.label.zh for s in labels.values())}",
                    f"has no {clean(str(key))[:40]}; it has {', '.join(labels)}",
                )
            )
        found[name] = value
    return found


def _name(cls: type[Declared], said: str) -> str | None:
    wanted = narrow(said).strip()
    for name, spec in specs(cls).items():
        if wanted in (name, spec.label.zh) or wanted.lower() == spec.label.en.lower():
            return name
    return None


def kept_numbers(old: Sequence[Any], new: Sequence[Any], most: int) -> tuple[Any, ...]:
    """New lines at the numbers of the old ones whose first reference is the same, None where one is gone.

    What has no reference, or no room, stands as it was given.
    """
    cls = next((type(line) for line in new), None)
    key = None if cls is None else next((n for n, s in specs(cls).items() if s.entity), None)
    if key is None or not any(line is not None for line in old):
        return tuple(new)
    waiting = list(new)
    placed: list[Any] = []
    for line in old:
        same = None if line is None else getattr(line, key)
        at = next(
            (i for i, n in enumerate(waiting) if same is not None and getattr(n, key) == same), None
        )
        placed.append(None if at is None else waiting.pop(at))
    placed += waiting
    while placed and placed[-1] is None:
        placed.pop()
    return tuple(placed) if len(placed) <= most else tuple(new)


def line_name(event: Declared, line: str | int) -> tuple[str, int]:
    """The field and the number that ``3`` or ``guests/3`` mean among the lines of an event; a number alone
    means the first field of lines. Raises :class:`Bad` for what is none.
    """
    fields = list(line_fields(type(event)))
    if not fields:
        raise Bad("没有明细行|has no lines")
    field, slash, number = narrow(str(line)).rpartition("/")
    field = field if slash else fields[0]
    if not number.isdecimal() or field not in fields:
        said = clean(str(line))[:40]
        form = "|".join(["N", *(f"{name}/N" for name in fields)])
        raise Bad(Label(f"没有 {said} 行；写成 {form}", f"has no line {said}; write {form}"))
    return field, int(number)


__all__ = ["divided", "kept_numbers", "line_name", "parse_line", "parse_lines"]
