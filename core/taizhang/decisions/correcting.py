"""What corrections say: an event, or one line of it, with some fields given anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import structs

from taizhang.decisions.lines import in_line, kept_numbers
from taizhang.decisions.parsing import parse_fields
from taizhang.decisions.values import held
from taizhang.declarations.fields import Declared, Event, FieldSpec, specs
from taizhang.declarations.lines import bare, line_fields, text_at, with_texts, without_gaps
from taizhang.declarations.subjects import personal_names, subject_fields
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Invalid, Problem
from taizhang.words.labels import Label, clean
from taizhang_eventstore.personal.cipher import ERASED


def corrected(event: Event, fields: Mapping[str, Any], ledger: LedgerView) -> Event:
    """``event`` with some fields given anew, held to the same rules as an action.

    An empty text takes an optional field's value away.
    """
    declared = specs(type(event))
    held(
        "这条记录没有字段 {name}；它的字段是 {known}"
        "|this event has no field {name}; its fields are {known}",
        fields,
        declared,
    )
    values, problems = _anew(declared, fields, ledger)
    if problems:
        raise Invalid(problems)
    for name in line_fields(type(event)):
        if name in values:
            old = getattr(event, name)
            values[name] = kept_numbers(old, values[name], declared[name].most)
    made = type(event)(**{**{n: getattr(event, n) for n in declared}, **values})
    _holds(without_gaps(made), ledger)
    return made


def _anew(
    declared: Mapping[str, FieldSpec], fields: Mapping[str, Any], ledger: LedgerView
) -> tuple[dict[str, Any], list[Problem]]:
    """Values of the fields that are given anew, an empty text being the default, and what is wrong."""
    given = {n: v for n, v in fields.items() if v is not None and clean(str(v))}
    values, problems = parse_fields({n: declared[n] for n in given}, given, ledger)
    for name in fields:
        if name not in given:
            if declared[name].required:
                problems.append(Problem(name, declared[name].label, Label("必填", "is required")))
            else:
                values[name] = declared[name].default
    return values, problems


def _holds(event: Event, ledger: LedgerView) -> None:
    """Raises :class:`Invalid` for the rules among its fields that an event breaks."""
    label = ledger.registry.event_of[type(event)].label
    broken = [Problem("", label, Label.of(rule)) for rule in event.check()]
    if broken:
        raise Invalid(broken)


def corrected_line(
    event: Event, field: str, number: int, fields: Mapping[str, Any], ledger: LedgerView
) -> Event:
    """An event of one line, with some of the line's fields given anew, held to the same rules as an action.

    Args:
        event: The fact as it stands, its lines at their numbers.
        field: The field of lines.
        number: The number of the line, from 1.
        fields: What is given anew, by the names of the line's fields.
        ledger: The ledger of the fact's day, where names are looked up.

    Returns:
        What all lines share, without its texts about people, together with that line alone.

    Raises:
        Usage: For a field that a line does not have.
        Invalid: With every problem of the fields.
    """
    spec = specs(type(event))[field]
    lines = list(getattr(event, field))
    line: Declared = lines[number - 1]
    declared = specs(type(line))
    held(
        "明细行没有字段 {name}；它的字段是 {known}|a line has no field {name}; its fields are {known}",
        fields,
        declared,
    )
    values, problems = _anew(declared, fields, ledger)
    if problems:
        raise Invalid([in_line(spec, number, p) for p in problems])
    made = lines[number - 1] = structs.replace(line, **values)
    whole = without_gaps(structs.replace(event, **{field: tuple(lines)}))
    _holds(whole, ledger)
    shared = with_texts(bare(event), dict.fromkeys(subject_fields(type(event)), ""))
    return structs.replace(shared, **{field: (made,)})


def readable_lines(event: Event) -> Event:
    """The event without the texts of its lines that were erased: they cannot be said again."""
    names = [n for n in personal_names(event) if "/" in n and text_at(event, n) == ERASED]
    return with_texts(event, dict.fromkeys(names, ""))
