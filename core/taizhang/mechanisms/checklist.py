"""Checklists: some or all of several named things, each so often, by everybody obliged in every window.

The five ones (五个一) of a mobile member in a year are one: a Party paper taken, a lesson heard, a good deed done.
:func:`checklist` declares it for a programme: the table of what was done, the deed that records it, and the duty, which
tells of everybody what is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from taizhang.declarations.actions import Deed
from taizhang.declarations.duties import Counting, Duty, Per, Selection
from taizhang.declarations.fields import REQUIRED, Row, field
from taizhang.declarations.kinds import Choice
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import code_of, declared, deed_of, reference_of
from taizhang.words.labels import Label


class Checklist(Struct, frozen=True):
    """The declarations of a checklist: its table, its deed and its duty."""

    table: Table[Any]
    deed: type[Deed]
    duty: Duty


def checklist(
    programme: Programme,
    noun: str,
    label: str,
    subject: Any,
    items: Sequence[str],
    *,
    called: str,
    who: Selection,
    per: Per,
    since: date,
    until: date | None = None,
    at_least: int = 1,
    enough: int | None = None,
    does: str = "",
    source: str = "",
    soon: int = 14,
) -> Checklist:
    """Declares a checklist. Its table and its duty are ``noun`` with an s, its action ``noun.do``.

    Args:
        programme: whose checklist it is.
        noun: one thing that was done, as actions and events call it.
        label: how people call the whole, ``中文|English``.
        subject: the type of reference of those who do it, such as ``Member``.
        items: the things, pairs.
        called: how people call one of the subjects, a pair.
        who: who has to do them.
        per: the window in which they are to be done.
        since: the first day on which the duty holds.
        until: the day from which on it does not; None for no end.
        at_least: how often each is to be done in a window.
        enough: how many of the things are enough; all of them unless it says a number.
        does: how people call recording one, a pair.
        source: a code of the list of sources.
        soon: days before the end of a window from which on it is due soon.

    Raises:
        TypeError: the subject is no reference, two things bear one name, or ``enough`` is more than there are.
    """
    kind = reference_of(subject)
    terms = [Label.of(item).zh for item in items]
    if kind is None:
        raise TypeError(f"{programme.id}.{noun}: the subject of a checklist is a reference")
    if len(set(terms)) < len(terms):
        raise TypeError(f"{programme.id}.{noun}: two things of a checklist bear one name")
    if enough is not None and not 1 <= enough <= len(terms):
        raise TypeError(f"{programme.id}.{noun}: enough= is 1 to {len(terms)}")
    words = Label.of(label)
    fields: Mapping[str, tuple[Any, Any]] = {
        kind.entity: (subject, field(called, default=REQUIRED, ended=True)),
        "item": (Choice, field("事项|Item", choices=items, default=REQUIRED)),
    }
    name = "".join(part.capitalize() for part in noun.split("_"))
    doc = f"A thing of {words.en.lower()} was done."
    table = programme.records(f"{noun}s", label, declared(Row, f"{name}Row", doc, dict(fields)))
    table.code = code_of(__file__)
    said = does or f"记{words.zh}|Record {words.en.lower()}"
    deed = deed_of(programme, table, f"{noun}.do", said, event=f"{noun}_done")
    duty = programme.duty(
        f"{noun}s",
        label,
        who=who,
        counts=Counting(table.name, kind.entity),
        each="item",
        enough=enough,
        at_least=at_least,
        per=per,
        since=since,
        until=until,
        source=source,
        soon=soon,
    )
    return Checklist(table, deed, duty)


__all__ = ["Checklist", "checklist"]
