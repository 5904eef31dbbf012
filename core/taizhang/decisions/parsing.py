"""From what people write to actions: names become ids, texts become values, all problems at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from taizhang.decisions.lines import MOST_OF_ACTION, parse_lines
from taizhang.decisions.requests import Request
from taizhang.decisions.values import held, parse_plain
from taizhang.decisions.values import parse_value as parse_value
from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import MAX_TEXT, Bad, DateKind, TextKind
from taizhang.isolation.boundary import labels
from taizhang.ledger.schema import physical, quoted
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Invalid, Problem
from taizhang.words.labels import Label, clean

ON = Label("日期", "date")

PARTIAL = re.compile(r"(\d{4})(?:-(0?[1-9]|1[0-2]))?")
"""A day of which only the year is known, or year and month."""

WORDS: dict[str, tuple[Label, int]] = {
    "reason": (Label("事由", "reason"), MAX_TEXT),
    "document": (Label("文号", "document"), 200),
    "cause": (Label("缘由", "cause"), 200),
    "actor": (Label("经办人", "actor"), 200),
}
"""The envelope's words that people give, and how many characters each may have."""


def parse_date(text: str | date) -> date:
    """A day as people write it; raises :class:`Invalid` naming the field."""
    if isinstance(text, date):
        return text
    try:
        return DateKind().parse(str(text))
    except Bad as bad:
        raise Invalid([Problem("on", ON, bad.rule)]) from None


def parse_on(text: str | date, opening: date | None) -> date:
    """The day of an action as people write it: of what is older than the books a year or a month is enough, and
    stands for its first day. Raises :class:`Invalid`.
    """
    found = None if isinstance(text, date) else PARTIAL.fullmatch(clean(str(text)))
    if found is not None and opening is not None:
        first = f"{found[1]}-{int(found[2] or 1):02d}-01"
        if first[: 7 if found[2] else 4] < opening.isoformat()[: 7 if found[2] else 4]:
            return parse_date(first)
    return parse_date(text)


def parse_word(name: str, text: Any) -> str | None:
    """A word of the envelope, cleaned as every text that people give; None when there is none.

    Raises :class:`Invalid` for what is not a text, or too long.
    """
    label, limit = WORDS[name]
    if text is None:
        return None
    if not isinstance(text, str):
        raise Invalid([Problem(name, label, Label("应为文字", "must be text"))])
    try:
        return TextKind(limit).parse(text) or None
    except Bad as bad:
        raise Invalid([Problem(name, label, bad.rule)]) from None


def parse_request(
    declaration: ActionDeclaration, request: Request, at: Callable[[date], LedgerView], today: date
) -> tuple[date, Action | Deed]:
    """The day and the action of a request; ``at`` gives the ledger of a day. Raises as
    :func:`parse_action`, with what is wrong with the day and the envelope's words among the problems.
    """
    problems: list[Problem] = []
    known_fields(declaration, request.fields)
    for name in ("reason", "document", "cause"):
        try:
            parse_word(name, getattr(request, name))
        except Invalid as error:
            problems += error.problems
    try:
        on = parse_on(request.on, at(today).registry.opening)
    except Invalid as error:
        problems += [*error.problems, *on_no_day(declaration.fields, request.fields, at(today))]
        raise Invalid(problems) from None
    try:
        action = parse_action(declaration, request.fields, at(on))
    except Invalid as error:
        raise Invalid([*problems, *error.problems]) from None
    if problems:
        raise Invalid(problems)
    return on, action


def on_no_day(
    declared: Mapping[str, FieldSpec], fields: Mapping[str, Any], ledger: LedgerView
) -> list[Problem]:
    """Tells what is wrong with the fields whatever the day may be: of references, what never was."""
    _, problems = parse_fields(declared, fields, ledger)
    return [
        p
        for p in problems
        if p.cell is None and not once_there(declared[p.field], fields.get(p.field), ledger)
    ]


def once_there(spec: FieldSpec, given: Any, ledger: LedgerView) -> bool:
    """Tells if a reference names something by its id or a name, on whichever day."""
    entity = spec.entity
    if entity is None or not isinstance(given, str) or not (text := clean(given)):
        return False
    table = quoted(physical(ledger.registry.entity(entity).table))
    if ledger.db.execute(f"SELECT 1 FROM {table} WHERE id = ?", (text,)).fetchone():
        return True
    return bool(ledger.called(entity, text) or ledger.ever_called(entity, text))


def known_fields(declaration: ActionDeclaration, fields: Mapping[str, Any]) -> None:
    """Raises :class:`Usage` for a field that the action does not have."""
    held(
        "操作 {action} 没有字段 {name}；它的字段是 {known}"
        "|{action} has no field {name}; its fields are {known}",
        fields,
        declaration.fields,
        action=declaration.name,
    )


def parse_action(
    declaration: ActionDeclaration, fields: Mapping[str, Any], ledger: LedgerView
) -> Action | Deed:
    """The action that ``fields`` describe, references looked up on the ledger's day.

    Values may be texts or what JSON gives (numbers, booleans). Raises :class:`Usage` for a field that
    the action does not have and :class:`Invalid` with every problem of the ones it has.
    """
    known_fields(declaration, fields)
    # Only an action that decides may take more lines than one event holds.
    most = None if issubclass(declaration.type, Deed) else MOST_OF_ACTION
    values, problems = parse_fields(declaration.fields, fields, ledger, most)
    if problems:
        raise Invalid(problems)
    action = declaration.type(**values)
    broken = [Problem("", declaration.label, rule) for rule in labels(action.check())]
    if broken:
        raise Invalid(broken)
    return action


def parse_fields(
    declared: Mapping[str, FieldSpec],
    fields: Mapping[str, Any],
    ledger: LedgerView,
    most: int | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """Values by name and what is wrong with the others. Empty texts count as not given.

    Args:
        declared: The fields.
        fields: What was given, by name.
        ledger: The ledger of the day, where names are looked up.
        most: The most lines of a field of lines, if not those of one event.
    """
    plain = {name: spec for name, spec in declared.items() if spec.line is None}
    values, problems = parse_plain(plain, fields, ledger)
    for name, spec in declared.items():
        if spec.line is not None and (given := fields.get(name)) is not None:
            values[name], wrong = parse_lines(spec, given, ledger, most=most)
            problems += wrong
        elif spec.line is not None and spec.required:
            problems.append(Problem(name, spec.label, Label("必填", "is required")))
    return values, sorted(problems, key=lambda p: list(declared).index(p.field))
