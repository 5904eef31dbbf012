"""The members of a subtree of organisations at both clocks, a million or a handful."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from taizhang.ledger.view import LedgerView
from taizhang.office.overview.tree import UNCOUNTED, MemberScope
from taizhang.readmodels.listing import DUE, NOTHING, OVERDUE, Column, Row
from taizhang.readmodels.numbered import Numbered, listed
from taizhang.readmodels.reader import Reading
from taizhang.words.labels import Label

FOUND_AT_MOST = 2_000
"""So many matches of a filter are shown: as many as the finder ranks."""

SOON = 7
"""Days before a letter runs out, or its slip is due, from which it counts as due soon."""

WALKED = 50_000
"""A subtree of more members is walked in the order of the table instead of being sorted first."""

REGISTRATION = "registration"
PINYIN = "pinyin"

_SCOPE = "(SELECT value FROM json_each(?))"

# A member's number is the position of the oldest row: it stays when details change.
# Joins rather than EXISTS: SQLite then asks for the clocks once, not once a row.
_BY_TABLE = f"""
SELECT a.src FROM members_all a
CROSS JOIN members m ON m.id = a.id CROSS JOIN memberships s ON s.member = a.id
WHERE NOT EXISTS (SELECT 1 FROM members_all b WHERE b.id = a.id AND b.src < a.src)
AND s.organisation IN {_SCOPE} ORDER BY a.src
"""
_BY_SCOPE = """
SELECT (SELECT min(a.src) FROM members_all a WHERE a.id = s.member) AS number
FROM {table} s JOIN members m ON m.id = s.member
WHERE s.organisation IN (SELECT value FROM json_each(?)) ORDER BY {order}
"""
_SOUND = "coalesce((SELECT rank FROM _ranks WHERE mark = name_mark(m.name)), m.name), number"
_AMONG = f"SELECT s.member AS id FROM {{table}} s WHERE s.organisation IN {_SCOPE}"
_FOUND = f"""
SELECT s.member AS id, (SELECT min(a.src) FROM members_all a WHERE a.id = s.member) AS number
FROM {{table}} s WHERE s.member IN {_SCOPE} AND s.organisation IN {_SCOPE}
"""
_ROWS = f"""
SELECT a.src AS number, m.id, m.name, m.joined, o.name AS branch, c.category,
  (SELECT sum(v.minutes) FROM services v WHERE v.member = m.id AND v.day BETWEEN ? AND ?) AS minutes,
  (SELECT t.state || ' ' || iif(t.state = '在途', t.due, t.slip_due) FROM transfers t
   WHERE t.member = m.id AND t.state IN ('在途', '已接收') ORDER BY t.state, t.src DESC LIMIT 1) AS letter
FROM members_all a JOIN members m ON m.id = a.id
LEFT JOIN memberships s ON s.member = m.id
LEFT JOIN organisations o ON o.id = s.organisation
LEFT JOIN categories c ON c.member = m.id AND c.scheme = '三种党员'
WHERE a.src IN {_SCOPE}
"""


ORDER = ("name", "branch", "category", "joined", "minutes", "todo")
NARROW = ("name", "branch", "category", "minutes", "todo", "joined")
"""Where not all columns fit, what is to be done matters more than the day of joining."""


def columns(language: str, order: Sequence[str] = ORDER) -> tuple[Column, ...]:
    """The columns of the members' table."""
    made = {
        key: Column(
            key,
            Label.of(label).text(language),
            least,
            most,
            "number" if key == "minutes" else "text",
        )
        for key, label, least, most in (
            ("name", "姓名|Name", 6, 10),
            ("branch", "支部|Branch", 4, 20),
            ("category", "类别|Kind", 4, 10),
            ("joined", "入党|Joined", 10, 10),
            ("minutes", "本年志愿|Hours", 5, 9),
            ("todo", "待办|To do", 4, 28),
        )
    }
    return tuple(made[key] for key in order)


