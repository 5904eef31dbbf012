"""Pages about one thing: its details now, and lines of its past with the event behind each.

Written once for every kind of entity: the lines come from all tables that refer to it, those of
programmes included, at both clocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.ledger import Cells
from taizhang.declarations.programme import Table
from taizhang.ledger.schema import quoted
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.listing import DIM, Column, Listed, Row
from taizhang.readmodels.summaries import shown
from taizhang_tui import cells
from taizhang_tui.words import say

MOST = 200
"""Lines of one table on a page; the tables' own screen has all."""

FEW = 60
"""A list of members longer than this stands as a number: the main screen has the list."""

MEMBER_TABLES = ("memberships", "group_memberships", "attachments")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a line leads: an event, or another entity."""

    kind: str
    id: str
    seq: int = 0
    row: tuple[str, int] = ("", 0)
    """The table of the row, and the number of the line that it comes from."""


@dataclass(slots=True)
class Page:
    """What a page shows."""

    title: str
    facts: list[tuple[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    targets: dict[str, Target] = field(default_factory=dict)
    living: bool = True

    def source(self, language: str) -> Listed:
        """The lines as rows."""
        return Listed(
            (
                Column("day", say("日期|Day", language), 10, 24),
                Column("event", say("事件|Event", language), 5, 9, "number"),
                Column("what", say("事项|What", language), 4, 22),
                Column("text", say("内容|Content", language), 10, 60),
            ),
            self.rows,
        )


def entity_page(ledger: LedgerView, kind: str, id: str, language: str, mask: bool = True) -> Page:
    """The page of an entity as it stands on the ledger's day."""
    table = ledger.registry.entity(kind).table
    row = ledger.get(table.name, id)
    name = ledger.names(kind, [id]).get(id) or id
    page = Page(cells.clean(name), living=row is not None)
    if row is None:
        note = say("{on} 不在册|not in the ledger on {on}", language).format(on=ledger.on)
        page.facts.append((say("状态|State", language), note))
        last = ledger.spans(table.name, id=id)
        row = last[-1] if last else None
    if row is not None:
        page.facts += _facts(ledger, table, row, language, mask)
    if kind == "member":
        page.facts += _member_facts(ledger, id, language)
    if kind == "organisation":
        page.facts += _organisation_facts(ledger, id, language)
    _lines(page, ledger, table, "id", id, language, mask)
    for other, column in _ordered(ledger.registry.references(kind)):
        _lines(page, ledger, other, column, id, language, mask)
    return page


def _ordered(found: Sequence[tuple[Table[Any], str]]) -> list[tuple[Table[Any], str]]:
    """Lineage first: it is what a page is walked along; long lists of members last."""
    return sorted(found, key=lambda f: (f[0].name != "lineage", f[0].name in MEMBER_TABLES[1:]))


def _facts(
    ledger: LedgerView, table: Table[Any], row: Cells, language: str, mask: bool
) -> list[tuple[str, str]]:
    made = []
    for name, spec in specs(table.row).items():
        text = shown(spec, row[name], ledger, language, plain=not mask)
        if text and name != table.title:
            made.append((spec.label.text(language), cells.clean(text)))
    return made


def _member_facts(ledger: LedgerView, id: str, language: str) -> list[tuple[str, str]]:
    made: list[tuple[str, str]] = []
    for table in ("memberships", "group_memberships", "categories"):
        declared = ledger.registry.tables[table]
        for row in ledger.query(f"SELECT * FROM {quoted(table)} WHERE member = ?", id):
            column = "category" if table == "categories" else "organisation"
            spec = specs(declared.row)[column]
            label = row["scheme"] if table == "categories" else spec.label.text(language)
            text = shown(spec, row[column], ledger, language)
            if column == "organisation" and table == "memberships":
                text = " › ".join(_path(ledger, row[column]))
            made.append((label, cells.clean(text)))
    minutes = ledger.value(
        "SELECT sum(minutes) FROM services WHERE member = ? AND day BETWEEN ? AND ?",
        id,
        f"{ledger.on.year:04}-01-01",
        ledger.on.isoformat(),
    )
    if minutes:
        made.append((say("本年志愿|Hours this year", language), cells.hmm(minutes)))
    return made


