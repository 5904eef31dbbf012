"""A field of lines (明细) as a form holds it: rows of texts, what is wrong with them, and what fills them.

The answer to such a question is one text like every other, so that drafts keep it: a JSON list of rows, each
an object of texts by the names of the line's fields. A reference is an id, or a name as it was pasted that
has still to be mended.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from taizhang.decisions.lines import MOST_OF_ACTION, parse_line, parse_lines, written
from taizhang.declarations.fields import Event, FieldSpec, specs
from taizhang.declarations.kinds import Bad
from taizhang.declarations.lines import named
from taizhang.declarations.programme import Table
from taizhang.ledger.resolving import fitting
from taizhang.ledger.schema import quoted
from taizhang.ledger.view import LedgerView
from taizhang.words.errors import Problem
from taizhang.words.labels import Label, clean
from taizhang_tui.desk.desk import View
from taizhang_tui.forms.choices import Item, described

Cells = dict[str, str]

TOLD = 5
"""Problems of lines told in words at most."""

MISSING = Label("必填", "is required")

_NAMES = re.compile(r"[、,，;；]")


def rows_of(text: str) -> list[Cells]:
    """The rows that an answer holds; none where it is not one of rows."""
    try:
        said = json.loads(text) if text.strip() else []
        return [{str(k): str(v) for k, v in row.items()} for row in said]
    except (ValueError, TypeError, AttributeError):
        return []


def text_of(rows: Iterable[Mapping[str, str]]) -> str:
    """Rows as an answer; empty where there are none."""
    kept = [{k: v for k, v in row.items() if v} for row in rows]
    return json.dumps(kept, ensure_ascii=False) if kept else ""


def shown(spec: FieldSpec, value: Any) -> str:
    """The value of a field as a form begins with it, numbers of people masked (:func:`whole`)."""
    if value is None:
        return ""
    if spec.line is not None:
        fields = specs(spec.line)
        there = (line for line in value if line is not None)
        return text_of({n: shown(s, getattr(x, n)) for n, s in fields.items()} for x in there)
    return str(value) if spec.entity is not None else spec.masked(value)


def whole(spec: FieldSpec, text: str, value: Any) -> str:
    """An answer in which masked numbers that were left as they stood are those that they stand for.

    Args:
        spec: the field.
        text: the answer.
        value: what the form began with, unmasked.
    """
    if spec.line is None:
        kept = value is not None and spec.kind.masks and text == shown(spec, value)
        return str(value) if kept else text
    fields = specs(spec.line)
    masking = [name for name, own in fields.items() if own.kind.masks]
    if not masking or not value:
        return text
    first = next((name for name, own in fields.items() if own.entity is not None), None)
    rows = rows_of(text)
    for row in rows:
        for name in masking:
            found = [
                line
                for line in value
                if line is not None and shown(fields[name], getattr(line, name)) == row.get(name)
            ]
            # Of two who have the same mask, the one that the row is about.
            found.sort(key=lambda line: first is None or getattr(line, first) != row.get(first))
            if found and row.get(name):
                row[name] = getattr(found[0], name)
    return text_of(rows)


def said(spec: FieldSpec | None, text: str) -> Any:
    """An answer as an action takes it: rows of a field of lines, else the text."""
    return rows_of(text) if spec is not None and spec.line is not None else text.strip()


def usual(spec: FieldSpec) -> str:
    """The value that a cell most often has: the default, or else the first choice."""
    if not spec.required and spec.default is not None:
        return shown(spec, spec.default)
    return spec.choices[0].zh if spec.choices else ""


class LineGrid:
    """The rows of one field of lines, and the ways to change them."""

    def __init__(self, spec: FieldSpec, text: str) -> None:
        assert spec.line is not None
        self.spec = spec
        self.line = spec.line
        self.fields = list(specs(spec.line).values())
        self.rows = rows_of(text)

    @property
    def subject(self) -> FieldSpec | None:
        """The field that says about what a line is: the first reference."""
        return next((f for f in self.fields if f.entity is not None), None)

    @property
    def text(self) -> str:
        """The answer."""
        return text_of(self.rows)

    def cell(self, row: int, name: str) -> str:
        """The text of a cell; empty in the line below the last, where a row can be begun."""
        return self.rows[row].get(name, "") if 0 <= row < len(self.rows) else ""

    def put(self, row: int, name: str, text: str) -> None:
        """Sets a cell; in the line below the last a row is begun.

        Args:
            row: the number of the line, from 0.
            name: of the field.
            text: what is put there.
        """
        if row >= len(self.rows):
            if not text:
                return
            self.rows.append({})
            row = len(self.rows) - 1
        self.rows[row][name] = text

    def set_usual(self, rows: Iterable[int], *, anew: bool = False) -> None:
        """Gives the cells of some rows that are empty the value that they usually have; with ``anew`` also
        those in which another choice stands.
        """
        for row in rows:
            for field in self.fields:
                empty = not self.cell(row, field.name) or (anew and field.choices)
                if empty and (text := usual(field)):
                    self.put(row, field.name, text)

    def turn(self, row: int, field: FieldSpec) -> None:
        """Gives a cell the next one of its choices."""
        choices = [c.zh for c in field.choices]
        now = self.cell(row, field.name)
        at = choices.index(now) + 1 if now in choices else 0
        self.put(row, field.name, choices[at % len(choices)])

    def add(self, ids: Iterable[str]) -> tuple[int, int]:
        """Adds a row for each entity that has none; returns how many came, and how many were there."""
        subject = self.subject
        assert subject is not None
        return self._take([{subject.name: id} for id in ids])

    def paste(self, text: str, ledger: LedgerView) -> tuple[int, int]:
        """Adds a row for each name, divided by breaks or commas; one that is not known, or known of several,
        stays as it was written. A line may also be cells divided by tabs, or ``名称=值,值``.

        Returns:
            How many rows came, and how many were there.
        """
        rows = [row for line in text.splitlines() for row in self._pasted(line)]
        subject = self.subject
        if subject is not None:
            for row in rows:
                if (name := row.get(subject.name)) is not None:
                    row[subject.name] = known(ledger, subject, name)
        return self._take(rows)

    def _pasted(self, line: str) -> list[Cells]:
        if "\t" in line:
            parts = [clean(part) for part in line.split("\t")]
            found = [dict(zip([f.name for f in self.fields], parts, strict=False))]
        elif "=" in line:
            try:
                found = [{n: clean(v) for n, v in written(self.line, line).items()}]
            except Bad:
                found = [{self.fields[0].name: clean(line)}]
        else:
            first = (self.subject or self.fields[0]).name
            found = [{first: clean(name)} for name in _NAMES.split(line)]
        return [row for row in found if any(row.values())]

    def _take(self, rows: Sequence[Cells]) -> tuple[int, int]:
        subject = self.subject
        there = {row.get(subject.name) for row in self.rows} if subject is not None else set()
        before = len(self.rows)
        for row in rows:
            key = row.get(subject.name) if subject is not None else None
            if key is None or key not in there:
                self.rows.append(row)
                there |= {key} if key else set()
        came = len(self.rows) - before
        return came, len(rows) - came


def known(ledger: LedgerView, spec: FieldSpec, name: str) -> str:
    """The id of the one that is called ``name`` and fits, or the name itself.

    Args:
        ledger: the ledger that is looked at.
        spec: the field.
        name: what was typed.
    """
    found = fitting(ledger, spec, ledger.called(spec.entity or "", name))
    return found[0] if len(found) == 1 else name


def names(
    ledger: LedgerView, spec: FieldSpec, ids: Sequence[str], language: str
) -> dict[str, tuple[str, str]]:
    """Names references and where they belong, by id; what is no id is left out.

    Args:
        ledger: the ledger that is looked at.
        spec: the field.
        ids: which ones.
        language: ``zh`` or ``en``.
    """
    assert spec.entity is not None
    found = {i.key: (i.text, i.hint) for i in described(ledger, spec.entity, ids, language)}
    left = [id for id in ids if id not in found]
    return found | {id: (name, "") for id, name in ledger.names(spec.entity, left).items()}


class Checks:
    """The troubles with the rows of a field; a row that was in order is not looked at twice a day."""

    def __init__(self, spec: FieldSpec) -> None:
        self._spec = spec
        self._day: dt.date | None = None
        self._good: dict[str, Any] = {}

    def problems(self, text: str, ledger: LedgerView) -> list[Problem]:
        """Everything that is wrong with an answer, each problem at its cell."""
        rows = rows_of(text)
        if ledger.on != self._day:
            self._day = ledger.on
            self._good.clear()
        found: list[Problem] = []
        made = []
        for number, row in enumerate(rows, 1):
            key = json.dumps(row, sort_keys=True)
            line = self._good.get(key)
            if line is None:
                line, wrong = parse_line(self._spec, row, ledger, number)
                found += wrong
            if line is not None:
                self._good[key] = line
                made.append(line)
        if found:
            return found
        if not made:
            spec = self._spec
            return [Problem(spec.name, spec.label, MISSING)] if spec.required else []
        return parse_lines(self._spec, made, ledger, most=MOST_OF_ACTION)[1]


def told(problems: Sequence[Problem], language: str) -> str:
    """Problems of lines in words, one a line: what is wrong first, then in how many rows something is missing."""
    words = [
        p.text(language) if p.cell else p.rule.text(language)
        for p in problems
        if p.cell is None or p.rule != MISSING
    ]
    if len(words) > TOLD:
        more = len(words) - TOLD
        words[TOLD:] = [f"{more} more" if language == "en" else f"还有 {more} 处"]
    empty: dict[str, list[Problem]] = {}
    for problem in problems:
        if problem.cell is not None and problem.rule == MISSING:
            empty.setdefault(problem.cell[1], []).append(problem)
    for found in empty.values():
        if len(found) > 1:
            more = len(found) - 1
            also = f" (and {more} more rows)" if language == "en" else f"（另有 {more} 行）"
            words.append(found[0].text(language) + also)
        else:
            words.append(found[0].text(language))
    return "\n".join(f"✗ {clean(word)}" for word in words)


# Groups


def groups(ledger: LedgerView, spec: FieldSpec, language: str) -> list[Item]:
    """Lists what rows can be filled from: whatever the entities of a field belong to in some table of spans,
    such as branches, groups and teams; the largest of each table first.

    Args:
        ledger: the ledger that is looked at.
        spec: the field.
        language: ``zh`` or ``en``.
    """
    found: list[Item] = []
    for table, column in _belonging(ledger, spec):
        for to, other in table.fields.items():
            if other.entity is None or other.entity == spec.entity:
                continue
            sql = (
                f"SELECT {quoted(to)} AS id, count(*) AS n FROM {quoted(table.name)} "
                f"WHERE {quoted(to)} IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1"
            )
            counts = {row["id"]: row["n"] for row in ledger.query(sql)}
            label = table.label.text(language)
            called = names(ledger, other, list(counts), language)
            for id, count in counts.items():
                key = json.dumps([table.name, column, to, id])
                name = called.get(id, (id, ""))[0]
                found.append(Item(key, name, f"{label}  {count:,}"))
    return found


def _belonging(ledger: LedgerView, spec: FieldSpec) -> Iterable[tuple[Table[Any], str]]:
    """The tables of spans whose timelines are about entities of a field's kind, with the column."""
    for table in ledger.registry.tables.values():
        if table.shape == "span":
            for column in table.key:
                if table.fields[column].entity == spec.entity:
                    yield table, column
                    break


def members_of(ledger: LedgerView, spec: FieldSpec, group: str) -> list[str]:
    """Lists those who belong to a group (its key in :func:`groups`) on the day and fit the field.

    Args:
        ledger: the ledger that is looked at.
        spec: the field.
        group: its key.
    """
    name, column, to, id = json.loads(group)
    sql = f"SELECT {quoted(column)} AS id FROM {quoted(name)} WHERE {quoted(to)} = ? ORDER BY src"
    return fitting(ledger, spec, list(dict.fromkeys(r["id"] for r in ledger.query(sql, id))))


# The line behind a row


def line_behind(view: View, table: Table[Any], seq: int, number: int) -> str | None:
    """The name of the line (``attendance/3``) that made a row of a table, None where none did.

    Args:
        view: The store.
        table: The row's table.
        seq: The position of the fact behind the row.
        number: The number of the line, 0 for none.
    """
    event = view.log.get(seq)
    if not number or event is None or not isinstance(event.event, Event):
        return None
    feed = table.feeds.get(type(event.event))
    return named(feed.lines, number) if feed is not None and feed.lines is not None else None
