"""A programme: what one community or one slice of the core declares.

A :class:`Programme` collects events, actions, tables, entities, checks, duties and figures under one
owner. It is data: nothing happens until the registry (:mod:`taizhang.declarations.registry`) takes it in. Names begin with their owner:
a programme ``liudai`` owns events ``liudai.lead_taken``, actions ``liudai.lead.take`` and tables
``liudai_leads``; the core's slices own their nouns (``member.registered``, ``members``).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.boards import Screened
from taizhang.declarations.checks import Check, Find, Tell
from taizhang.declarations.declared import (
    MOST_EVENTS,
    ActionDeclaration,
    EventDeclaration,
    Upcaster,
)
from taizhang.declarations.duty_declaring import Declaring
from taizhang.declarations.fields import Event, Row, specs
from taizhang.declarations.lines import line_fields
from taizhang.declarations.policies import Follow, Policy
from taizhang.declarations.settings import Configured
from taizhang.declarations.subjects import line_subject_fields, subject_fields
from taizhang.declarations.tables import Feed as Feed
from taizhang.declarations.tables import Table as Table
from taizhang.words.labels import Label

API = 1
"""Version of the programme interface; a programme names the one it was written for."""

DEFAULT_RANK = 50
"""Order among facts of one day: lower first. Founding is low, ending is high."""

R = TypeVar("R", bound=Row)
ActionType = TypeVar("ActionType", bound="type[Action] | type[Deed]")
EventType = TypeVar("EventType", bound="type[Event]")


class Programme(Declaring, Configured, Screened):
    """All declarations of one owner.

    ``id`` is lower-case ASCII; ``api`` the interface version it was written for; ``needs`` the ids of programmes
    whose entities it refers to. ``nouns`` is for the core's slices alone: the nouns whose names they own.
    """

    def __init__(
        self,
        id: str,
        label: str = "",
        *,
        api: int = API,
        needs: Sequence[str] = (),
        version: str = "0",
        nouns: Sequence[str] = (),
    ) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]{1,30}", id):
            raise ValueError(f"programme id {id!r}: 2 to 31 of a-z and 0-9, a letter first")
        super().__init__()
        self.id = id
        self.label = Label.of(label or id)
        self.api = api
        self.needs = tuple(needs)
        self.version = version
        self.nouns = tuple(nouns)
        self.code = ""
        """Hash of the source it was loaded from; set by the loader."""
        self.events: dict[str, EventDeclaration] = {}
        self.actions: dict[str, ActionDeclaration] = {}
        self.tables: dict[str, Table[Any]] = {}
        self.checks: list[Check] = []
        self.policies: list[Policy] = []
        self.feeds: list[tuple[str, type[Event], bool]] = []

    def feed(self, table: str, event: type[Event], *, clear: bool = False) -> None:
        """Feeds a table of another slice whose row class need not be known. For slices, which are projected as one.

        Args:
            table: the other slice's table, one of spans.
            event: sets the span of the fields with the same names.
            clear: the event clears it instead.

        Raises:
            ValueError: a programme may only feed its own tables.
        """
        if not self.nouns:
            raise ValueError(f"{self.id} may only feed its own tables")
        self.feeds.append((table, event, clear))

    def _name(self, name: str, joint: str = ".") -> str:
        if not self.nouns:
            return f"{self.id}{joint}{name}"
        if joint == "." and name.split(".")[0] not in self.nouns:
            raise ValueError(f"{self.id} does not own the noun of {name!r}")
        return name

    def _most(self, most: int) -> int:
        """Tells how many events an action may decide at once; a slice's as many as there are."""
        return sys.maxsize if self.nouns else most

    def _new(self, name: str, taken: Mapping[str, object]) -> str:
        if name in taken:
            raise ValueError(f"{self.id} declares {name} twice")
        return name

    def event(
        self,
        name: str,
        label: str,
        *,
        version: int = 1,
        rank: int = DEFAULT_RANK,
        upcasters: Mapping[int, Upcaster] | None = None,
        ends: str = "",
    ) -> Callable[[EventType], EventType]:
        """Decorates an :class:`Event` stored as ``owner.name@version``.

        Args:
            name: without the owner: ``lead_taken``; of a slice with its noun: ``member.moved``.
            label: how people call it, ``中文|English``.
            version: of the payload; a change of it is a new one.
            rank: order among facts of one day, lower first.
            upcasters: for each earlier version what makes its payload one of the next.
            ends: the field that refers to an entity whose life ends with it.
        """

        def register(cls: EventType) -> EventType:
            subject_fields(cls)
            if ends and specs(cls)[ends].entity is None:
                raise TypeError(f"{cls.__name__}.{ends} is no reference")
            line_subject_fields(cls)
            full = self._new(self._name(name), self.events)
            self.events[full] = EventDeclaration(
                full, version, Label.of(label), cls, self.id, rank, dict(upcasters or {}), ends
            )
            return cls

        return register

    def action(
        self, name: str, label: str, *, most: int = MOST_EVENTS
    ) -> Callable[[ActionType], ActionType]:
        """Decorates an :class:`Action` called ``owner.noun.verb`` (``noun.verb`` in the core).

        Args:
            name: without the owner of a programme's.
            label: how people call it, ``中文|English``.
            most: how many events a programme's may decide at once; a slice's as many as there are.
        """

        def register(cls: ActionType) -> ActionType:
            specs(cls)
            full = self._new(self._name(name), self.actions)
            self.actions[full] = ActionDeclaration(
                full, Label.of(label), cls, self.id, None, self._most(most)
            )
            return cls

        return register

    def deed(
        self, name: str, label: str, *, event: str = "", rank: int = DEFAULT_RANK
    ) -> Callable[[ActionType], ActionType]:
        """Decorates a :class:`Deed`.

        Args:
            name: how the action is called.
            label: how people call it, ``中文|English``.
            event: how what is recorded is stored, under the same label; left out where :meth:`event`
                decorates the class too, below, and says it by itself.
            rank: where it stands among the facts of one day, with ``event``.
        """

        def register(cls: ActionType) -> ActionType:
            if not issubclass(cls, Deed):
                raise TypeError(f"{cls.__name__} is not a Deed")
            if event:
                self.event(event, label, rank=rank)(cls)
            recorded = next((e for e in self.events.values() if e.type is cls), None)
            if recorded is None:
                raise TypeError(f"{cls.__name__} is stored as no event: say event=")
            full = self._new(self._name(name), self.actions)
            self.actions[full] = ActionDeclaration(
                full, Label.of(label), cls, self.id, recorded, self._most(MOST_EVENTS)
            )
            return cls

        return register

    def records(
        self, name: str, label: str, row: type[R], *, indexes: Sequence[tuple[str, ...]] = ()
    ) -> Table[R]:
        """Declares a table of records: one fact, one row.

        Args:
            name: without the owner's id.
            label: ``中文|English``.
            row: its columns.
            indexes: columns that are looked for together.
        """
        made = Table(name, Label.of(label), "record", row, self.id, (), indexes=tuple(indexes))
        return self._table(made)

    def spans(
        self,
        name: str,
        label: str,
        row: type[R],
        *,
        key: Sequence[str],
        within: Sequence[str] = (),
        ends_with: Sequence[str] = (),
        stands_in: str | None = None,
        indexes: Sequence[tuple[str, ...]] = (),
    ) -> Table[R]:
        """Declares a table of spans: one state at a time for each ``key``.

        Args:
            name: without the owner's id.
            label: ``中文|English``.
            row: its columns.
            key: the columns that say which timeline a row belongs to.
            within: reference columns whose entity has to live as long as the span does: a membership may not
                outlive its branch.
            ends_with: reference columns whose entity it may not outlive either, and with which it ends: whoever
                records that end records the event too that clears the span.
            stands_in: the kind of entity that the key, one column, refers to: whoever has a ``name`` in this
                table and no row in the kind's own is meant by references that are wide (:class:`RefKind`).
            indexes: columns that are looked for together.
        """
        return self._table(
            Table(
                name,
                Label.of(label),
                "span",
                row,
                self.id,
                tuple(key),
                within=tuple(dict.fromkeys((*within, *ends_with))),
                ends_with=tuple(ends_with),
                stands_in=stands_in,
                indexes=tuple(indexes),
            )
        )

    def folds(
        self,
        name: str,
        label: str,
        row: type[R],
        *,
        entity: str,
        prefix: str,
        title: str | None = "name",
        search: Sequence[str] = (),
        within: Sequence[str] = (),
        indexes: Sequence[tuple[str, ...]] = (),
    ) -> Table[R]:
        """Declares the table of an entity: each row is its state from ``since`` to ``until``.

        Args:
            name: without the owner's id.
            label: ``中文|English``; what people call the kind.
            row: its columns.
            entity: the kind; a programme's begins with its id.
            prefix: what ids begin with: ``m-…``.
            title: the column that people know an entity by.
            search: the columns to find it by.
            within: reference columns whose entity has to live as long.
            indexes: columns that are looked for together.

        Raises:
            ValueError: the kind does not begin with the programme's id, or title or search is masked.
        """
        if not self.nouns and not entity.startswith(self.id):
            raise ValueError(f"entity {entity!r} of {self.id} has to begin with {self.id}")
        fields = specs(row)
        title = title if title in fields else None
        if hidden := [c for c, s in fields.items() if c in (title, *search) and s.kind.masks]:
            raise ValueError(
                f"{self.id}: nobody is called or found by {hidden[0]}, which is masked"
            )
        return self._table(
            Table(
                name,
                Label.of(label),
                "fold",
                row,
                self.id,
                (entity,),
                entity=entity,
                prefix=prefix,
                title=title,
                search=tuple(search),
                within=tuple(within),
                indexes=tuple(indexes),
            )
        )

    def _table(self, table: Table[R]) -> Table[R]:
        if held := line_fields(table.row):
            raise TypeError(f"{table.row.__name__}.{next(iter(held))}: a row holds no lines")
        table.name = self._new(self._name(table.name, "_"), self.tables)
        table.foreign = not self.nouns
        if table.entity is not None and table.entity in {t.entity for t in self.tables.values()}:
            raise ValueError(f"{self.id} has two tables of {table.entity}")
        self.tables[table.name] = table
        return table

    def follows(self, event: str, label: str) -> Callable[[Follow], Follow]:
        """Decorates ``follow(ledger, event)``: events that follow from the one stored as ``event``, of
        whichever programme. They are recorded with it, listed in its preview under ``label``, and fall with
        it. It may also raise :class:`~taizhang.words.errors.Refused`.
        """

        def register(follow: Follow) -> Follow:
            self.policies.append(Policy(self.id, event, Label.of(label), follow))
            return follow

        return register

    def check(
        self,
        code: str,
        label: str,
        *,
        entity: str,
        hard: bool = True,
        reads: Sequence[str] | None = None,
        tell: Tell | None = None,
        asks: bool = True,
    ) -> Callable[[Find], Find]:
        """Decorates ``find(ledger, ids)``: yield ``(id, src)`` for each breach of the rule among
        the ``entity`` ids given, or among all when ``ids`` is None.

        Args:
            code: its name, to which the programme's id is put in front.
            label: the sentence for people, ``中文|English``.
            entity: the kind of entity that a breach is of.
            hard: whether a breach refuses the action, or asks for a reason.
            reads: every table that it looks at, also through computed columns, and ``personal`` where it
                looks at that itself. Then it is run only after actions that change one of them; the
                contract finds out what is missing here.
            tell: ``tell(ledger, id, src)`` gives what an action is told that a breach refuses: the facts,
                and what to do.
            asks: whether a breach that is not hard asks for a reason; what is only to be listed as found does not.
        """
        named = None if reads is None else frozenset(reads)

        def register(find: Find) -> Find:
            name, words = f"{self.id}.{code}", Label.of(label)
            self.checks.append(Check(name, words, entity, hard, self.id, find, named, tell, asks))
            return find

        return register
