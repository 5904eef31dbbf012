"""Rules that many programmes share, ready to use in ``decide`` and in checks.

:func:`must` reads what an action refers to; :func:`overlap` and :func:`unique` are for checks
written as SQL over two spans of time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from typing import Any

from taizhang.declarations.checks import Find
from taizhang.declarations.ledger import Ledger, in_clause
from taizhang.words.errors import NotFound
from taizhang.words.labels import Label
from taizhang.words.spelling import spelled


def english(choices: Sequence[str], term: str) -> str:
    """The English side of a stored Chinese ``term``, for sentences that quote it."""
    return next((c.en for c in map(Label.of, choices) if c.zh == term), term)


def must(ledger: Ledger, table: str, id: str) -> dict[str, Any]:
    """Reads an entity that has to live on the ledger's day.

    Args:
        ledger: the ledger.
        table: the table of its kind.
        id: the entity.

    Returns:
        Its row.

    Raises:
        NotFound: it does not live then.
    """
    row = ledger.get(table, id)
    if row is None:
        raise NotFound("{on} 时没有 {id}|there is no {id} on {on}", id=id, on=ledger.on.isoformat())
    return row


def later(ledger: Ledger, spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Filters ``spans`` to those that last beyond the ledger's day, begun already or not."""
    day = ledger.on.isoformat()
    return [s for s in spans if s["until"] is None or s["until"] > day]


def overlap(a: str, b: str) -> str:
    """SQL: the spans with aliases ``a`` and ``b`` share at least one day."""
    return (
        f"{a}.since < coalesce({b}.until, '~') AND {b}.since < coalesce({a}.until, '~') "
        f"AND {a}.since < coalesce({a}.until, '~') AND {b}.since < coalesce({b}.until, '~')"
    )


def among(column: str, ids: Sequence[str] | None) -> str:
    """SQL: ``column`` is one of ``ids`` (given as values), or true when that is None."""
    return "1" if ids is None else f"{column} IN ({in_clause(ids)})"


def unique(table: str, *columns: str) -> Find:
    """A check's ``find``: no two entities of ``table`` agree in all ``columns`` on the same day.

    Empty cells are equal to each other: two roots have the same parent. Two spellings of one name agree.
    """
    name, *others = columns
    same = "".join(f" AND a.{c} IS b.{c}" for c in others)
    both = f"b.id <> a.id{same} AND {overlap('a', 'b')}"
    told = f"SELECT a.id AS id, a.src AS src, a.{name} AS one, b.{name} AS other FROM"
    equal = f"{told} {table}_all a JOIN {table}_all b ON a.{name} IS b.{name} AND {both}"
    alike = (
        f"{told} _spelled k JOIN _spelled s ON s.place = k.place AND s.spelled = k.spelled "
        f"JOIN {table}_all a ON a.id = k.id JOIN {table}_all b ON b.id = s.id AND {both}"
    )

    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        found = ledger.query(f"{equal} WHERE {among('a.id', ids)}", *(ids or ()))
        found += ledger.query(
            f"{alike} WHERE k.place = ? AND {among('k.id', ids)}", table, *(ids or ())
        )
        for row in found:
            one, other = row["one"], row["other"]
            if one == other or spelled(str(one)) == spelled(str(other)):
                yield row["id"], row["src"]

    return find


def same_number(table: str, column: str, *also: str) -> Find:
    """A check's ``find``: no two entities bear the same number in ``column``, a personal one.

    Of each entity the number counts that it bore last in each table, whether it lives or has ended: a number stays
    that of its person. Numbers are compared by their keyed hash.

    Args:
        table: a table of entities.
        column: the column of numbers.
        *also: other tables with that column, each as ``table.key`` with the column that refers to the entity.
    """

    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        found = {id: src for id, src, _ in bearers(ledger, table, column, ids, also)}
        yield from found.items()

    return find


def bearers(
    ledger: Ledger,
    table: str,
    column: str,
    ids: Sequence[str] | None,
    also: Sequence[str] = (),
) -> Iterator[tuple[str, int, str]]:
    """Finds the entities that bear the same number as another one.

    Args:
        ledger: the ledger; the answer is for all days, as known now.
        table: a table of entities.
        column: its personal column of numbers, which are compared by their keyed hash.
        ids: the entities of which others are looked for, all where it is None.
        also: other tables with that column, each as ``table.key`` with the column that refers to the entity.

    Returns:
        Of each its id, the position of the event that said its number, and the id of the other one.
    """

    def last(row: str, table: str, key: str) -> str:
        """SQL: a row is the last that is told of its entity before the end of its life."""
        order = f"(c.since, c.rank, c.src) > ({row}.since, {row}.rank, {row}.src)"
        later = f"SELECT 1 FROM _{table} c WHERE c.{key} = {row}.{key} AND c.gap = 0 AND {order}"
        return f"{row}.gap = 0 AND NOT EXISTS ({later})"

    keyed = [(table, "id"), *((t, k) for t, _, k in (name.partition(".") for name in also))]
    for (one, mine), (other, theirs) in product(keyed, keyed):
        for found in ledger.query(
            # The event that said the number stands in its token: later rows say nothing new of it.
            f"SELECT a.{mine} AS id, CAST(a.{column} AS INTEGER) AS src, b.{theirs} AS other "
            f"FROM _{one} a JOIN personal p ON p.token = a.{column} "
            "JOIN personal q ON q.hmac = p.hmac "
            f"JOIN _{other} b ON b.{column} = q.token AND b.{theirs} <> a.{mine} "
            f"AND {last('b', other, theirs)} "
            f"WHERE {last('a', one, mine)} AND {among('a.' + mine, ids)} ORDER BY 1, 3",
            *(ids or ()),
        ):
            yield found["id"], found["src"], found["other"]


__all__ = [
    "Find",
    "among",
    "bearers",
    "english",
    "later",
    "must",
    "overlap",
    "same_number",
    "unique",
]
