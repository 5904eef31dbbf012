"""Forms: an action's fields as JSON schema, and as what a screen needs to ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taizhang.decisions.parsing import ON, parse_date, parse_value
from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import Bad
from taizhang.words.errors import Invalid, Problem
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

ENVELOPE_FIELDS: dict[str, Label] = {
    "on": ON,
    "reason": Label("事由", "reason"),
    "document": Label("文号", "document"),
}


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of a form: ``widget`` is text, date, number, yes, choice or pick (of ``entity``)."""

    name: str
    label: Label
    widget: str
    required: bool
    default: str
    choices: tuple[Label, ...]
    entity: str | None
    help: Label | None
    spec: FieldSpec | None = None


def form_fields(action: ActionDeclaration) -> list[FormField]:
    """The questions of an action's form, in order; the day, reason and document are the envelope's."""
    return [
        FormField(
            name,
            spec.label,
            spec.kind.widget,
            spec.required,
            "" if spec.required or spec.default is None else spec.show(spec.default),
            spec.choices,
            spec.entity,
            spec.help,
            spec,
        )
        for name, spec in action.fields.items()
    ]


def check_field(spec: FieldSpec, text: str, ledger: LedgerView) -> Problem | None:
    """Says what is wrong with one field as it stands, for validation while typing.

    Args:
        spec: The field.
        text: What stands in it.
        ledger: Knows which names there are.
    """
    if not text.strip():
        return (
            Problem(spec.name, spec.label, Label("必填", "is required")) if spec.required else None
        )
    try:
        parse_value(spec, text, ledger)
    except Bad as bad:
        return Problem(spec.name, spec.label, bad.rule, bad.candidates)
    return None


def check_on(text: str) -> Problem | None:
    """Says what is wrong with the form's day."""
    try:
        parse_date(text)
    except Invalid as error:
        return error.problems[0]
    return None


def action_schema(action: ActionDeclaration, language: str = "zh") -> dict[str, Any]:
    """JSON schema of an action: its fields, and ``on`` with the envelope's other words."""
    properties: dict[str, Any] = {
        name: spec.schema(language) for name, spec in action.fields.items()
    }
    for name, label in ENVELOPE_FIELDS.items():
        kind = {"type": "string", "format": "date"} if name == "on" else {"type": "string"}
        properties[name] = {"title": label.text(language), **kind}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": action.label.text(language),
        "type": "object",
        "properties": properties,
        "required": [name for name, spec in action.fields.items() if spec.required],
        "additionalProperties": False,
    }
