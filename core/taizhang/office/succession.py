"""What becomes of an organisation that ends, and of those who are recorded late as having been in it.

Who stands above an organisation is walked by :func:`upward`. :func:`onward` answers a question that every slice meets which puts members into branches: what becomes of
one who joins late a branch that has been merged since.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from taizhang.api import Dated, Ledger, Refused


def upward(ledger: Ledger, organisation: str | None) -> Iterator[str]:
    """The organisation and those above it on the ledger's day, the nearest first; a circle is walked once."""
    seen: set[str] = set()
    while organisation and organisation not in seen:
        yield organisation
        seen.add(organisation)
        organisation = (ledger.get("organisations", organisation) or {}).get("parent")


def successor(ledger: Ledger, organisation: str) -> tuple[str | None, date | None]:
    """Finds where what belonged to ``organisation`` went, and the day on which its life ended.

    ``(None, None)`` while it lives; ``(None, day)`` when it ended and nobody took over. A merge
    (合并) names one successor; of several others none is chosen.
    """
    heir, end, _ = _succession(ledger, organisation)
    return heir, end


def _succession(ledger: Ledger, organisation: str) -> tuple[str | None, date | None, int]:
    """Finds the successor with the position of the fact that says so, 0 where there is no successor."""
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
    """Finds what ``organisation`` has become by the ledger's day, itself if it lives, and the positions of
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
    if gone is not None and gone <= joined:
        gone = None  # who comes back had left before
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


__all__ = ["not_overtaken", "onward", "standing", "successor"]
