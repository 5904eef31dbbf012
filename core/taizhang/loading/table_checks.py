"""Tables as SQLite has to take them (台账的查验): columns, keys, indexes and names, before anything is made of them.

What is wrong here would otherwise show as an error of SQL in the midst of a command that has nothing to do with
the programme.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from taizhang.declarations.fields import Declared, FieldSpec, specs
from taizhang.declarations.kinds import ChoiceKind
from taizhang.declarations.lines import line_fields
from taizhang.loading.trouble import Trouble
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.programme import Programme, Table
    from taizhang.loading.trouble import Examined

MOST_FIELDS = 200
"""Fields of one declaration. SQLite takes some 2,000 columns, and nobody reads so many."""

_OWN = {
    "record": ("src", "seq", "on_date", "gone", "line"),
    "span": ("src", "seq", "since", "until", "rank", "gap", "problem", "gone", "line"),
}
"""Columns of the ledger's own, by the shape of the table; a fold's are those of a span, and ``id``."""

_BESIDE = re.compile(r"_(all|history|line|problem|by_.*|history_.*)")
"""What is put behind a table's name for what stands beside it in the file."""


def tables(it: Examined) -> Iterator[Trouble]:
    """Tables can be made as they are declared, and their keys and indexes name columns that are there."""
    id = it.programme.id
    names = list(it.programme.tables)
    for table in it.programme.tables.values():
        for what in _wrong(table, names):
            yield Trouble("tables", id, table.name, what)
    for cls, name in _declared(it.programme):
        if len(specs(cls)) > MOST_FIELDS:
            yield Trouble("tables", id, name, _many(len(specs(cls))))


def _many(count: int) -> Label:
    return Label(
        f"有 {count:,} 个字段，最多 {MOST_FIELDS}", f"has {count:,} fields, {MOST_FIELDS} at most"
    )


def _wrong(table: Table[Any], names: Iterable[str]) -> Iterator[Label]:
    fields = specs(table.row)
    own = (
        *_OWN["record" if table.shape == "record" else "span"],
        *(["id"] if table.entity else []),
    )
    if len(fields) > MOST_FIELDS:
        yield _many(len(fields))
    seen = {name: name for name in own}
    for name in (*fields, *table.computed):
        first = seen.setdefault(name.lower(), name)
        if first != name or name in own:
            yield Label(
                f"列 {name} 与 {first} 只差大小写或重名，数据库分不开",
                f"the column {name} is the same as {first} to the database",
            )
    for name in names:
        if name != table.name and _BESIDE.fullmatch(name.removeprefix(table.name)):
            yield Label(
                f"名称 {name} 是 {table.name} 自己要用的",
                f"{table.name} itself uses the name {name}",
            )
    yield from _named(table)


def _named(table: Table[Any]) -> Iterator[Label]:
    """Columns that are named by text."""
    fields = specs(table.row)
    there = {*fields, *table.key_columns}
    asked: tuple[tuple[str, Iterable[str], Iterable[str]], ...] = (
        ("key", table.key if table.entity is None else (), fields),
        ("search", table.search, fields),
        ("indexes", (c for i in table.indexes for c in i), {*there, *_timed(table)}),
        ("within", table.within, (n for n, s in fields.items() if s.entity)),
    )
    for what, columns, known in asked:
        known = set(known)
        for column in columns:
            if column not in known:
                yield Label(
                    f"{what} 里的 {column} 不是它的{'引用' if what == 'within' else ''}列",
                    f"{column} in {what} is no {'reference' if what == 'within' else 'column'} of it",
                )
    if table.shape == "span" and not table.key:
        yield Label("没有 key", "it has no key")


def _timed(table: Table[Any]) -> tuple[str, ...]:
    return _OWN["record" if table.shape == "record" else "span"][1:]


def references(it: Examined) -> Iterator[Trouble]:
    """Checks that what a field refers to is there."""
    kinds = {*it.registry.entities, *(t.entity for t in it.programme.tables.values())}
    for name, spec in _fields(it):
        if spec.entity is not None and spec.entity not in kinds:
            near = get_close_matches(spec.entity, [k for k in kinds if k], 1)
            zh, en = (f"；是否想写 {near[0]}", f"; did you mean {near[0]}?") if near else ("", "")
            what = Label(
                f"没有 {spec.entity} 这类对象{zh}", f"there is no entity {spec.entity}{en}"
            )
            yield Trouble("references", it.programme.id, name, what)
    for check in it.programme.checks:
        if check.entity not in kinds:
            what = Label(f"没有 {check.entity} 这类对象", f"there is no entity {check.entity}")
            yield Trouble("references", it.programme.id, check.code, what)


def unused(it: Examined) -> Iterator[Trouble]:
    """A choice has choices and an event feeds a table: an author who forgets it is told."""
    if it.programme.nouns:
        return  # slices feed one another's tables, and have events that are read by other means
    id, fed = it.programme.id, {e for t in it.programme.tables.values() for e in t.feeds}
    for name, spec in _fields(it, rows=False):
        if type(spec.kind) is ChoiceKind and not spec.choices:
            yield Trouble("unused", id, name, Label("没有写 choices", "it has no choices"))
    for event in it.programme.events.values():
        if event.type not in fed:
            what = Label("它不进任何台账", "the event feeds no table")
            yield Trouble("unused", id, event.name, what)


def _declared(programme: Programme) -> Iterator[tuple[type[Declared], str]]:
    yield from ((event.type, event.name) for event in programme.events.values())
    yield from ((action.type, action.name) for action in programme.actions.values())


def _fields(it: Examined, *, rows: bool = True) -> Iterator[tuple[str, FieldSpec]]:
    """Every field that is declared, with where it stands; those of lines too."""
    declared: dict[type[Declared], str] = {}
    for cls, name in _declared(it.programme):
        declared.setdefault(cls, name)
    if rows:
        declared.update((t.row, t.name) for t in it.programme.tables.values())
    for cls, name in list(declared.items()):
        declared.update((line, f"{name}.{field}") for field, line in line_fields(cls).items())
    for cls, name in declared.items():
        for field, spec in specs(cls).items():
            yield f"{name}.{field}", spec
