"""Rules that many programmes share, ready to use in ``decide`` and in checks.

:func:`must` reads what an action refers to; :func:`overlap` and :func:`unique` are for checks
written as SQL over two spans of time; :func:`onward` answers a question of the core domain that
every programme meets which puts members into branches: what becomes of one who joins late a branch
that has been merged since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from taizhang.declarations.fields import Dated
from taizhang.declarations.ledger import Ledger, in_clause
from taizhang.declarations.programme import Find
from taizhang.words.errors import NotFound, Refused
from taizhang.words.labels import Label


def english(choices: Sequence[str], term: str) -> str:
    """The English side of a stored Chinese ``term``, for sentences that quote it."""
    return next((c.en for c in map(Label.of, choices) if c.zh == term), term)


def must(ledger: Ledger, table: str, id: str) -> dict[str, Any]:
    """The entity ``id`` on the ledger's day; :class:`NotFound` when it does not live then."""
    row = ledger.get(table, id)
    if row is None:
        raise NotFound("{on} 时没有 {id}|there is no {id} on {on}", id=id, on=ledger.on.isoformat())
    return row


def later(ledger: Ledger, spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of ``spans`` that last beyond the ledger's day, begun already or not."""
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

    Empty cells are equal to each other: two roots have the same parent.
    """
    same = " AND ".join(f"a.{c} IS b.{c}" for c in columns)

    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        for row in ledger.query(
            f"SELECT DISTINCT a.id AS id, a.src AS src FROM {table}_all a JOIN {table}_all b "
            f"ON {same} AND b.id <> a.id AND {overlap('a', 'b')} WHERE {among('a.id', ids)}",
            *(ids or ()),
        ):
            yield row["id"], row["src"]

    return find


def same_number(table: str, column: str) -> Find:
    """A check's ``find``: no two entities of ``table`` that live on the same day bear the same number in
    ``column``, a personal one. Numbers are compared by their keyed hash.
    """

    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        for row in ledger.query(
            # The event that said the number stands in its token: later rows say nothing new of it.
            f"SELECT DISTINCT a.id AS id, CAST(a.{column} AS INTEGER) AS src FROM _{table} a "
            f"JOIN personal p ON p.token = a.{column} "
            "JOIN personal q ON q.hmac = p.hmac "
            f"JOIN _{table} b ON b.{column} = q.token AND b.id <> a.id AND b.gap = 0 "
            f"AND {overlap('a', 'b')} WHERE a.gap = 0 AND {among('a.id', ids)}",
            *(ids or ()),
        ):
            yield row["id"], row["src"]

    return find


def successor(ledger: Ledger, organisation: str) -> tuple[str | None, date | None]:
    """Where what belonged to ``organisation`` went, and the day its life ended.

    ``(None, None)`` while it lives; ``(None, day)`` when it ended and nobody took over. A merge
    (合并) names one successor; of several others none is chosen.
    """
    heir, end, _ = _succession(ledger, organisation)
    return heir, end


def _succession(ledger: Ledger, organisation: str) -> tuple[str | None, date | None, int]:
    """The same with the position of the fact that says so, 0 where there is no successor."""
    lives = ledger.spans("organisations", id=organisation)
    if not lives or lives[-1]["until"] is None:
        return None, None, 0
    end = date.fromisoformat(lives[-1]["until"])
    heirs = ledger.spans("lineage", organisation=organisation)
    merged = [h for h in heirs if h["how"] == "合并"] or heirs
    if len(merged) != 1:
        return None, end, 0
    return merged[0]["successor"], end, merged[0]["src"]


def standing(ledger: Ledger, organisation: str) -> tuple[str | None, tuple[int, ...]]:
    """What ``organisation`` has become by the ledger's day, itself if it lives, and the positions of
    the facts that made it so; None where it ended without a single successor.
    """
    after: list[int] = []
    here: str | None = organisation
    while here is not None and ledger.get("organisations", here) is None:
        here, _, src = _succession(ledger, here)
        after.append(src)
    return here, tuple(after)


def onward(ledger: Ledger, member: str, organisation: str) -> Iterator[Dated]:
    """The moves (整建制) that carry a member, who joins ``organisation`` on the ledger's day but is
    recorded late, on to its successors: one for each merge since then, resting on it.

    Nothing when the branch lives on, or when the member has left it before it ended. Raises
    :class:`Refused` when the branch ended without one successor.
    """
    joined = ledger.on.isoformat()
    moves = [s["since"] for s in ledger.spans("memberships", member=member) if s["since"] > joined]
    lives = ledger.spans("members", id=member)
    gone = lives[-1]["until"] if lives else None
    after: list[int] = []
    while True:
        heir, end, src = _succession(ledger, organisation)
        if end is None or any(d <= end.isoformat() for d in (*moves, gone) if d is not None):
            return
        if heir is None:
            raise Refused(
                "这个支部已于 {end} 结束，没有唯一的承接组织，请改选别的支部"
                "|this branch ended on {end} without a single successor; choose another branch",
                end=end.isoformat(),
            )
        moved = ledger.event("member.moved", member=member, organisation=heir, how="整建制")
        after.append(src)
        yield Dated(moved, end, "整建制", tuple(after))
        organisation = heir


def not_overtaken(ledger: Ledger, member: str, organisation: str) -> None:
    """Refuses a move to ``organisation`` that is recorded late, after a whole branch has taken the
    member elsewhere (整建制): on that day the member was no longer in the branch that was merged.
    """
    day = ledger.on.isoformat()
    following = [s for s in ledger.spans("memberships", member=member) if s["since"] > day]
    if not following or following[0]["how"] != "整建制":
        return
    then = following[0]
    heir, end = successor(ledger, organisation)
    if organisation == then["organisation"] or (
        end is not None and (end.isoformat(), heir) == (then["since"], then["organisation"])
    ):
        return
    raise Refused(
        "该党员 {on} 随整建制转入“{name}”（#{src}），补登前请先更正这一条的去向"
        "|on {on} a merge took this member to “{name}” (#{src}); correct where that led first",
        on=then["since"],
        src=then["src"],
        name=ledger.names("organisation", [then["organisation"]]).get(then["organisation"], ""),
    )


__all__ = [
    "Find",
    "among",
    "english",
    "later",
    "must",
    "not_overtaken",
    "onward",
    "overlap",
    "same_number",
    "standing",
    "successor",
    "unique",
]