def _path(ledger: LedgerView, organisation: str | None) -> list[str]:
    names: list[str] = []
    seen: set[str] = set()
    while organisation and organisation not in seen:
        seen.add(organisation)
        row = ledger.query("SELECT name, parent FROM organisations WHERE id = ?", organisation)
        names.append(
            row[0]["name"] if row else ledger.names("organisation", [organisation])[organisation]
        )
        organisation = row[0]["parent"] if row else None
    return names[::-1]


def _organisation_facts(ledger: LedgerView, id: str, language: str) -> list[tuple[str, str]]:
    from taizhang_tui.data.tree import Forest

    forest = Forest.read(ledger)
    node = forest.nodes.get(id)
    if node is None:
        return []
    made = [(say("党员|Members", language), f"{node.members:,}")]
    below = [n for _, n in node.walk()][1:]
    for kind in dict.fromkeys(n.kind for n in below):
        made.append((kind, f"{sum(n.kind == kind for n in below):,}"))
    return made


def _lines(
    page: Page,
    ledger: LedgerView,
    table: Table[Any],
    column: str,
    id: str,
    language: str,
    mask: bool,
) -> None:
    """The rows of one table in which the entity stands, newest first."""
    source = quoted(table.name + "_all")
    began = "on_date" if table.shape == "record" else "since"
    where = f"FROM {source} WHERE {quoted(column)} = ?"
    title = table.label.text(language)
    if table.name in MEMBER_TABLES and column == "organisation":
        count = ledger.value(
            f"SELECT count(*) FROM {quoted(table.name)} WHERE organisation = ?", id
        )
        if count > FEW:
            text = say("{n} 名，名单在首页|{n} now; listed on the main screen", language)
            key = f"{table.name}:count"
            page.rows.append(Row(key, ("", "", title, text.format(n=f"{count:,}"))))
            return
    if table.entity is not None and column not in ("id", "parent"):
        # Another entity's life is told on its own page; here it stands as it stood last.
        where += (
            f" AND NOT EXISTS (SELECT 1 FROM {source} later WHERE later.id = {source}.id "
            f"AND (later.since, later.src) > ({source}.since, {source}.src))"
        )
    rows = ledger.query(f"SELECT * {where} ORDER BY {began} DESC, src DESC LIMIT {MOST + 1}", id)
    fields = specs(table.row)
    for i, row in enumerate(rows[:MOST]):
        key = f"{table.name}:{column}:{row['src']}"
        key += f"/{row['line']}" if table.lined else ""
        words = title if i == 0 else ""
        text = _text(ledger, fields, row, column, language, mask)
        if column == "parent":
            words, text = (say("下级|Below it", language) if i == 0 else ""), text or row["id"]
        elif table.name == "lineage":
            words = say("由来|Came from" if column == "successor" else "去向|Became", language)
        ended = _ended(ledger, row)
        mark = DIM if ended else None
        page.rows.append(
            Row(key, (_day(row), f"#{row['src']}", words, text), (mark, mark, None, mark))
        )
        page.targets[key] = replace(_target(table, column, row), row=(table.name, number))
    if len(rows) > MOST:
        more = say("更早的在台账里（b）|older ones are in the tables (b)", language)
        page.rows.append(Row(f"{table.name}:{column}:more", ("…", "", "", more)))


def _day(row: Cells) -> str:
    if "on_date" in row:
        return str(row["on_date"])
    return f"{row['since']} – {row['until']}" if row["until"] else str(row["since"])


def _ended(ledger: LedgerView, row: Cells) -> bool:
    today = ledger.on.isoformat()
    if "on_date" in row:
        return bool(row["on_date"] > today)
    return bool(row["since"] > today or (row["until"] and row["until"] <= today))


def _text(
    ledger: LedgerView,
    fields: Any,
    row: Cells,
    column: str,
    language: str,
    mask: bool,
) -> str:
    spec: FieldSpec
    parts = []
    for name, spec in fields.items():
        if name != column and spec.kind.name != "yes":
            parts.append(shown(spec, row[name], ledger, language, plain=not mask))
    return cells.clean("  ".join(p for p in parts if p))


def _target(table: Table[Any], column: str, row: Cells) -> Target:
    """Other organisations and members are walked to; everything else leads to its event."""
    seq = int(row["src"])
    if table.name == "lineage":
        other = "successor" if column == "organisation" else "organisation"
        return Target("organisation", row[other], seq)
    if table.entity == "organisation" and column == "parent":
        return Target("organisation", row["id"], seq)
    if table.name in MEMBER_TABLES and column == "organisation":
        return Target("member", row["member"], seq)
    return Target("event", str(seq), seq)
