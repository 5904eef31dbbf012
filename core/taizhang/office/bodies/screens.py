"""The ballot (选票) of elections under way: who stands for which office, in the order in which names are printed."""

from __future__ import annotations

from taizhang.api import Board, Ledger
from taizhang.office.bodies.balloting import BY_APPROVAL
from taizhang.office.bodies.elections import APPROVED, DROPPED
from taizhang.office.bodies.voting import by_strokes


def ballot(ledger: Ledger, language: str) -> Board:
    """Candidates of every election that is not over: members of a committee by the strokes of their surnames,
    a secretary and a deputy in the order in which they were named (as the superior approved it).
    """
    rows: list[tuple[str, str, int, str, str]] = []
    for election in ledger.rows("elections"):
        if election["state"] in (APPROVED, DROPPED):
            continue
        standing = ledger.rows("candidates", election=election["id"])
        names = ledger.names("member", [row["member"] for row in standing])
        for office in dict.fromkeys(row["office"] for row in standing):
            here = [row for row in standing if row["office"] == office]
            if office not in BY_APPROVAL:
                here.sort(key=lambda row: by_strokes(names.get(row["member"], "")))
            for number, row in enumerate(here, 1):
                mark = "✓" if row["incumbent"] else ""
                rows.append((election["name"], office, number, names.get(row["member"], ""), mark))
    words = {
        "zh": "委员候选人按姓氏笔画排序；表中没有的姓排在最后，请核对",
        "en": "Candidates for a committee stand by the strokes of their surnames; those not listed come last",
    }
    return Board(
        ("选举|Election", "职务|Office", "序号|No.", "候选人|Candidate", "现任|Incumbent"),
        rows,
        words["zh" if language.startswith("zh") else "en"],
    )
