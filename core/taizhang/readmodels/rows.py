"""Any table of any programme as rows: shown columns, names for references, filtered by text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taizhang.declarations.programme import Table
from taizhang.ledger.lines import number_of, position_of, row_of, row_sql
from taizhang.ledger.schema import quoted
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.listing import Column, Row
from taizhang.readmodels.numbered import Numbered, listed
from taizhang.readmodels.reader import Reading
from taizhang.readmodels.tables import (
    column_label,
    joined,
    of_column,
    read_names,
    reference_names,
    right_aligned,
    show_cell,
    source,
)
from taizhang.words.spelling import spelled

HIDDEN = ("id", "seq")


PLAIN = "*[^㐀-鿿a-zA-Z0-9]*"
"""What has a character that may be spelled otherwise, a blank or a dot or a full-width one, say."""


def _escaped(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _holds(column: str) -> str:
    """A column holds the first text given, or however it is spelled the second (SQL). Most cells are plain, and are
    compared by SQLite alone.
    """
    return (
        f"({column} LIKE ?1 ESCAPE '\\' OR {column} LIKE ?2 ESCAPE '\\' "
        f"OR iif({column} GLOB '{PLAIN}', spelled({column}) LIKE ?2 ESCAPE '\\', 0))"
    )


class TableRows(Numbered):
    """The rows of a table on the day, in the order in which they were recorded."""

    def __init__(self, reading: Reading, table: Table[Any], text: str, language: str) -> None:
        super().__init__(reading)
        self.table = table
        self.text = text.strip()
        self.language = language
        self.joined = joined(self.ledger().registry, table)
        # What a row is about comes first, for the first column stays in view.
        self.names = [c for c in read_names(self.ledger().registry, table) if c not in HIDDEN]
        self.columns = tuple(
            Column(
                c,
                column_label(table, c, self.joined).text(language),
                4,
                28,
                "number" if right_aligned(table, c) else "text",
            )
            for c in self.names
        )

    def numbers_sql(self) -> tuple[str, Sequence[object]]:
        """All rows, or those with the text in any cell that is shown in full, however it is spelled."""
        where, values = self._filter()
        src = row_sql(self.table)
        return f"SELECT {src} FROM {quoted(self.table.name)} {where} ORDER BY 1", values

    def _filter(self) -> tuple[str, Sequence[object]]:
        if not self.text:
            return "", ()
        fields, registry = {**self.joined, **self.table.shown_fields}, self.ledger().registry
        values: list[object] = [_escaped(self.text), _escaped(spelled(self.text) or self.text)]
        terms: list[str] = []
        for column in self.names:
            spec = fields.get(column)
            if spec is not None and spec.kind.masks:
                continue  # what is masked is not told by what finds it either
            entity = spec.entity if spec is not None else None
            if entity is not None and entity in registry.entities:
                other = registry.entity(entity).table
                if other.title is not None:
                    called = (
                        f"IN (SELECT id FROM {quoted(other.name + '_all')} "
                        f"WHERE {_holds(quoted(other.title))})"
                    )
                    terms.append(of_column(registry, self.table, column, called))
            elif spec is not None and spec.choices and self.language == "en":
                chosen = [c.zh for c in spec.choices if self.text.lower() in c.en.lower()]
                terms.append(f"{quoted(column)} IN (SELECT value FROM json_each(?))")
                values.append(listed(chosen))
            else:
                terms.append(_holds("'#' || src" if column == "src" else quoted(column)))
        return f"WHERE {' OR '.join(terms)}", values

    def rows_of(self, ledger: LedgerView, numbers: Sequence[int]) -> list[Row]:
        """Rows with names for references."""
        rows = ledger.query(
            f"SELECT * FROM {source(ledger.registry, self.table)} "
            # Of an event all lines are read: by the position alone an index finds them.
            "WHERE src IN (SELECT value FROM json_each(?))",
            listed(sorted({position_of(self.table, n) for n in numbers})),
        )
        names = reference_names(ledger, self.table, rows)
        made = {self._number(row): self._row(row, names) for row in rows}
        blank = ("",) * len(self.names)
        return [made.get(n) or Row(self._key(n), blank) for n in numbers]

    def _key(self, number: int) -> str:
        """A row's event, ``12``, or that and its line, ``12/3``."""
        line = number_of(self.table, number)
        return f"{position_of(self.table, number)}/{line}" if line else str(number)

    def _number(self, row: dict[str, Any]) -> int:
        return row_of(self.table, row["src"], row.get("line") or 0)

    def _row(self, row: dict[str, Any], names: dict[str, dict[str, str]]) -> Row:
        fields = self.table.shown_fields
        cells = (show_cell(row[c], c, fields, names, self.language) for c in self.names)
        return Row(self._key(self._number(row)), tuple(cells))

    def number_of(self, ledger: LedgerView, key: str) -> int | None:
        """The number of the row with a key."""
        number = row_of(self.table, *placed(key))
        sql = f"SELECT src FROM {quoted(self.table.name)} WHERE {row_sql(self.table)} = ?"
        return number if ledger.value(sql, number) is not None else None


def placed(key: str) -> tuple[int, int]:
    """The position of the fact behind a row with ``key``, and the number of the line, 0 for none."""
    seq, _, line = key.partition("/")
    return int(seq), int(line or 0)


__all__ = ["TableRows", "placed"]
