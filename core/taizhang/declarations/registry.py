"""The registry: all loaded programmes as one vocabulary, and the codec that knows their events.

A programme that is added has to be written for this interface, have what it needs, and collide with nobody:
the later of two owners of one name is refused and both are named. What else is asked of one before it is
taken in is :mod:`taizhang.loading.admission`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from taizhang.declarations.absent import Absent, whose
from taizhang.declarations.checks import Check
from taizhang.declarations.declared import ActionDeclaration, EventDeclaration, Upcaster
from taizhang.declarations.duties import Balance, Belonging, Duty, Figure
from taizhang.declarations.fields import Event, specs
from taizhang.declarations.hierarchy import Hierarchy
from taizhang.declarations.lines import line_fields
from taizhang.declarations.policies import Policy
from taizhang.declarations.programme import API, Programme, Table
from taizhang.declarations.settings import Misset
from taizhang.declarations.subjects import is_person
from taizhang.isolation.boundary import Misgiven
from taizhang.isolation.guard import Guard, stops
from taizhang.words.errors import Usage
from taizhang.words.labels import Label, clean, narrow
from taizhang.words.nearest import unknown
from taizhang_eventstore.codec import Codec

CORE = "core"
"""Name of the unit that projects all of the core's slices together."""

_TREE = "hierarchy"

LIFTING = "升级旧版本的事件|lifting an event of an older version"
"""What a programme's upcaster does."""

READING = "读取已存的事件|reading a stored event"
"""What fails where a programme's event is no longer what was stored under its version."""

VOIDED = "event.voided"
"""Stored name of the event that makes another one void; it has no fields of its own."""


_NO_ACTION = (
    "没有名为 {name} 的操作；{zh}|there is no action called {name}; {en}",
    "用 taizhang actions 查看全部|see taizhang actions",
)
_NO_TABLE = (
    "没有名为 {name} 的台账；{zh}|there is no table called {name}; {en}",
    "用 taizhang tables 查看全部|see taizhang tables",
)


class EntityDeclaration(Struct, frozen=True):
    """A kind of entity: its table holds one row per state."""

    kind: str
    label: Label
    prefix: str
    table: Table[Any]


class Clash(Usage):
    """Two owners claim one name; the later is refused."""


class _Labelled(Protocol):
    """Whatever people know by a label."""

    @property
    def label(self) -> Label: ...


D = TypeVar("D", bound=_Labelled)


def _labelled(word: str, known: Mapping[str, D]) -> D | None:
    """The one that bears a label. Raises :class:`Usage` where several do."""
    wanted = narrow(word).lower()
    found = {
        name: d
        for name, d in known.items()
        if wanted in (narrow(d.label.zh).lower(), narrow(d.label.en).lower())
    }
    if len(found) > 1:
        raise Usage(
            "不止一个叫“{word}”，请写名称：{names}|several are called {word}, write one of {names}",
            word=clean(word),
            names=", ".join(sorted(found)),
        )
    return next(iter(found.values()), None)


