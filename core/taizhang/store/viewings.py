"""Who looked at a person (查阅登记): a list beside the log, which the person's own record shows.

What counts as looking is to open somebody's page, to have telephone or ID numbers shown in full, and to
print somebody's own record; a name in a list does not. The list is ``viewings.jsonl`` in the store, a line
of JSON for each time: ``at`` (UTC), ``actor``, ``how``, ``subjects`` (``member:m-...``). It says nothing of a
person but an id, so an erasure leaves it. Nothing is written where the store is opened read-only, so there
pages are opened without a note, and no number is shown in full. Each line says which one stands before it, and a
seal how many there were (:mod:`taizhang_eventstore.seals.chained`), so that none can be taken away unnoticed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from taizhang.words.errors import Refused
from taizhang.words.labels import Label
from taizhang_eventstore.files import read
from taizhang_eventstore.seals.chained import add

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.declarations.registry import Registry

NAME = "viewings.jsonl"

How = Literal["page", "numbers", "record"]

MOST = 1 << 30
"""Bytes of the list at the most: ten million looks."""

HOW: dict[How, Label] = {
    "page": Label("打开页面", "opened the page"),
    "numbers": Label("看号码全文", "saw numbers in full"),
    "record": Label("打印本人记录", "printed the own record"),
}


TRACED: tuple[How, ...] = ("numbers", "record")
"""Looks that there are not without a trace."""


class Viewing(msgspec.Struct, frozen=True):
    """One time that somebody looked."""

    at: dt.datetime
    actor: str
    how: How
    subjects: tuple[str, ...]
    prev: str | None = None
    """The line before, as :mod:`taizhang_eventstore.seals.chained` says it; None in lines of before they were chained."""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Viewing).decode


class Viewings:
    """The list of one store. Reading makes nothing; a line that was cut short is passed over."""

    def __init__(self, root: Path, *, read_only: bool = False) -> None:
        self.path = root / NAME
        self.read_only = read_only

    def note(self, how: How, subjects: Iterable[str], actor: str, at: dt.datetime) -> None:
        """Adds that somebody looked, if at anybody.

        Args:
            how: In which way it was looked at.
            subjects: The persons, ``member:m-…``.
            actor: Who looked.
            at: When.

        Raises:
            StoreError: It cannot be written.
            Refused: What may not go without a trace, in a store that is opened read-only.
        """
        listed = tuple(sorted(set(subjects)))
        if listed and self.read_only and how in TRACED:
            raise Refused(
                "账册以只读方式打开，查阅无处可记，号码不显示全文"
                "|the store is open read-only: that you looked cannot be noted, so no number is shown in full"
            )
        if listed and not self.read_only:
            add(self.path, lambda prev: _encode(Viewing(at, actor, how, listed, prev)))

    def of(self, subject: str) -> list[Viewing]:
        """Reads who looked at a person, the latest last. Raises ``StoreError``."""
        wanted = _encode(subject)
        return [found for found in self._lines(wanted) if subject in found.subjects]

    def _lines(self, holding: bytes) -> Iterator[Viewing]:
        for line in (read(self.path, MOST) or b"").split(b"\n"):
            if holding in line:
                try:
                    yield _decode(line)
                except (msgspec.DecodeError, RecursionError):
                    continue


def in_rows(
    registry: Registry, table: Table[Any], rows: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """The persons whose numbers stand in rows of a table, as subjects, or what the rows are of where they name
    no person; none where it has no numbers.

    Args:
        registry: Knows whose rows they are.
        table: The table.
        rows: The rows.
    """
    if not any(spec.kind.masks for spec in table.shown_fields.values()):
        return
    columns = {n: s.entity for n, s in table.fields.items() if s.entity in registry.persons}
    if table.entity is not None and (table.entity in registry.persons or not columns):
        columns = {"id": table.entity}
    for row in rows:
        for name, kind in columns.items():
            if row.get(name):
                yield f"{kind}:{row[name]}"


def in_tags(registry: Registry, tags: Iterable[str]) -> Iterator[str]:
    """The persons that an event's tags name."""
    return (tag for tag in tags if tag.partition(":")[0] in registry.persons)


__all__ = ["HOW", "NAME", "How", "Viewing", "Viewings", "in_rows", "in_tags"]
