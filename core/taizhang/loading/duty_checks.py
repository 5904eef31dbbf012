"""Duties and figures held against the tables: unknown names and wrong values are refused, and named.

Whatever passes here compiles; what would fail on a screen a year later fails when its author starts it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from taizhang.declarations.columns import (
    BEGAN,
    Tables,
    chosen,
    counted,
    day_column,
    entity_table,
    kind_of,
    spec_of,
    table_of,
    terms,
)
from taizhang.declarations.duties import Balance, Counting, Duty, Figure, Flow, Selection, Version
from taizhang.declarations.kinds import ChoiceKind, CountKind, DateKind
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.programme import Programme, Table
    from taizhang.declarations.registry import Registry


def check(programme: Programme, registry: Registry) -> None:
    """Raises :class:`Usage` for the first thing that does not fit, and names it."""
    tables: dict[str, Table[Any]] = {**registry.tables, **programme.tables}
    duties = {**registry.duties, **programme.duties}
    seen = _Seen(programme, registry, tables)
    for belonging in programme.belongings:
        with _named(f"归属 {belonging.table}", f"belonging by {belonging.table}"):
            table = seen.table(belonging.table)
            _, _, kind = chosen(tables, Selection(belonging.table, belonging.column))
            kind_of(table, belonging.to)
            seen.owns(kind)
    for action in programme.actions.values():
        for field in action.fields.values():
            if field.fits and field.entity is not None:
                with _named(f"操作 {action.name}", f"action {action.name}"):
                    there = entity_table(tables, field.entity)
                    if there is not None:
                        terms(tables, there, dict(field.fits))
    for duty in programme.duties.values():
        with _named(f"职责 {duty.name}", f"duty {duty.name}"):
            for version in duty.versions:
                seen.version(version)
    for figure in programme.figures.values():
        with _named(f"统计数 {figure.name}", f"figure {figure.name}"):
            seen.figure(figure, duties)
    for balance in programme.balances.values():
        with _named(f"平衡表 {balance.name}", f"balance {balance.name}"):
            seen.balance(balance)


def check_figure(figure: Figure, registry: Registry) -> None:
    """Raises :class:`Usage` for a figure that somebody has divided otherwise."""
    programme = registry.programmes[figure.owner]
    with _named(f"统计数 {figure.name}", f"figure {figure.name}"):
        _Seen(programme, registry, registry.tables).figure(figure, registry.duties)


@contextmanager
def _named(zh: str, en: str) -> Iterator[None]:
    try:
        yield
    except Usage as error:
        said_zh, said_en = error.pair
        raise Usage("{a}：{zh}|{b}: {en}", a=zh, b=en, zh=said_zh, en=said_en) from None


class _Seen:
    """The tables and entities that one programme may speak of."""

    def __init__(self, programme: Programme, registry: Registry, tables: Tables) -> None:
        self.programme = programme
        self.registry = registry
        self.tables = tables
        tree = registry.hierarchy or programme.tree
        self.tree = tree.kind if tree is not None else ""
        """The kind of what the hierarchy is made of."""
        self.levels = tables[tree.table].label if tree is not None else Label("层级", "a hierarchy")
        """What people call it."""

    def table(self, name: str) -> Table[Any]:
        """A table of its own, of the core, or of a programme that it needs."""
        table = table_of(self.tables, name)
        owner = self.registry.programmes.get(table.owner)
        if owner in (None, self.programme) or owner.nouns or owner.id in self.programme.needs:
            return table
        raise Usage(
            '台账 {table} 属于 {owner}，请写 needs=("{owner}",)'
            '|the table {table} is {owner}\'s: say needs=("{owner}",)',
            table=name,
            owner=table.owner,
        )

    def owns(self, kind: str) -> None:
        """Tells if the programme may say where such entities belong: whoever declares them may, or by the
        core for the core.
        """
        own = any(t.entity == kind for t in self.programme.tables.values())
        declared = self.registry.entities.get(kind)
        core = declared is not None and self.registry.programmes[declared.table.owner].nouns
        if not own and not (core and self.programme.nouns):
            raise Usage("{kind} 不是自己的对象|{kind} is not an entity of its own", kind=kind)

    def version(self, version: Version) -> None:
        """One version of a duty."""
        kind = self.selection(version.who, standing=True)
        for counting in version.counts:
            self.counting(counting, kind)
            self.once(counting, version)
        if version.each is not None:
            column, choices = version.each
            table = self.tables[version.counts[0].table]
            spec = spec_of(table, column)
            if not isinstance(spec.kind, ChoiceKind) or not spec.choices:
                raise Usage(
                    "each= 的列 {column} 不是选项|the column {column} of each= is no choice",
                    column=column,
                )
            wanted = choices or tuple(c.zh for c in spec.choices)
            terms(self.tables, table, {column: wanted})
            if version.enough is not None and version.enough > len(wanted):
                raise Usage(
                    "enough= 为 {n}，each= 只有 {most} 项|enough= is {n}, and each= has {most} choices",
                    n=version.enough,
                    most=len(wanted),
                )

    def selection(self, selection: Selection, *, standing: bool = False) -> str:
        """A selection; gives the kind of its entities. ``standing``: no records."""
        self.table(selection.table)
        table, _, kind = chosen(self.tables, selection)
        if standing and table.shape == "record":
            raise Usage(
                "{table} 记的是事，不是在册的对象|{table} holds deeds, and nobody stands in it",
                table=table.name,
            )
        terms(self.tables, table, selection.where)
        if selection.day is not None:
            day_column(table, selection.day)
        if selection.due is not None and not isinstance(
            spec_of(table, selection.due).kind, DateKind
        ):
            raise Usage(
                "due= 的列 {column} 不是日期|the column {column} of due= is no date",
                column=selection.due,
            )
        if selection.organisation is not None:
            to = kind_of(table, selection.organisation)
            if to != self.tree:
                raise Usage(
                    "organisation= 的列 {column} 不指向{zh}"
                    "|the column {column} of organisation= does not refer to {en}",
                    column=selection.organisation,
                    zh=self.levels.zh,
                    en=self.levels.en,
                )
        return kind

    def counting(self, counting: Counting, kind: str) -> None:
        """Checks what counts, for the obliged of a kind."""
        self.table(counting.table)
        table, _ = counted(self.tables, counting, kind)
        terms(self.tables, table, counting.where)
        if counting.day is not None:
            day_column(table, counting.day)
        for column in (counting.sum, counting.latest):
            if column is not None:
                self.number(table, column)
        if counting.distinct is not None:
            self.comparable(table, counting.distinct)

    def once(self, counting: Counting, version: Version) -> None:
        """A number of an entity table has to be of one day: each change of the entity repeats it."""
        table = self.tables[counting.table]
        if counting.standing and (table.shape != "span" or version.per == "standing"):
            raise Usage(
                "standing= 用于有期限的职责数台账 {table} 的区间|standing= is of spans in a window, and {table} is none",
                table=table.name,
            )
        if table.entity is None or counting.sum is None:
            return
        if counting.day == BEGAN or (counting.day is None and version.per != "standing"):
            raise Usage(
                "{table} 求和须用 day= 指明日期列|say with day= by which date column to add up {table}",
                table=table.name,
            )

    def number(self, table: Table[Any], column: str) -> None:
        """A column that can be added up."""
        if not isinstance(spec_of(table, column).kind, CountKind):
            raise Usage(
                "台账 {table} 的列 {column} 不是数|the column {column} of {table} is no number",
                table=table.name,
                column=column,
            )

    def comparable(self, table: Table[Any], column: str) -> None:
        """A column of which different values can be told: personal texts cannot."""
        if column == "id" and table.entity is not None:
            return
        if spec_of(table, column).kind.personal:
            raise Usage(
                "台账 {table} 的列 {column} 是个人数据|the column {column} of {table} is personal",
                table=table.name,
                column=column,
            )

    def figure(self, figure: Figure, duties: Mapping[str, Duty]) -> None:
        """A figure."""
        if figure.measure.how == "share":
            if figure.by not in (None, self.tree) or figure.over is not None:
                raise Usage(
                    "完成率只按{zh}分，期随职责"
                    "|a share is divided by {en} only, and goes by its duty's windows",
                    zh=self.levels.zh,
                    en=self.levels.en,
                )
            if duty_name(figure, duties) is None:
                raise Usage("没有职责 {duty}|there is no duty {duty}", duty=figure.measure.column)
            return
        assert figure.select is not None
        table = self.table(figure.select.table)
        if figure.select.column or figure.by == self.tree:
            self.selection(figure.select)
        else:
            terms(self.tables, table, figure.select.where)
            if figure.select.day is not None:
                day_column(table, figure.select.day)
        if figure.measure.how == "sum":
            self.number(table, figure.measure.column)
        elif figure.measure.how == "distinct":
            self.comparable(table, figure.measure.column)
        if figure.by not in (None, self.tree):
            self.comparable(table, figure.by)

    def balance(self, balance: Balance) -> None:
        """A balance: everything in it speaks of entities of one kind."""
        kind = self.selection(balance.stock, standing=True)
        if self.tables[balance.stock.table].validity is not None:
            raise Usage(
                "台账 {table} 的记录会到期，到期没有登记，平衡表对不上"
                "|rows of {table} run out, which no event says: no flow could explain it",
                table=balance.stock.table,
            )
        if balance.sum is not None:
            self.number(self.tables[balance.stock.table], balance.sum)
        for flow in balance.flows:
            with _named(f"“{flow.label.zh}”", f"“{flow.label.en}”"):
                other = self.selection(flow.of)
                if other != kind:
                    raise Usage(
                        "列 {column} 指向 {other}，不是 {kind}|{column} refers to {other}, not to {kind}",
                        column=flow.of.column or "id",
                        other=other,
                        kind=kind,
                    )
                if flow.sum is not None and balance.sum is not None:
                    self.amount(flow, self.tables[balance.stock.table], balance.sum)

    def amount(self, flow: Flow, stock: Table[Any], column: str) -> None:
        """An amount that a flow adds to the amount in a column of the stock: of its kind, and of one day."""
        table, added = self.tables[flow.of.table], flow.sum or ""
        self.number(table, added)
        if type(spec_of(table, added).kind) is not type(spec_of(stock, column).kind):
            raise Usage(
                "台账 {table} 的列 {column} 与存量不是同一种数"
                "|the column {column} of {table} is not of the kind that the stock is of",
                table=table.name,
                column=added,
            )
        if table.entity is not None and flow.of.day in (None, BEGAN):
            raise Usage(
                "{table} 求和须用 day= 指明日期列|say with day= by which date column to add up {table}",
                table=table.name,
            )


def duty_name(figure: Figure, duties: Mapping[str, Duty]) -> str | None:
    """The full name of the duty of which a figure is the share."""
    named = figure.measure.column
    return next((n for n in (f"{figure.owner}.{named}", named) if n in duties), None)


def labels_of(programme: Programme) -> Iterator[Label]:
    """Every label that a programme's duties, figures and balances bear."""
    for duty in programme.duties.values():
        yield from (v.label for v in duty.versions)
    for figure in programme.figures.values():
        yield figure.label
        if figure.unit is not None:
            yield figure.unit
    for balance in programme.balances.values():
        yield balance.label
        yield from (f.label for f in balance.flows)


__all__ = ["check", "check_figure", "duty_name", "labels_of"]
