"""Categories (分类): schemes by which things are sorted, one category of each scheme at a time (五类党支部, 特色党小组).

Members have schemes of their own; this gives organisations, units, places or what a programme registers the like. What is not
sorted is in no row; another category takes the place of the one before, and what a scheme says on an earlier day stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from taizhang.declarations.actions import Action
from taizhang.declarations.fields import REQUIRED, Event, Row, field
from taizhang.declarations.kinds import Choice
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import (
    Fields,
    code_of,
    declared,
    ending,
    reference_of,
    stored_name,
)
from taizhang.words.labels import Label


def categories(
    programme: Programme,
    noun: str,
    label: str,
    subject: Any,
    schemes: Mapping[str, Sequence[str]],
    *,
    table: str = "",
) -> Table[Any]:
    """Declares schemes of categories of one kind of entity: a table, and the actions that sort one and take it out.

    Args:
        programme: whose schemes they are.
        noun: what actions call the entity: ``NOUN.sort`` and ``NOUN.unsort``.
        label: what people call one, ``中文|English``.
        subject: the kind of reference, ``Organisation`` or ``Unit`` say.
        schemes: the categories of each scheme, all ``中文|English``.
        table: the table's name, unless it is the noun with ``_categories``.

    Returns:
        The table: spans by entity and scheme.

    Raises:
        TypeError: ``subject`` is a person, whose schemes are the core's, or is no reference; a scheme has no category.
    """
    kind = reference_of(subject)
    if kind is None or kind.person:
        raise TypeError("categories are of things; those of members are the core's")
    empty = [name for name, choices in schemes.items() if not choices]
    if empty or not schemes:
        raise TypeError(f"the scheme {empty[0] if empty else noun} has no category")
    named = Label.of(label)
    known = {name.partition("|")[0]: tuple(choices) for name, choices in schemes.items()}
    every = tuple(dict.fromkeys(choice for choices in known.values() for choice in choices))
    of: Fields = {noun: (subject, field(label, default=REQUIRED))}
    scheme = field("分类办法|Scheme", choices=tuple(schemes), default=REQUIRED)
    category = field("类别|Category", choices=every, default=REQUIRED)
    columns: Fields = {**of, "scheme": (Choice, scheme), "category": (Choice, category)}
    sorted_ = programme.spans(
        table or f"{noun}_categories",
        f"{named.zh}分类|Categories: {named.en}",
        declared(Row, f"{noun.capitalize()}CategoryRow", "A category of one scheme.", columns),
        key=(noun, "scheme"),
        ends_with=(noun,),
    )
    sorted_.code = code_of(__file__)

    def check(said: Any) -> Iterator[str]:
        """The category is one of the scheme's."""
        choices = [choice.partition("|") for choice in known[said.scheme]]
        if said.category not in [zh for zh, _, _ in choices]:
            zh, en = "、".join(c[0] for c in choices), ", ".join(c[2] for c in choices)
            yield f"{said.scheme}的类别有{zh}|its categories are {en}"

    done = f"{named.zh}分类|Sort: {named.en}"
    event = declared(
        Event, f"{noun.capitalize()}Sorted", f"{done.replace('|', ': ')}.", columns, check=check
    )
    programme.event(stored_name(programme, noun, "sorted"), done)(event)

    def decide(action: Any, ledger: Ledger) -> Iterator[Event]:
        """As it stands."""
        yield action.becomes(event)

    sort = declared(
        Action,
        f"Sort{noun.capitalize()}",
        f"{done.replace('|', ': ')}.",
        columns,
        decide=decide,
        check=check,
    )
    programme.action(f"{noun}.sort", done)(sort)
    sorted_.sets(event)
    ending(
        programme,
        f"{noun}.unsort",
        f"取消{named.zh}分类|Take out of its category: {named.en}",
        event=stored_name(programme, noun, "unsorted"),
        clears=[sorted_],
    )
    return sorted_


__all__ = ["categories"]
