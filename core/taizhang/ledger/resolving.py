"""From what people call an entity to its id, and how candidates of an ambiguous name are listed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from taizhang.declarations.belonging import Way, ways
from taizhang.declarations.duties import Not
from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.kinds import Bad
from taizhang.ledger.schema import physical, quoted
from taizhang.ledger.view import LedgerView
from taizhang.words.labels import Label, clean


def resolve(
    entity: str, text: str, ledger: LedgerView, *, ended: bool = False, wide: bool = False
) -> str:
    """The id of the entity written as ``text``: an id, or a name that is unique on the day.

    Raises :class:`~taizhang.declarations.kinds.Bad` for one that is not there, has ended, or is ambiguous; the
    candidates of an ambiguous name are listed with where they belong.

    Args:
        entity: The kind of the entity.
        text: What people wrote.
        ledger: The ledger on the day.
        ended: It may have ended by then.
        wide: It may be one that has no row in the table of its kind (:attr:`RefKind.wide`).
    """
    text = clean(text)
    standing = ledger.stand_ins(entity, text) if wide else []
    if wide and ended and not standing:
        standing = ledger.stand_ins(entity, text, ever=True)
    if text in standing:
        return text
    declaration = ledger.registry.entity(entity)
    table = declaration.table
    if ledger.db.execute(
        f"SELECT 1 FROM {quoted(physical(table))} WHERE id = ?", (text,)
    ).fetchone():
        if not ended and ledger.get(table.name, text) is None:
            raise Bad(
                Label(
                    f"{text} 在 {ledger.on} 还不存在或已经结束",
                    f"{text} did not exist on {ledger.on} or had ended",
                )
            )
        return text
    found = list(dict.fromkeys([*ledger.called(entity, text), *standing]))
    if not found and ended:
        found = ledger.ever_called(entity, text)
    if len(found) == 1:
        return found[0]
    short = text if len(text) <= 40 else text[:40] + "…"
    if not found:
        near = [ledger_name(ledger, entity, i) for _, i in ledger.find(text, entity, 5)]
        raise Bad(
            Label(
                f"{ledger.on} 没有名为“{short}”的{declaration.label.zh}",
                f"there is no such one in {declaration.label.en} on {ledger.on}: {short}",
            ),
            near,
        )
    raise Bad(
        Label(f"有 {len(found)} 个“{short}”，请用编号指明", f"{short} is ambiguous, give its id"),
        [ledger_name(ledger, entity, i) for i in found],
    )


def fitting(ledger: LedgerView, spec: FieldSpec, ids: Sequence[str]) -> list[str]:
    """Filters ``ids`` to those that fit a reference field on the ledger's day; one that is not there does
    not.

    Args:
        ledger: The ledger at its two clocks.
        spec: The field.
        ids: The entities.
    """
    if not spec.fits or spec.entity is None:
        return list(ids)
    table = ledger.registry.entity(spec.entity).table
    sql = f"SELECT * FROM {quoted(table.name)} WHERE id IN (SELECT value FROM json_each(?))"
    found = {row["id"] for row in ledger.query(sql, json.dumps(list(ids))) if _fits(spec, row)}
    return [id for id in ids if id in found]


def _fits(spec: FieldSpec, row: Mapping[str, Any] | None) -> bool:
    return row is not None and all(_is(row[column], wanted) for column, wanted in spec.fits)


def _is(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, Not):
        return not _is(value, wanted.values)
    return value in wanted if isinstance(wanted, (tuple, list, set, frozenset)) else value == wanted


def unfit(ledger: LedgerView, spec: FieldSpec, id: str) -> Label | None:
    """Says what is told of an entity that does not fit a reference field; None where it does.

    Args:
        ledger: The ledger at its two clocks.
        spec: The field.
        id: The entity.
    """
    if not spec.fits or spec.entity is None or spec.otherwise is None:
        return None
    row = ledger.get(ledger.registry.entity(spec.entity).table.name, id)
    if row is None or _fits(spec, row):
        return None
    table = ledger.registry.entity(spec.entity).table
    told = [
        {
            **{n: s.show(row[n], language) for n, s in table.fields.items()},
            "name": ledger.names(spec.entity, [id]).get(id, id),
        }
        for language in ("zh", "en")
    ]
    return Label(spec.otherwise.zh.format(**told[0]), spec.otherwise.en.format(**told[1]))


def ledger_name(ledger: LedgerView, entity: str, id: str) -> str:
    """``id name (where it belongs)``: how a candidate is listed; with its days where the ledger's day
    is none of them.
    """
    table = ledger.registry.entity(entity).table
    name = ledger.names(entity, [id]).get(id, "")
    place = ""
    if ledger.get(table.name, id) is None:
        place = _days(ledger, table.name, id)
    else:
        place = _belongs(ledger, entity, id)
    return f"{id} {name}" + (f"（{place}）" if place else "")


def _belongs(ledger: LedgerView, entity: str, id: str) -> str:
    """Names where an entity belongs on the ledger's day: by the first way of belonging, or else its parent."""
    way = next(iter(ways(ledger.registry, entity)), None)
    if way is None:
        table = ledger.registry.entity(entity).table
        kind = specs(table.row)["parent"].entity if "parent" in specs(table.row) else None
        if kind is None:
            return ""
        way = Way(table.name, "id", "parent", kind)
    above = ledger.value(
        f"SELECT {quoted(way.to)} FROM {quoted(way.table)} WHERE {quoted(way.column)} = ? "
        f"AND {quoted(way.to)} IS NOT NULL LIMIT 1",
        id,
    )
    return ledger.names(way.kind, [above]).get(above, "") if above else ""


def _days(ledger: LedgerView, table: str, id: str) -> str:
    """From when to when an entity was there, as dates."""
    spans = ledger.spans(table, id=id)
    if not spans:
        return ""
    until = spans[-1]["until"]
    return f"{spans[0]['since']} –" + (f" {until}" if until is not None else "")
