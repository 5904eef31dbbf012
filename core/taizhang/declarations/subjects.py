"""Subjects (主体): whom a personal text is about, and so under whose key it is sealed.

A personal field of an event belongs to the entity that one of the event's references names: the field
that ``about`` says, or else the first person, or else the first reference at all. It has to be one that
is always given, so that no text is without a subject. A reason is about the first person whom the event
concerns, or the person to whom the first entity belongs (a letter, an entry of service time), or else
about that entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taizhang.declarations.fields import Declared, FieldSpec, specs
from taizhang.declarations.kinds import RefKind

_FIELDS: dict[type, dict[str, str]] = {}


def is_person(spec: FieldSpec) -> bool:
    """Whether a field refers to a person."""
    return isinstance(spec.kind, RefKind) and spec.kind.person


def subject_fields(cls: type[Declared]) -> Mapping[str, str]:
    """For each personal field of an event the reference whose entity it is about.

    Raises TypeError for a personal field without a subject, and for one that is not text.
    """
    found = _FIELDS.get(cls)
    if found is None:
        fields = specs(cls)
        given = [s for s in fields.values() if s.entity is not None and not s.optional]
        given.sort(key=lambda spec: not is_person(spec))
        found = {}
        for name, spec in fields.items():
            if not spec.kind.personal:
                continue
            if spec.kind.sql != "TEXT" or spec.entity is not None:
                raise TypeError(f"{cls.__name__}.{name}: a personal field holds text")
            about = spec.about or (given[0].name if given else None)
            if about not in {s.name for s in given}:
                raise TypeError(
                    f"{cls.__name__}.{name} is personal: name with about= the reference, always "
                    "given, that it is about"
                )
            found[name] = about
        _FIELDS[cls] = found
    return found


def subjects_of(event: Any) -> dict[str, str]:
    """The subject, ``kind:id``, of each personal text that the event says."""
    fields = specs(type(event))
    return {
        name: f"{fields[about].entity}:{getattr(event, about)}"
        for name, about in subject_fields(type(event)).items()
        if getattr(event, name)
    }
