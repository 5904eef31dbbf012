"""Lists to choose from: actions, entities, commands; found by label, name, pinyin or initials."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from taizhang.declarations.belonging import Way, ways
from taizhang.declarations.declared import ActionDeclaration
from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.registry import Registry
from taizhang.ledger.resolving import fitting
from taizhang.ledger.schema import quoted
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.tables import displayed
from taizhang.words.pinyin import search_terms
from taizhang.words.spelling import spelled

TOLD = 3
"""Things said of what has no name, in place of one."""

MOST = 200
"""Entities offered at once; typing narrows them."""


class Item(Struct, frozen=True):
    """One thing to choose: its key, what it is called, where it belongs, what else finds it."""

    key: str
    text: str
    hint: str = ""
    words: str = ""


Provider = Callable[[str], Sequence[Item]]


def matching(items: Sequence[Item]) -> Provider:
    """A provider over a fixed list: every typed word must begin a word, or be part of the text.

    What begins with the first of them, written or by sound, comes first.
    """
    terms: dict[str, str] = {}

    def words_of(item: Item) -> str:
        found = terms.get(item.key)
        if found is None:
            found = terms[item.key] = f" {search_terms(item.text)} {item.words} {item.hint}".lower()
        return found

    def provide(text: str) -> Sequence[Item]:
        typed = [spelled(word) for word in text.split()]
        if not typed:
            return items
        found = [
            i
            for i in items
            if all(f" {w}" in words_of(i) or w in spelled(f"{i.text} {i.words}") for w in typed)
        ]
        return sorted(found, key=lambda i: not begins(i, typed[0]))

    def begins(item: Item, word: str) -> bool:
        # The first two terms are the whole text by sound and its initials.
        return any(t.startswith(word) for t in (spelled(item.text), *words_of(item).split()[:2]))

    return provide


def subjects_first(registry: Registry) -> list[str]:
    """The kinds of entity that a screen is mostly about: persons, then what the hierarchy is made of."""
    tree = registry.hierarchy
    return [*sorted(registry.persons), *([tree.kind] if tree is not None else [])]


def actions_for(registry: Registry, entities: Sequence[str]) -> list[ActionDeclaration]:
    """All actions, those that are about the entities in view first."""

    def rank(action: ActionDeclaration) -> tuple[int, int]:
        fields = list(action.fields.values())
        for place, kind in enumerate(entities):
            for i, spec in enumerate(fields):
                if spec.entity == kind:
                    return place, i if spec.required else 10 + i
        indirect = any(
            spec.entity is not None
            and any(
                s.entity in entities for s in specs(registry.entity(spec.entity).table.row).values()
            )
            for spec in fields[:1]
        )
        return (len(entities) if indirect else len(entities) + 1), 0

    return sorted(registry.actions.values(), key=rank)


def action_items(actions: Sequence[ActionDeclaration], language: str) -> list[Item]:
    """Actions as things to choose."""
    return [Item(a.name, a.label.text(language), a.name, a.label.en) for a in actions]


def entities(
    ledger: LedgerView, kind: str, language: str, spec: FieldSpec | None = None
) -> Provider:
    """A provider over the living entities of a kind, with where each belongs.

    Only those that fit a question's field, where it is given.

    Args:
        ledger: the ledger that is looked at.
        kind: the kind of entity.
        language: ``zh`` or ``en``.
        spec: the field that is filled; None for any.
    """
    table = ledger.registry.entity(kind).table

    def provide(text: str) -> Sequence[Item]:
        text = text.strip()
        if text and table.search:
            ids = [id for _, id in ledger.find(text, kind, MOST)]
        else:
            rows = ledger.query(f"SELECT id FROM {quoted(table.name)} ORDER BY src DESC LIMIT 2000")
            ids = [row["id"] for row in rows]
        if spec is not None:
            ids = fitting(ledger, spec, ids)
        items = described(ledger, kind, ids, language)
        if text and not table.search:
            items = [i for i in items if spelled(text) in spelled(f"{i.text} {i.hint}")]
        return items[:MOST]

    return provide


def described(ledger: LedgerView, kind: str, ids: Sequence[str], language: str) -> list[Item]:
    """Living entities by name, or by what they hold where they have none, and where they belong.

    Args:
        ledger: the ledger that is looked at.
        kind: the kind of entity.
        ids: which ones.
        language: ``zh`` or ``en``.
    """
    table = ledger.registry.entity(kind).table
    rows: dict[str, dict[str, object]] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        sql = f"SELECT * FROM {quoted(table.name)} WHERE id IN ({marks})"
        rows.update((row["id"], row) for row in ledger.query(sql, *some))
    living = [id for id in ids if id in rows]
    names = ledger.names(kind, living)
    _, cells, _ = displayed(ledger, table, [rows[id] for id in living], language)
    tree = ledger.registry.hierarchy
    way = next(iter(ways(ledger.registry, kind)), None) if kind in ledger.registry.persons else None
    places = _places(ledger, way, living) if way is not None else {}
    items = []
    for id, shown in zip(living, cells, strict=True):
        fields = list(specs(table.row))
        values = [
            shown[1 + i] for i, name in enumerate(fields) if shown[1 + i] and name != table.title
        ]
        name = names.get(id) or ""
        if name in ("", id) and values:  # nobody knows a letter by its id
            name, values = "  ".join(values[:TOLD]), values[TOLD:]
        hint = places.get(id) if way is not None else "  ".join(values)
        if tree is not None and kind == tree.kind:
            said = (shown[1 + fields.index(column)] for column in (tree.parent, *tree.outside))
            hint = "  ".join(v for v in said if v)
        items.append(Item(id, name or id, hint or "", id))
    return items


def _places(ledger: LedgerView, way: Way, ids: Sequence[str]) -> dict[str, str]:
    """Names the one to which each belongs."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 500):
        some = ids[start : start + 500]
        marks = ", ".join("?" * len(some))
        sql = (
            f"SELECT {quoted(way.column)} AS id, {quoted(way.to)} AS place FROM {quoted(way.table)} "
            f"WHERE {quoted(way.column)} IN ({marks})"
        )
        rows = ledger.query(sql, *some)
        names = ledger.names(way.kind, sorted({row["place"] for row in rows if row["place"]}))
        found.update((row["id"], names.get(row["place"], "")) for row in rows)
    return found
