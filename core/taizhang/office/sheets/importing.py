"""Importing a roster: a dry run that says what is ready and what is held, or one batch of all rows.

Every row is tried in the ledger behind the ones before it, in one transaction that is undone, so that
the dry run sees duplicates within the sheet and branches that are not there. With ``commit`` all rows are
appended at once, or, when a single one is held, none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from taizhang.decisions.batches import together
from taizhang.decisions.decision import Attempt, Receipt, Request, run
from taizhang.decisions.parsing import parse_date
from taizhang.office.members.identity import advice, namesakes, standing_of
from taizhang.office.sheets.reading import Sheet, problems_of, read_sheet
from taizhang.words.errors import Problem, TaizhangError
from taizhang.words.labels import Label, narrow
from taizhang.words.spelling import spelled

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

ACTION = "member.register"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The findings of an import: lines ready and held (with reasons), columns used, dropped and unknown."""

    ready: tuple[int, ...]
    held: tuple[Problem, ...]
    sheet: Sheet
    receipt: Receipt | None
    notices: tuple[Problem, ...] = ()
    """What should be looked at again in lines that are ready."""

    @property
    def held_lines(self) -> int:
        """Tells how many rows are held."""
        return len({p.line for p in self.held})


def import_members(
    ws: Workspace,
    path: Path,
    *,
    on: str | None = None,
    organisation: str | None = None,
    commit: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> ImportReport:
    """Reads a roster; with ``commit`` and nothing held, records it as one batch.

    Args:
        ws: The open store.
        path: The spreadsheet.
        on: The day for rows without a date column.
        organisation: The branch for rows without one.
        commit: Records it; otherwise it is tried only.
        progress: Is told how many of how many rows are tried.
    """
    declaration = ws.registry.action(ACTION)
    sheet = read_sheet(path, declaration)
    held: list[Problem] = [problem for _, problem in sheet.held]
    ready: list[int] = []

    def plan(attempt: Attempt) -> None:
        held[:] = [problem for _, problem in sheet.held]
        ready.clear()
        seen: dict[str, int] = {}
        for i, (line, fields) in enumerate(sheet.rows, 1):
            given = dict(fields)
            day = given.pop("on", "") or on or ws.today().isoformat()
            if organisation and not given.get("organisation"):
                given["organisation"] = organisation
            twin = _duplicate(attempt, given, seen, line, day)
            if twin is not None:
                held.append(twin)
            else:
                try:
                    decided = attempt.decide(Request(ACTION, given, day))
                    decided.notices = tuple(replace(n, line=line) for n in decided.notices)
                    attempt.add(decided, accept=True)
                    ready.append(line)
                except TaizhangError as error:
                    held.extend(problems_of(error, line, declaration.label))
            if progress is not None:
                progress(i, len(sheet.rows))
        if held or not commit:
            # Nothing is appended: the attempt leaves no events behind.
            attempt.stored.clear()

    with together(ws):
        receipt = run(ws, plan, commit=commit)
    held.sort(key=lambda p: p.line or 0)
    recorded = receipt if commit and not held and receipt.seq else None
    return ImportReport(tuple(ready), tuple(held), sheet, recorded, receipt.notices)


def _duplicate(
    attempt: Attempt, fields: dict[str, str], seen: dict[str, int], line: int, day: str
) -> Problem | None:
    """Looks for the same person earlier in the sheet, or without a number one of that name in the branch, now
    or before.

    Whose number it is already is a rule of members themselves, which the row's own attempt meets.
    """
    number = narrow(fields.get("id_number", "")).upper()
    key = number or "|".join(
        (spelled(fields.get("name", "")), spelled(fields.get("organisation", "")))
    )
    if key in seen:
        rule = Label(f"与第 {seen[key]} 行重复", f"repeats line {seen[key]}")
        return Problem("name", Label("姓名", "name"), rule, line=line)
    seen[key] = line
    try:
        ledger = attempt.ledger(parse_date(day))
    except TaizhangError:
        return None  # The impossible date is reported by the row's own attempt.
    if number:
        return None
    branch = fields.get("organisation", "")
    for known in namesakes(ledger, fields.get("name", ""), branch):
        facts, todo = standing_of(ledger, known), advice(ledger, known)
        rule = Label(
            f"台账中已有{facts.zh}；{todo.zh}；确是另一人的，填身份号码再导入",
            f"{facts.en} is in the ledger already; {todo.en}; of somebody else give the ID number",
        )
        return Problem("name", Label("姓名", "name"), rule, line=line)
    return None
