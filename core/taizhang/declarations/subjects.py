"""Subjects (主体): whom a personal text is about, and so under whose key it is sealed.

A personal field of an event belongs to the entity that one of the event's references names: the field
that ``about`` says, or else the first person, or else the first reference at all. It has to be one that
is always given, so that no text is without a subject. In a line of an event the same rule is applied to
the line's own references, and where it has none to the event's. A reason is about the first person whom the event
concerns, or the person to whom the first entity belongs (a letter, an entry of service time), or else
about that entity.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taizhang.declarations.fields import Declared, FieldSpec, specs
from taizhang.declarations.kinds import RefKind
from taizhang.declarations.lines import line_fields, named, text_at

_FIELDS: dict[type, dict[str, str]] = {}
_LINES: dict[type, dict[str, dict[str, tuple[str, bool]]]] = {}


def is_person(spec: FieldSpec) -> bool:
    """Tells if a field refers to a person."""
    return isinstance(spec.kind, RefKind) and spec.kind.person


def subject_fields(cls: type[Declared]) -> Mapping[str, str]:
    """For each personal field of an event the reference whose entity it is about.

    Raises TypeError for a personal field without a subject, and for one that is not text.
    """
    found = _FIELDS.get(cls)
    if found is None:
        given = _given(cls)
        found = {}
        for name, spec in specs(cls).items():
            if spec.kind.personal:
                found[name] = _about(cls, spec, given)
        _FIELDS[cls] = found
    return found


def line_subject_fields(cls: type[Declared]) -> Mapping[str, Mapping[str, tuple[str, bool]]]:
    """For each field of lines the personal fields of a line: the reference that each is about, and whether
    that is one of the line's. Raises as :func:`subject_fields`.
    """
    found = _LINES.get(cls)
    if found is None:
        found = {}
        for field, line in line_fields(cls).items():
            own = _given(line)
            names = {
                name for name in specs(line) if specs(line)[name].about in (None, *specs(line))
            }
            found[field] = {
                name: (
                    _about(line, spec, own if own and name in names else _given(cls)),
                    bool(own and name in names),
                )
                for name, spec in specs(line).items()
                if spec.kind.personal
            }
        _LINES[cls] = found
    return found


def _given(cls: type[Declared]) -> list[FieldSpec]:
    """The references that are always given, persons first."""
    given = [s for s in specs(cls).values() if s.entity is not None and not s.optional]
    return sorted(given, key=lambda spec: not is_person(spec))


def _about(cls: type[Declared], spec: FieldSpec, given: list[FieldSpec]) -> str:
    if spec.kind.sql != "TEXT" or spec.entity is not None:
        raise TypeError(f"{cls.__name__}.{spec.name}: a personal field holds text")
    about = spec.about or (given[0].name if given else None)
    if about is None or about not in {s.name for s in given}:
        raise TypeError(
            f"{cls.__name__}.{spec.name} is personal: name with about= the reference, always "
            "given, that it is about"
        )
    return about


def personal_names(event: Any) -> list[str]:
    """The names of the personal texts that an event says, those of its lines as ``attendance/3/note``."""
    cls = type(event)
    names = [name for name in subject_fields(cls) if getattr(event, name)]
    for field, own in line_subject_fields(cls).items():
        if own:
            names += [
                f"{named(field, number)}/{name}"
                for number, line in enumerate(getattr(event, field), 1)
                if line is not None
                for name in own
                if getattr(line, name)
            ]
    return names


def subjects_of(event: Any) -> dict[str, str]:
    """The subject, ``kind:id``, of each personal text that the event or one of its lines says."""
    return {name: _subject(event, name) for name in personal_names(event)}


def _subject(event: Any, name: str) -> str:
    field, _, rest = name.partition("/")
    if not rest:
        about, holder = subject_fields(type(event))[field], event
    else:
        number, _, own = rest.partition("/")
        about, inside = line_subject_fields(type(event))[field][own]
        holder = text_at(event, field)[int(number) - 1] if inside else event
    return f"{specs(type(holder))[about].entity}:{getattr(holder, about)}"