class Registry:
    """The vocabulary of all loaded programmes, looked up by name."""

    def __init__(self, programmes: Iterable[Programme] = ()) -> None:
        self.programmes: dict[str, Programme] = {}
        self.events: dict[str, EventDeclaration] = {}
        self.event_of: dict[type[Event], EventDeclaration] = {}
        self.actions: dict[str, ActionDeclaration] = {}
        self.tables: dict[str, Table[Any]] = {}
        self.entities: dict[str, EntityDeclaration] = {}
        self.checks: list[Check] = []
        self.duties: dict[str, Duty] = {}
        self.figures: dict[str, Figure] = {}
        self.balances: dict[str, Balance] = {}
        self.belongings: list[Belonging] = []
        self.policies: dict[str, list[Policy]] = {}
        """What follows from an event, by its stored name."""
        self.hierarchy: Hierarchy | None = None
        """The tree over which everything is counted, if a programme that is loaded declares one."""
        self.persons: set[str] = set()
        """The kinds of entity that are persons."""
        self.stand_ins: dict[str, Table[Any]] = {}
        """Tables that name those of a kind that have no row in its own."""
        self.settings: dict[tuple[str, str], Any] = {}
        """Values of settings, by programme and name, as the store has them."""
        self.absent: dict[str, Absent] = {}
        self.opening: date | None = None
        """The day on which the books of the store begin; None where that is not known."""
        """Programmes that were found and are not loaded, so that their names are said to be theirs."""
        self.misconfigured: list[Misset] = []
        """What the store's config.toml says of settings that does not do."""
        self.codec = Codec()
        self.guard = Guard()
        """How the code of programmes is called."""
        self.unlifted: dict[str, str] = {}
        """Programmes one of whose upcasters failed since they were loaded, with what is said of it: their
        tables would lack what the event says, so they are left empty."""
        self.codec.passes_over = self._passes_over
        for programme in programmes:
            self.fits(programme)
            self.add(programme)

    def fits(self, programme: Programme) -> None:
        """Raises :class:`Clash` or :class:`Usage` for a programme that cannot be added."""
        if programme.api != API:
            raise Usage(
                "插件 {id} 要求接口版本 {api}，本程序为 {ours}"
                "|programme {id} asks for interface version {api}, this is {ours}",
                id=programme.id,
                api=programme.api,
                ours=API,
            )
        for need in programme.needs:
            if need not in self.programmes:
                raise Usage(
                    "插件 {id} 需要 {need}，它没有载入|programme {id} needs {need}, which is not loaded",
                    id=programme.id,
                    need=need,
                )
        for table in programme.tables.values():
            if table.ends_with and table.clearing is None:
                raise Usage(
                    "台账 {table} 写了 ends_with，却没有只凭它的键就能结束一段的事件"
                    "|{table} has ends_with, and no event of its key alone clears it",
                    table=table.name,
                )
        if programme.id in self.programmes:
            raise Clash(
                "已有名为 {id} 的插件|a programme called {id} is loaded already", id=programme.id
            )
        taken: tuple[Mapping[str, Any], ...] = (
            self.events,
            self.actions,
            self.tables,
            self.duties,
            {**self.figures, **self.balances},
            {kind: entity.table for kind, entity in self.entities.items()},
            {_TREE: self.hierarchy} if self.hierarchy is not None else {},
        )
        declared: tuple[Mapping[str, Any], ...] = (
            programme.events,
            programme.actions,
            programme.tables,
            programme.duties,
            {**programme.figures, **programme.balances},
            {t.entity: t for t in programme.tables.values() if t.entity is not None},
            {_TREE: programme.tree} if programme.tree is not None else {},
        )
        for ours, theirs in zip(taken, declared, strict=True):
            for name in theirs:
                if name in ours:
                    raise Clash(
                        "{name} 已属于 {first}，拒绝 {second}"
                        "|{name} belongs to {first} already, {second} is refused",
                        name=name,
                        first=ours[name].owner,
                        second=programme.id,
                    )

    def add(self, programme: Programme) -> None:
        """Adds a programme that has been found to :meth:`fit <fits>`."""
        for declaration in programme.events.values():
            self.codec.register(
                declaration.name,
                declaration.version,
                declaration.type,
                owner=programme.id,
                upcasters={
                    version: self._watched(programme.id, lift)
                    for version, lift in declaration.upcasters.items()
                },
            )
        self.programmes[programme.id] = programme
        self.events.update(programme.events)
        self.event_of.update({d.type: d for d in programme.events.values()})
        self.actions.update(programme.actions)
        self.tables.update(programme.tables)
        self.checks.extend(programme.checks)
        self.duties.update(programme.duties)
        self.figures.update(programme.figures)
        self.balances.update(programme.balances)
        self.belongings.extend(programme.belongings)
        for policy in programme.policies:
            self.policies.setdefault(policy.event, []).append(policy)
        self.hierarchy = self.hierarchy or programme.tree
        for table in programme.tables.values():
            if table.stands_in is not None:
                self.stand_ins.setdefault(table.stands_in, table)
            if table.entity is not None:
                self.entities[table.entity] = EntityDeclaration(
                    table.entity, table.label, table.prefix, table
                )
        declared_types = [d.type for d in programme.events.values()]
        lines = [line for cls in declared_types for line in line_fields(cls).values()]
        for cls in (*declared_types, *lines, *(t.row for t in programme.tables.values())):
            self.persons |= {str(s.entity) for s in specs(cls).values() if is_person(s)}
        for name, event, clear in programme.feeds:
            table = self.tables[name]
            if event not in table.feeds:
                if clear:
                    table.clears(event)
                else:
                    table.sets(event)

    def _watched(self, owner: str, lift: Upcaster) -> Upcaster:
        """An upcaster that leaves a mark if it does not come back; what it raises is the codec's matter."""

        def lifted(payload: dict[str, Any]) -> dict[str, Any]:
            with self.guard.watching(owner, LIFTING):
                return lift(payload)

        return lifted

    def _passes_over(self, name: str, version: int, position: int, error: BaseException) -> bool:
        """An event that cannot be read stays listed. Its programme is to blame: an upcaster failed, or the
        event was changed without a new version, so that what is stored of this one is something else.
        """
        owner = self.codec.owner(name)
        if owner is None or stops(error) or not self.guard.knows(owner):
            return isinstance(error, Exception)
        if owner not in self.unlifted:
            newest = self.codec.version(name)
            if version == newest:
                error = Misgiven(_changed(name, version, error))
            doing = LIFTING if version < newest else READING
            self.unlifted[owner] = self.guard.note(owner, doing, error, position).said()
        return True

    def unit_of(self, owner: str) -> str:
        """The projection unit of a programme: the core's slices are one unit, others their own."""
        programme = self.programmes[owner]
        return CORE if programme.nouns else owner

    def units(self) -> dict[str, list[Table[Any]]]:
        """The tables of each projection unit."""
        made: dict[str, list[Table[Any]]] = {}
        for table in self.tables.values():
            made.setdefault(self.unit_of(table.owner), []).append(table)
        return made

    def action(self, name: str) -> ActionDeclaration:
        """The action with this name or label, or :class:`Usage` with the nearest."""
        found = self.actions.get(name) or _labelled(name, self.actions)
        if found is None:
            raise self._missing(name, ".", _NO_ACTION, self.actions)
        return found

    def table(self, name: str) -> Table[Any]:
        """The table called ``name``, or :class:`Usage` with the nearest."""
        found = self.tables.get(name)
        if found is None:
            raise self._missing(name, "_", _NO_TABLE, self.tables)
        return found

    def table_called(self, word: str) -> Table[Any]:
        """The table that people mean by its name or label. Raises :class:`Usage`."""
        return self.tables.get(word) or _labelled(word, self.tables) or self.table(word)

    def _missing(
        self, name: str, mark: str, said: tuple[str, str], known: Mapping[str, _Labelled]
    ) -> Usage:
        """Makes the refusal that there is no ``name``, and whose it is if that programme is only not loaded."""
        owner = whose(self.absent, name, mark)
        if owner is None:
            rest, near = Label.of(said[1]), {n: d.label for n, d in known.items()}
        else:
            rest, near = owner.sentence, {}
        return unknown(said[0], name, near, zh=rest.zh, en=rest.en)

    def setting(self, owner: str, name: str) -> Any:
        """The value of a programme's setting: the store's, or the default."""
        declared = self.programmes[owner].settings[name]
        return self.settings.get((owner, name), declared.spec.default)

    def entity(self, kind: str) -> EntityDeclaration:
        """The entity kind, or :class:`Usage` when its programme is not loaded."""
        found = self.entities.get(kind)
        if found is None:
            raise Usage("没有 {kind} 这类对象|there is no entity kind {kind}", kind=kind)
        return found

    def references(self, kind: str) -> list[tuple[Table[Any], str]]:
        """Every ``(table, column)`` that refers to entities of ``kind``."""
        return [
            (table, name)
            for table in self.tables.values()
            for name, spec in specs(table.row).items()
            if spec.entity == kind
        ]

    def make_event(self, name: str, fields: Mapping[str, Any]) -> Event:
        """An event by its stored name, for slices that do not know each other's classes."""
        return self.events[name].type(**fields)


def _changed(name: str, version: int, error: BaseException) -> str:
    """Says what an author has to write who changed an event without a new version."""
    zh = f"{name}@{version} 存的与现在的字段不符（{error}）：字段改了要升版本，写"
    en = f"what is stored as {name}@{version} does not fit its fields: changed fields need a new version"
    return f"{zh} version={version + 1}, upcasters={{{version}: …}} / {en}"


__all__ = ["CORE", "VOIDED", "Clash", "EntityDeclaration", "Registry"]
