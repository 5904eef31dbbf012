"""Single values as people write them, by their fields' kinds and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taizhang.declarations.fields import FieldSpec
from taizhang.declarations.kinds import Bad, as_written
from taizhang.ledger.resolving import resolve, unfit
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Problem
from taizhang.words.labels import Label, clean
from taizhang.words.nearest import unknown


def held(
    said: str, fields: Mapping[str, Any], declared: Mapping[str, FieldSpec], **values: str
) -> None:
    """Raises :class:`Usage` for a field that is not declared.

    Args:
        said: its sentence (:func:`~taizhang.words.nearest.unknown`).
        fields: the fields that were given.
        declared: those that there are.
        values: for what else stands in the sentence.
    """
    labels = {name: spec.label for name, spec in declared.items()}
    for name in fields:
        if name not in declared:
            raise unknown(said, str(name), labels, **values)


def parse_plain(
    declared: Mapping[str, FieldSpec], fields: Mapping[str, Any], ledger: LedgerView
) -> tuple[dict[str, Any], list[Problem]]:
    """Values by name and what is wrong with the others. Empty texts count as not given; of fields that hold
    no lines."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, spec in declared.items():
        given = fields.get(name)
        if given is None or (isinstance(given, str) and not clean(given)):
            if spec.required:
                problems.append(Problem(name, spec.label, Label("必填", "is required")))
            continue
        try:
            values[name] = parse_value(spec, given, ledger)
        except Bad as bad:
            problems.append(Problem(name, spec.label, bad.rule, bad.candidates))
    return values, problems


def parse_value(spec: FieldSpec, given: Any, ledger: LedgerView) -> Any:
    """One value, by its field's kind and bounds. Raises :class:`~taizhang.declarations.kinds.Bad`.

    Args:
        spec: The field.
        given: What was given for it, a text or a value of JSON.
        ledger: Knows which names there are.
    """
    text = as_written(given, spec.kind)
    if spec.entity is not None:
        id = resolve(spec.entity, text, ledger, ended=spec.ended, wide=spec.wide)
        if (rule := unfit(ledger, spec, id)) is not None:
            raise Bad(rule)
        return id
    return spec.parse(text)
