"""The definition of a number (定义) in one sentence: from which table, which rows, which days, whose they are.

It is written from the declaration that is computed from, and from nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from taizhang.declarations.columns import BEGAN, chosen, counted, day_column, terms
from taizhang.declarations.duties import Selection
from taizhang.duties.belonging import own_place
from taizhang.duties.figures import duty_of_figure, row_place
from taizhang.duties.rows import dated
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.duties import Balance, Counting, Figure, Flow, Version, Where
    from taizhang.declarations.programme import Table
    from taizhang.declarations.registry import Registry

PER = {
    "month": Label("每月", "each month"),
    "quarter": Label("每季度", "each quarter"),
    "half-year": Label("每半年", "each half-year"),
    "year": Label("每年", "each year"),
    "standing": Label("常年", "standing"),
}
OWN = {BEGAN: Label("开始日", "the day it began"), "on_date": Label("发生日", "its day")}


class Defining:
    """Writes definitions in a language over the vocabulary of a store."""

    def __init__(self, registry: Registry, language: str = "zh") -> None:
        self.registry, self.language = registry, language
        self.tables = registry.tables

    def figure(self, figure: Figure) -> str:
        """The definition of a figure."""
        if figure.select is None:
            duty = self.registry.duties[duty_of_figure(self.registry, figure)]
            share = self._say(
                "已完成的占应办的百分比", "the share of those obliged who have done it"
            )
            return self._sentence([share, *self._duty(duty.versions[-1])])
        select, table = figure.select, self.tables[figure.select.table]
        over = figure.over and PER[figure.over].text(self.language)
        return self._sentence(
            [
                self._rows(table, select.where),
                self._when(table, select),
                self._measure(table, figure),
                over or self._say("不分期，至当日", "not by period, up to the day"),
                *self._attribution(table, select),
            ]
        )

    def duty(self, version: Version) -> str:
        """The definition of a version of a duty."""
        return self._sentence(self._duty(version))

    def balance(self, balance: Balance) -> str:
        """The definition of a balance."""
        table, column, _ = chosen(self.tables, balance.stock)
        measure = self._say("数对象", "each once")
        if balance.sum is not None:
            measure = self._say("{c}合计", "the sum of {c}", c=self._column(table, balance.sum))
        stock = self._say(
            "存量：{rows}的{column}，期前一日和期末各一次，{measure}",
            "stock: {column} of {rows}, on the day before the period and on its last, {measure}",
            rows=self._rows(table, balance.stock.where),
            column=self._column(table, column),
            measure=measure,
        )
        return self._sentence(
            [stock, *map(self._flow, balance.flows), PER[balance.per].text(self.language)]
        )

    # Parts

    def _say(self, zh: str, en: str, **fields: str) -> str:
        return (en if self.language == "en" else zh).format(**fields)

    def _sentence(self, parts: list[str]) -> str:
        text = self._say("；", "; ").join(part for part in parts if part)
        return text[:1].upper() + text[1:] + self._say("。", ".")

    def _and(self, parts: list[str]) -> str:
        return self._say("、", " and ").join(parts)

    def _table(self, table: Table[Any]) -> str:
        return self._say(
            "“{t}”（{n}）", "{t} ({n})", t=table.label.text(self.language), n=table.name
        )

    def _column(self, table: Table[Any], column: str) -> str:
        spec = table.shown_fields.get(column)
        label = OWN.get(column, table.label) if spec is None else spec.label
        return self._say("“{c}”", "“{c}”", c=label.text(self.language))

    def _rows(self, table: Table[Any], where: Where) -> str:
        said = list(self._terms(table, where))
        if not said:
            return self._say("{t}的行", "rows of {t}", t=self._table(table))
        return self._say(
            "{t}中{w}的行", "rows of {t} with {w}", t=self._table(table), w=self._and(said)
        )

    def _terms(self, table: Table[Any], where: Where) -> Iterator[str]:
        for term in terms(self.tables, table, where):
            of = term.through or table
            spec = of.shown_fields.get(term.path[-1])
            values = [
                self._say("空", "nothing")
                if v is None
                else str(v)
                if spec is None
                else spec.show(v, self.language)
                for v in term.values
            ]
            column = self._column(table, term.path[0])
            if term.through is not None:
                last = self._column(of, term.path[-1])
                column = self._say("{a}的{b}", "{b} of {a}", a=column, b=last)
            listed = self._say("或", " or ").join(values)
            if term.negated:
                yield self._say("{c}不是{v}", "{c} other than {v}", c=column, v=listed)
            else:
                yield self._say("{c}为{v}", "{c} {v}", c=column, v=listed)

    def _when(self, table: Table[Any], select: Selection) -> str:
        if dated(select, table):
            day = self._column(table, day_column(table, select.day) or "on_date")
            return self._say("{d}在期内", "{d} lies in the period", d=day)
        return self._standing(
            table, self._say("期末（未满的期为当日）", "on the last day of the period, or today")
        )

    def _standing(self, table: Table[Any], when: str) -> str:
        if table.validity is None:
            return self._say("{when}在册", "that stand {when}", when=when)
        return self._say(
            "{when}在册且未过{c}",
            "that stand {when} and have not passed {c}",
            when=when,
            c=self._column(table, table.validity),
        )

    def _measure(self, table: Table[Any], figure: Figure) -> str:
        how, column = figure.measure.how, figure.measure.column
        if how == "count":
            return self._say("数行数", "counted")
        said = self._column(table, column)
        if how == "sum":
            return self._say("{c}合计", "the sum of {c}", c=said)
        return self._say("数不同的{c}", "different {c} counted", c=said)

    def _attribution(self, table: Table[Any], select: Selection) -> Iterator[str]:
        """Says to whom a row belongs, in the whole and in each part of the hierarchy."""
        tree = self.registry.hierarchy
        if tree is None:
            return
        own = row_place(self.registry, table, select)
        if own is not None:
            yield self._say("归该行的{c}", "of the row's {c}", c=self._column(table, own))
        else:
            try:
                _, column, kind = chosen(self.tables, select)
            except Usage:
                return  # Rows of several entities: they are counted in the whole only.
            day = (
                self._say("当日", "on that day")
                if dated(select, table)
                else self._say("期末", "on the last day")
            )
            who = self._column(table, column)
            if kind != tree.kind:
                yield self._say(
                    "归{who}{day}所属组织", "of where {who} belonged {day}", who=who, day=day
                )
            if kind == tree.kind or dated(select, table):
                return
        yield from self._outside()

    def _outside(self) -> Iterator[str]:
        tree = self.registry.hierarchy
        if tree is not None and tree.outside:
            said = self._and(list(self._terms(self.tables[tree.table], tree.outside)))
            yield self._say("{w}的不计", "those with {w} left out", w=said)

    # Duties

    def _duty(self, version: Version) -> list[str]:
        table, column, kind = chosen(self.tables, version.who)
        standing = version.per == "standing"
        when = self._say("当日", "on the day") if standing else self._say(
            "期末（未满的期为当日）", "on the last day of the window, or today"
        )  # fmt: skip
        who = self._say(
            "应办：{rows}的{c}，{when}",
            "obliged: {c} of {rows} {when}",
            rows=self._rows(table, version.who.where),
            c=self._column(table, column),
            when=self._standing(table, when),
        )
        parts = [who, *(self._counting(c, version, kind) for c in version.counts)]
        if version.who.due is not None:
            due = self._column(table, version.who.due)
            parts.append(self._say("办结期限为{c}", "to be dealt with by {c}", c=due))
        parts.append(self._amount(version))
        since = version.since.isoformat()
        parts.append(
            PER[version.per].text(self.language) + self._say("，{d} 起", ", from {d} on", d=since)
        )
        tree = self.registry.hierarchy
        if tree is not None and kind != tree.kind:
            own = own_place(self.registry, version.who)
            parts.append(
                self._say("归{c}所属组织", "of where {c} belongs", c=self._column(table, column))
                if own is None
                else self._say("归该行的{c}", "of the row's {c}", c=self._column(table, own))
            )
        return [*parts, *self._outside()]

    def _counting(self, counting: Counting, version: Version, kind: str) -> str:
        table, column = counted(self.tables, counting, kind)
        standing = version.per == "standing" and counting.day is None and table.shape != "record"
        if standing:
            when = self._standing(table, self._say("当日", "on the day"))
        else:
            day = self._column(table, day_column(table, counting.day) or "on_date")
            when = self._say("{d}在期内", "{d} lies in the window", d=day)
        measure = self._say("计数", "counted")
        for how, said in (
            (counting.sum, ("{c}合计", "the sum of {c}")),
            (counting.latest, ("{c}取最后一次", "the last {c}")),
            (counting.distinct, ("数不同的{c}", "different {c} counted")),
        ):
            if how is not None:
                measure = self._say(*said, c=self._column(table, how))
        return self._say(
            "计：{rows}，按{who}认定，{when}，{measure}",
            "what counts: {rows}, of the one in {who}, {when}, {measure}",
            rows=self._rows(table, counting.where),
            who=self._column(table, column),
            when=when,
            measure=measure,
        )

    def _amount(self, version: Version) -> str:
        parts = []
        if version.at_least is not None and version.counts:
            parts.append(self._say("至少 {n}", "at least {n}", n=f"{version.at_least:,}"))
        if version.at_most is not None:
            parts.append(self._say("至多 {n}", "at most {n}", n=f"{version.at_most:,}"))
        if version.each is not None:
            column, choices = version.each
            table = self.tables[version.counts[0].table]
            each = self._column(table, column)
            shown = [table.shown_fields[column].show(c, self.language) for c in choices]
            listed = self._say("（{v}）", " ({v})", v=self._and(shown)) if shown else ""
            if version.enough is None:
                parts.append(self._say("每种{c}都要", "for every {c}", c=each) + listed)
            else:
                some = self._say("{c}中的 {n} 种", "for {n} of {c}", c=each, n=str(version.enough))
                parts.append(some + listed)
        elif len(version.counts) > 1:
            parts.append(self._say("各项都要", "for each of them"))
        return self._and(parts)

    # Balances

    def _flow(self, flow: Flow) -> str:
        table, column, _ = chosen(self.tables, flow.of)
        select = flow.of if dated(flow.of, table) else Selection(flow.of.table, day=BEGAN)
        day = self._column(table, day_column(table, select.day) or "on_date")
        measure = self._column(table, flow.sum or column)
        return self._say(
            "{sign}{label}：{rows}，{day}在期内，{measure}",
            "{sign} {label}: {rows}, {day} lies in the period, {measure}",
            sign="＋" if flow.sign > 0 else "－",
            label=flow.label.text(self.language),
            rows=self._rows(table, flow.of.where),
            day=day,
            measure=self._say("计{c}", "{c} counted", c=measure)
            if flow.sum is None
            else self._say("{c}合计", "the sum of {c}", c=measure),
        )


__all__ = ["Defining"]
