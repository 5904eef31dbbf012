"""The guide (发展党员指引): each open file step by step, with what was done when, what is next, by when, and what is missing."""

from __future__ import annotations

from datetime import date

from taizhang.api import Board, Ledger, in_clause, in_force
from taizhang.office.development.course import STEPS, edition_of
from taizhang.office.development.guiding import OPEN

DONE, NEXT, LACKS, AHEAD = "已办|Done", "下一步|Next", "缺|Missing", "未办|To come"


def guide(ledger: Ledger, language: str) -> Board:
    """The steps of every open file, branch by branch; the rules of the ledger's day say what is still to come."""
    side = 0 if language.startswith("zh") else 1
    files = ledger.query(
        f"SELECT * FROM development WHERE state IN ({in_clause(OPEN)}) ORDER BY organisation, applied, id",
        *OPEN,
    )
    branches = ledger.names("organisation", [row["organisation"] for row in files])
    here = set(in_force(STEPS, ledger.on))
    rows: list[tuple[str, ...]] = []
    for row in files:
        taken: dict[int, str] = {}
        for step in ledger.rows("development_steps", development=row["id"]):
            if step["passed"]:
                taken[step["place"]] = max(step["on_date"], taken.get(step["place"], ""))
        lacks = (row["missing"] or "").split("、")
        for one in STEPS:
            if one.term == row["next"]:
                state = NEXT
            elif one.place in taken:
                state = DONE
            elif one.term in lacks:
                state = LACKS
            elif one.place > row["reached"] and one in here:
                state = AHEAD
            else:
                continue
            rows.append(
                (
                    branches.get(row["organisation"], ""),
                    row["name"],
                    one.number,
                    one.label.split("|")[side],
                    state.split("|")[side],
                    taken.get(one.place, ""),
                    (row["by"] or "") if state == NEXT else "",
                )
            )
    return Board(
        (
            "支部|Branch",
            "姓名|Name",
            "序号|No.",
            "步骤|Step",
            "情况|State",
            "办理日期|Done on",
            "期限|By",
        ),
        rows,
        _words(ledger.on, side),
    )


def _words(day: date, side: int) -> str:
    """The edition by which what is to come was found."""
    edition = edition_of(day)
    return (
        f"按《{edition.label.split('|')[0]}》；记一步用 development.record",
        f"By the {edition.label.split('|')[1]}; a step is entered with development.record",
    )[side]
