"""Findings: what in the ledger breaks a rule, and which fact shows it.

Four sources, one answer: folds whose steps could not follow; references outside the life of what they
refer to; spans that outlive what they stand within; and the checks that programmes declare. The same
queries serve the dry run (limited to what an action touched) and the list of all findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any
from weakref import WeakKeyDictionary

from msgspec import Struct

from taizhang.declarations.checks import Check
from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.ledger import in_clause
from taizhang.declarations.programme import Table
from taizhang.declarations.registry import Registry
from taizhang.isolation.boundary import breaches, label
from taizhang.isolation.guard import PluginFault
from taizhang.ledger.lines import source_sql
from taizhang.ledger.projector import Changes
from taizhang.ledger.schema import physical, quoted
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Finding
from taizhang.words.labels import Label

_CHUNK = 400


class CheckScope(Struct, frozen=True):
    """The scope of a check: what an action changed, and the entities that it merely names."""

    changes: Changes
    named: Mapping[str, Set[str]]


class Rule(Struct, frozen=True):
    """A rule on one reference column as SQL, with the words for breaking it."""

    table: str
    entity: str
    column: str
    sql: str
    code: str
    label: Label


def find(ledger: LedgerView, scope: CheckScope | None = None) -> list[Finding]:
    """All findings, or those within ``scope``, without repetition, sorted."""
    return sorted(
        {*_problems(ledger, scope), *_references(ledger, scope), *_declared(ledger, scope)}
    )


def _chunks(values: Set[Any]) -> Iterator[list[Any]]:
    listed = sorted(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def _filtered(
    ledger: LedgerView, sql: str, column: str, values: Set[Any] | None
) -> Iterator[dict[str, Any]]:
    if values is None:
        yield from ledger.query(sql)
        return
    for some in _chunks(values):
        yield from ledger.query(f"{sql} AND {column} IN ({in_clause(some)})", *some)


def _problems(ledger: LedgerView, scope: CheckScope | None) -> Iterator[Finding]:
    for entity, declared in ledger.registry.entities.items():
        table = declared.table
        ids = None if scope is None else scope.changes.entities.get(entity)
        if scope is not None and not ids:
            continue
        src = source_sql(table, "src")
        sql = f"SELECT id, {src} AS src, problem FROM {quoted(physical(table))} WHERE problem IS NOT NULL"
        for row in _filtered(ledger, sql, "id", ids):
            label = Label.of(row["problem"])
            yield Finding(f"{table.name}.impossible", entity, row["id"], row["src"], True, label)


def _references(ledger: LedgerView, scope: CheckScope | None) -> Iterator[Finding]:
    rules = _rules(ledger.registry)
    if scope is None:
        for listed in rules.of_table.values():
            for rule in listed:
                yield from _broken(rule, ledger.query(rule.sql))
        return
    for table, rows in scope.changes.rows.items():
        for rule in rules.of_table.get(table, ()):
            yield from _broken(rule, _filtered(ledger, rule.sql, "t.src", rows))
    for entity, ids in scope.changes.shrunk.items():
        for rule in rules.of_entity.get(entity, ()) if ids else ():
            column = f"t.{quoted(rule.column)}"
            yield from _broken(rule, _filtered(ledger, rule.sql, column, ids))


def _broken(rule: Rule, rows: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    for row in rows:
        yield Finding(rule.code, rule.entity, row["id"], row["src"], True, rule.label)


class _Rules(Struct, frozen=True):
    """The rules on references, by the table that refers and by the entity that is referred to."""

    of_table: dict[str, list[Rule]]
    of_entity: dict[str, list[Rule]]


_RULES: WeakKeyDictionary[Registry, _Rules] = WeakKeyDictionary()


def _rules(registry: Registry) -> _Rules:
    """The rules on references that follow from the declared tables; made once for a registry."""
    found = _RULES.get(registry)
    if found is None:
        found = _RULES[registry] = _Rules({}, {})
        for table in registry.tables.values():
            for name, spec in specs(table.row).items():
                if spec.entity is None or spec.entity not in registry.entities:
                    continue
                for rule in _rules_of(registry, table, name, spec):
                    found.of_table.setdefault(rule.table, []).append(rule)
                    found.of_entity.setdefault(rule.entity, []).append(rule)
    return found


def _rules_of(
    registry: Registry, table: Table[Any], column: str, spec: FieldSpec
) -> Iterator[Rule]:
    entity, ended = str(spec.entity), spec.ended
    life = quoted(physical(registry.entity(entity).table))
    rows, ref = quoted(physical(table)), f"t.{quoted(column)}"
    day = "t.on_date" if table.shape == "record" else "t.since"
    alive = "" if table.shape == "record" else " AND t.gap = 0"
    bounds = "" if ended else f" AND e.since <= {day} AND (e.until IS NULL OR e.until >= {day})"
    src = source_sql(table, "t.src")
    base = f"SELECT {ref} AS id, {src} AS src FROM {rows} t WHERE {ref} IS NOT NULL{alive}"
    if spec.wide and (other := registry.stand_ins.get(entity)) is not None:
        base += (
            f" AND NOT EXISTS (SELECT 1 FROM {quoted(physical(other))} e WHERE "
            f"e.{quoted(other.key[0])} = {ref} AND e.gap = 0 AND e.name IS NOT NULL{bounds})"
        )
    outside = (
        f"{base} AND NOT EXISTS (SELECT 1 FROM {life} e WHERE e.id = {ref} AND e.gap = 0{bounds})"
    )
    code = f"{table.name}.{column}"
    yield Rule(table.name, entity, column, outside, f"{code}.outside", _outside(table, column))
    if column in table.within:
        outlived = (
            f"{base} AND NOT EXISTS (SELECT 1 FROM {life} e WHERE e.id = {ref} AND e.gap = 0 AND "
            "(e.until IS NULL OR (t.until IS NOT NULL AND e.until >= t.until)))"
        )
        yield Rule(
            table.name, entity, column, outlived, f"{code}.outlived", _outlived(table, column)
        )


def _outside(table: Table[Any], column: str) -> Label:
    spec = specs(table.row)[column]
    return Label(
        f"{table.label.zh}的“{spec.label.zh}”当时还不存在或已经结束",
        f"the {spec.label.en} of {table.label.en} did not exist on that day or had ended",
    )


def _outlived(table: Table[Any], column: str) -> Label:
    spec = specs(table.row)[column]
    return Label(
        f"“{spec.label.zh}”已经结束，{table.label.zh}仍在其中",
        f"the {spec.label.en} has ended while {table.label.en} still stand in it",
    )


def _declared(ledger: LedgerView, scope: CheckScope | None) -> Iterator[Finding]:
    for check in ledger.registry.checks:
        ids: Sequence[str] | None = None
        if scope is not None:
            touched = {
                *scope.changes.entities.get(check.entity, ()),
                *scope.named.get(check.entity, ()),
            }
            if not touched:
                continue
            if check.reads is not None and not scope.changes.touches(check.reads):
                continue  # it finds what it found before
            ids = sorted(touched)
        guard = ledger.registry.guard
        if guard.knows(check.owner) and guard.faulty(check.owner):
            continue
        try:
            doing = f"检查 {check.code}|checking {check.code}"
            with guard.calling(check.owner, doing, refuses=False):
                found = [
                    (id, src, _told(check, ledger, id, src, scope))
                    for id, src in breaches(check.find(ledger, ids))
                ]
        except PluginFault:
            continue  # in quarantine now; its fault refuses nobody's action
        for id, src, said in found:
            yield Finding(check.code, check.entity, id, src, check.hard, said, check.asks)


def _told(check: Check, ledger: LedgerView, id: str, src: int, scope: CheckScope | None) -> Label:
    """The words for one breach. Whoever is refused an action needs the facts; lists need the rule alone."""
    if scope is None or check.tell is None:
        return check.label
    return label(check.tell(ledger, id, src))
