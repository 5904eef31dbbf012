"""What the pages of members and organisations tell beside what is declared of them."""

from __future__ import annotations

from taizhang.ledger.view import LedgerView
from taizhang.office.overview.members import hours
from taizhang.office.overview.tree import Forest
from taizhang.readmodels.pages import Facts
from taizhang.words.labels import Label


def facts(ledger: LedgerView, kind: str, id: str, language: str) -> Facts:
    """The service time of a member in the year, and how many there are of all that an organisation has
    below it.

    Args:
        ledger: The ledger at its two clocks.
        kind: The kind of the entity.
        id: Its id.
        language: ``zh`` or ``en``.
    """
    made: Facts = []
    if kind == "member":
        year, today = f"{ledger.on.year:04}-01-01", ledger.on.isoformat()
        sql = "SELECT sum(minutes) FROM services WHERE member = ? AND day BETWEEN ? AND ?"
        if minutes := hours(ledger.value(sql, id, year, today)):
            made.append((Label.of("本年志愿|Hours this year").text(language), minutes))
    elif kind == "organisation" and (node := Forest.read(ledger).nodes.get(id)) is not None:
        made.append((Label.of("党员|Members").text(language), f"{node.members:,}"))
        below = [n.kind for _, n in node.walk()][1:]
        made += [(of, f"{below.count(of):,}") for of in dict.fromkeys(below)]
    return made


__all__ = ["facts"]
