"""Everything that the ledger ever stored of one timeline, read as known at one position.

A timeline is the rows of a span or fold table under one key; of records each row is one by itself, its
key the position of its fact. A stored row is a :class:`Version`: it was shown from ``seq`` until
``gone``. On one day at most one row of a timeline is in force, so that the versions in force on a day
follow each other and tell what that day has shown since the first of them was recorded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from taizhang.declarations.lines import named
from taizhang.ledger.facts import Fact, FactSource
from taizhang.ledger.lines import Split, number_of, position_of, statements, tell
from taizhang.ledger.rows import RowShape
from taizhang.ledger.schema import history, personal_columns, physical, quoted, value_columns
from taizhang_eventstore.personal.cipher import ERASED

if TYPE_CHECKING:
    from taizhang.declarations.programme import Table
    from taizhang.ledger.facts import Order
    from taizhang.ledger.view import LedgerView
    from taizhang_eventstore.log import Log
    from taizhang_eventstore.recorded import Recorded

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """One stored row. Of a record ``since`` is its day. ``gap``: nothing is in force from here on;
    ``problem``: a fold's fact that could not follow what was there, and left it as it was.
    """

    src: int
    seq: int
    gone: int | None
    since: str
    until: str | None
    rank: int
    gap: bool
    problem: bool
    values: tuple[Any, ...]

    @property
    def order(self) -> Order:
        """Rows of one timeline follow each other in this order."""
        return (self.since, self.rank, self.src)

    @property
    def passing(self) -> bool:
        """Tells if another fact took its place on the very same day, so that no day ever showed it."""
        return self.until == self.since


class Timeline:
    """One timeline of ``table`` as known at ``known``."""

    def __init__(
        self,
        ledger: LedgerView,
        log: Log,
        table: Table[Any],
        key: Key,
        known: int | None = None,
        source: FactSource | None = None,
    ) -> None:
        self.ledger, self.log, self.table, self.key = ledger, log, table, key
        self._source = source
        self.db, self.registry = ledger.db, ledger.registry
        self._vault = ledger.views.vault
        self.known = known_now(ledger) if known is None else known
        self.record = table.shape == "record"
        self.columns = value_columns(table)
        columns = ("src",) if self.record else table.key_columns
        self._day = "on_date" if self.record else "since"
        self._line = " AND ".join(f"{quoted(c)} IS ?" for c in columns)

    def at(self, known: int) -> Timeline:
        """Looks at this timeline as known at another position."""
        return Timeline(self.ledger, self.log, self.table, self.key, known)

    # Rows

    def _versions(
        self, terms: str, values: Sequence[Any], order: str, *, ever: bool = False
    ) -> list[Version]:
        """Rows as known at this position, or (``ever``) at any up to it."""
        time = "on_date AS since, NULL, 0 AS rank, 0, NULL"
        if not self.record:
            time = "since, until, rank, gap, problem"
        cells = ", ".join(quoted(c) for c in self.columns)
        where = f"{self._line} AND seq <= ?{terms}"
        now = f"SELECT src, seq, NULL AS gone, {time}, {cells} FROM {quoted(physical(self.table))}"
        then = f"SELECT src, seq, gone, {time}, {cells} FROM {quoted(history(self.table))}"
        given = [*self.key, self.known, *values]
        rows = self.db.execute(
            f"{now} WHERE {where} UNION ALL {then} WHERE {where} AND gone > ? ORDER BY {order}",
            [*given, *given, 0 if ever else self.known],
        )
        # What went later than this position had not gone yet.
        return [
            Version(
                src,
                seq,
                gone if gone is not None and gone <= self.known else None,
                since,
                until,
                rank,
                bool(gap),
                problem is not None,
                tuple(values),
            )
            for src, seq, gone, since, until, rank, gap, problem, *values in rows
        ]

    def upto(self, day: str, most: int) -> list[Version]:
        """Rows that had begun by ``day``, gaps too, oldest first; the last ``most`` of them."""
        newest = f"since DESC, rank DESC, src DESC LIMIT {int(most)}"
        return self._versions(f" AND {self._day} <= ?", [day], newest)[::-1]

    def after(self, version: Version) -> Version | None:
        """The row that takes the place of ``version``."""
        if self.record:
            return None
        found = self._versions(
            " AND (since, rank, src) > (?, ?, ?)", version.order, "since, rank, src LIMIT 1"
        )
        return found[0] if found else None

    def first(self) -> Version | None:
        """The first row of all."""
        found = self._versions("", (), "since, rank, src LIMIT 1")
        return found[0] if found else None

    def shown_on(self, day: str) -> list[Version]:
        """Lists what stood on ``day`` since anything did, one version after the other."""
        if self.record:
            return self._versions(" AND on_date <= ?", [day], "seq", ever=True)
        terms = " AND since <= ? AND (until IS NULL OR until > ?)"
        return self._versions(terms, [day, day], "seq", ever=True)

    def changed_at(self, position: int) -> list[int]:
        """Facts whose rows here came, went or changed with the action that ended at ``position``."""
        sql = (
            f"SELECT src FROM {quoted(physical(self.table))} WHERE {self._line} AND seq = ? "
            f"UNION SELECT src FROM {quoted(history(self.table))} "
            f"WHERE {self._line} AND (seq = ? OR gone = ?)"
        )
        values = [*self.key, position, *self.key, position, position]
        return [src for (src,) in self.db.execute(sql, values)]

    def events_of(self, sources: Sequence[int], position: int) -> list[Recorded]:
        """Lists those events of the action that ended at ``position`` by which the facts came or changed."""
        row = self.db.execute("SELECT max(seq) FROM _actions WHERE seq < ?", (position,)).fetchone()
        start = row[0] or 0
        found = []
        for src in sources:
            root = position_of(self.table, src)
            if start < root <= position:
                found.append(root)
            amending = "SELECT seq, line FROM amendments WHERE root = ? AND seq > ? AND seq <= ?"
            for seq, line in self.db.execute(amending, (root, start, position)):
                if self._concerns(src, line):
                    found.append(seq)
        return self.log.at(found)

    def _concerns(self, src: int, line: str | None) -> bool:
        """Tells if an amendment of all of a fact, or of one line of it, is about a row."""
        number = number_of(self.table, src)
        if line is None or number == 0:
            return True
        return line in {named(f.lines, number) for f in self.table.feeds.values() if f.lines}

    # Facts

    @cached_property
    def source(self) -> FactSource:
        """Facts as known at this position: those that were given, or an own reader of them."""
        return self._source or facts_at(self.ledger, self.log, self.known)

    @cached_property
    def shape(self) -> RowShape:
        """The shape in which events of this table become rows."""
        return RowShape(self.table)

    def versions_of(self, src: int) -> list[Recorded]:
        """The fact behind a row as it was first recorded and what amended it, without what has been made
        void; of a line what is about it. The last one counts.
        """
        found = statements(self.source.family(position_of(self.table, src)))
        return [r for r in found if self._concerns(src, r.envelope.line)]

    def fact(self, src: int, version: Recorded) -> Fact | None:
        """Returns what the row ``src`` is made of as ``version`` left it; None where that does not concern
        this timeline.
        """
        root = position_of(self.table, src)
        told = tell([r for r in self.versions_of(src) if r.position <= version.position])
        feed = None if told is None else self.table.feeds.get(type(told.event))
        if told is None or feed is None:
            return None
        content: Any = told.whole
        if self.table.lined:
            content = dict(Split(feed).of(root, told.event)).get(src)
        if content is None or (not self.record and self.shape.key_of_event(content) != self.key):
            return None
        return self.source.fact(src, told, content)

    # Values

    @cached_property
    def _personal(self) -> frozenset[str]:
        return frozenset(personal_columns(self.table))

    def same(self, column: str, one: Any, other: Any) -> bool:
        """Tells if two stored values say the same: tokens of equal texts do."""
        if one == other or column not in self._personal or one is None or other is None:
            return bool(one == other)
        texts = self._text(one), self._text(other)
        return texts[0] is not None and texts[0] == texts[1]

    def _text(self, token: str) -> str | None:
        row = self.db.execute("SELECT text FROM personal WHERE token = ?", (token,)).fetchone()
        return None if row is None else self._vault.text(token, row[0])

    def read(self, column: str, value: Any) -> Any:
        """A stored value as a reader sees it: the text that a token stands for, or that it is gone."""
        if not value or column not in self._personal:
            return value
        text = self._text(value)
        return ERASED if text is None else text


def facts_at(ledger: LedgerView, log: Log, known: int) -> FactSource:
    """A reader of facts as known at a position; what it has read it keeps."""
    source = FactSource(ledger.db, log, ledger.registry)
    source.begin(known)
    return source


def known_now(ledger: LedgerView) -> int:
    """The position that the ledger is known at: its own, or the end of the last action."""
    if ledger.known is not None:
        return ledger.known
    row = ledger.db.execute("SELECT max(seq) FROM _actions").fetchone()
    return row[0] or 0