class Members(Numbered):
    """Members of an organisation's subtree; under a filter those that the finder finds, in its order.

    Args:
        reading: gives the ledger on the calling thread's connection.
        scope: whose members.
        order: :data:`REGISTRATION` or :data:`PINYIN`.
        text: the filter: a name, its pinyin or initials.
        language: ``zh`` or ``en``.
        narrow: what is to be done stands before the day of joining.
        settings: gives the store's settings, which say who may see duties by name.
    """

    def __init__(
        self,
        reading: Reading,
        scope: MemberScope,
        *,
        order: str = REGISTRATION,
        text: str = "",
        language: str = "zh",
        narrow: bool = False,
        settings: Callable[[], Mapping[str, Any]] = dict,
    ) -> None:
        super().__init__(reading)
        self._settings = settings
        self._order: tuple[str, ...] = NARROW if narrow else ORDER
        if len(scope.ids) == 1 and not scope.special:  # every line would say the same
            self._order = tuple(key for key in self._order if key != "branch")
        self.columns = columns(language, self._order)
        self.scope = scope
        self.order = order
        self.text = text
        self.language = language
        many = scope.members == UNCOUNTED or scope.members > WALKED
        self.walked = order == REGISTRATION and many and not scope.special
        self.streams = self.walked and not text

    def numbers_sql(self) -> tuple[str, Sequence[object]]:
        """All members of the scope, or those that the filter finds."""
        if self.text:
            found = [str(n) for n in self._found()]
            return "SELECT value FROM json_each(?)", [f"[{','.join(found)}]"]
        if self.walked:
            return _BY_TABLE, [listed(self.scope.ids)]
        order = _SOUND if self.order == PINYIN else "number"
        return _BY_SCOPE.format(table=self.scope.table, order=order), [listed(self.scope.ids)]

    def _found(self) -> list[int]:
        ledger = self.ledger()
        among = _AMONG.format(table=self.scope.table), [listed(self.scope.ids)]
        ids = [id for _, id in ledger.find(self.text, "member", FOUND_AT_MOST, among)]
        sql = _FOUND.format(table=self.scope.table)
        rows = ledger.query(sql, listed(ids), listed(self.scope.ids))
        number = {row["id"]: row["number"] for row in rows if row["number"] is not None}
        return [number[id] for id in ids if id in number]

    def number_of(self, ledger: LedgerView, key: str) -> int | None:
        """A member's number."""
        number = ledger.value("SELECT min(src) FROM members_all WHERE id = ?", key)
        return None if number is None else int(number)

    def rows_of(self, ledger: LedgerView, numbers: Sequence[int]) -> list[Row]:
        """Members with their branch, category, service time and what is to be done."""
        year = dt.date(ledger.on.year, 1, 1).isoformat()
        rows = ledger.query(_ROWS, year, ledger.on.isoformat(), listed(list(numbers)))
        made = {row["number"]: self._row(row, ledger.on) for row in rows}
        return [made.get(n) or Row(f"#{n}", ("",) * len(self._order)) for n in numbers]

    def completed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """With the duties that press, for whoever may see them by name."""
        # Not for the first paint: nothing that stands there needs duties.
        from taizhang.readmodels.due import pressing, todo

        standings = pressing(
            self.ledger(),
            "member",
            [row.key for row in rows],
            self.scope.id or None,
            self._settings(),
        )
        place = self._order.index("todo")
        made = []
        for row in rows:
            cells, marks = list(row.cells), list(row.marks)
            if row.key in standings:
                words = "" if cells[place] == NOTHING else cells[place]
                cells[place], marks[place] = todo(
                    words, marks[place], standings[row.key], self.language
                )
            made.append(Row(row.key, tuple(cells), tuple(marks)))
        return made

    def _row(self, row: dict[str, Any], on: dt.date) -> Row:
        todo, mark = letter_words(row["letter"], on, self.language)
        category = row["category"] or ""
        if self.language == "en":
            category = _CATEGORIES.get(category, category)
        shown = {
            "name": row["name"] or Label.of("〔已删除〕|[erased]").text(self.language),
            "branch": row["branch"],
            "category": category.removesuffix("党员"),
            "joined": row["joined"],
            "minutes": hours(row["minutes"]),
            "todo": todo,
        }
        return Row(
            row["id"],
            tuple(shown[key] or NOTHING for key in self._order),
            tuple(mark if key == "todo" else None for key in self._order),
        )


def hours(minutes: int | None) -> str:
    """Minutes as hours and minutes, hours with separators; nothing where there are none."""
    return f"{minutes // 60:,}:{minutes % 60:02}" if minutes else ""


_CATEGORIES = {"在职党员": "In service", "流动党员": "Mobile", "在册党员": "On the roll"}


def letter_words(letter: str | None, on: dt.date, language: str) -> tuple[str, str | None]:
    """Says what a letter (``state``, and the day by which it or its slip is due) asks for, and how urgent it
    is.
    """
    state, _, due = (letter or "").partition(" ")
    if state not in _ASKED:
        return "", None
    what, waiting = (Label.of(words).text(language) for words in _ASKED[state])
    days = (dt.date.fromisoformat(due) - on).days
    if days < 0:
        return Label.of("逾期 {what}|overdue: {what}").text(language).format(what=what), OVERDUE
    if days <= SOON:
        soon = Label.of("{n} 天到期 {what}|due in {n} d: {what}").text(language)
        return soon.format(n=days, what=what), DUE
    return waiting, None


_ASKED = {
    "在途": ("介绍信|letter", "在途 介绍信|under way: letter"),
    "已接收": ("回执|slip", "待回执|slip to come"),
}
