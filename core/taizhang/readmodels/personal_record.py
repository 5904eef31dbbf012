"""A person's own record (本人记录): everything that the ledger keeps of one person, on one page.

For the person: telephone and ID number stand there in full, every event about the person with who recorded
it and when, and who looked. Made from the declarations, so that what a programme keeps of persons is in it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.fields import specs
from taizhang.declarations.ledger import Cells
from taizhang.declarations.programme import Table
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.events import event_cells
from taizhang.readmodels.tables import reference_names, show_cell
from taizhang.store.paths import local_time
from taizhang.store.viewings import HOW
from taizhang.words.errors import Refused
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

_WORDS = {
    "title": Label("本人记录", "own record"),
    "made": Label("打印日期", "printed on"),
    "year": Label("年", "year"),
    "entries": Label("次数", "entries"),
    "minutes": Label("时长", "time"),
    "events": Label("登记经过", "what was recorded, by whom"),
    "viewings": Label("谁看过", "who looked"),
    "nobody": Label("没有记下的", "nobody is on the list"),
    "since": Label("自", "since"),
    "until": Label("至", "until"),
    "on_date": Label("日期", "on"),
}


def record_of(ws: Workspace, kind: str, id: str, language: str = "zh") -> dict[str, Any]:
    """The record as data. Raises :class:`Refused` for what is no person.

    Args:
        ws: The open store.
        kind: The kind of the entity.
        id: Its id.
        language: ``zh`` or ``en``.
    """
    registry = ws.registry
    if kind not in registry.persons:
        raise Refused("{kind}:{id} 不是人|{kind}:{id} is no person", kind=kind, id=id)
    ledger, own = ws.at(), registry.entity(kind).table
    lives = ledger.spans(own.name, id=id)
    sections = []
    for table, column in registry.references(kind):
        if table is not own and (rows := ledger.spans(table.name, **{column: id})):
            sections.append(_section(ledger, table, column, rows, language))
    events = [
        {
            "seq": event.position,
            "on": cells["on"],
            "recorded": local_time(event.envelope.recorded_at),
            "label": cells["label"],
            "state": cells["state_label"],
            "actor": cells["actor"],
            "summary": cells["summary"],
        }
        for event in ws.log.read(tags=[f"{kind}:{id}"])
        for cells in [event_cells(ws, event, language)]
    ]
    return {
        "id": id,
        "kind": kind,
        "on": ledger.on.isoformat(),
        "details": _turned(_cells(ledger, own, lives[-1:], language, ("since", "until"))),
        "sections": sections,
        "events": events,
        "viewings": [
            {
                "at": local_time(viewing.at),
                "actor": viewing.actor,
                "how": viewing.how,
                "label": HOW[viewing.how].text(language),
            }
            for viewing in ws.viewings.of(f"{kind}:{id}")
        ],
    }


def _turned(lines: list[list[str]]) -> list[list[str]]:
    """One row as a line for each of its columns."""
    return [list(pair) for pair in zip(*lines, strict=True)] if len(lines) == 2 else []


def _columns(table: Table[Any], without: Sequence[str]) -> list[str]:
    time = ["on_date"] if table.shape == "record" else ["since", "until"]
    return [c for c in [*specs(table.row), *time] if c not in without]


def _cells(
    ledger: LedgerView,
    table: Table[Any],
    rows: Sequence[Cells],
    language: str,
    without: Sequence[str],
) -> list[list[str]]:
    """Headers and rows, as people read them, nothing masked."""
    names, fields = reference_names(ledger, table, rows), specs(table.row)
    columns = _columns(table, without)
    heads = [(fields[c].label if c in fields else _WORDS[c]).text(language) for c in columns]
    made = [
        [show_cell(row[c], c, fields, names, language, plain=True) for c in columns] for row in rows
    ]
    return [heads, *made]


def _section(
    ledger: LedgerView, table: Table[Any], column: str, rows: Sequence[Cells], language: str
) -> dict[str, Any]:
    """One table's rows; of service time and the like the sums of each year."""
    fields = specs(table.row)
    timed = next((n for n, s in fields.items() if s.kind.name == "minutes"), None)
    if timed is None:
        lines = _cells(ledger, table, rows, language, (column,))
    else:
        day = next((n for n, s in fields.items() if s.kind.name == "date"), None)
        day = day or ("on_date" if table.shape == "record" else "since")
        years: dict[str, list[int]] = {}
        # A fold has a row for each of its states: the last one counts.
        last = {row["id"]: row for row in rows}.values() if table.entity else rows
        for row in last:
            sums = years.setdefault(str(row[day])[:4], [0, 0])
            sums[0] += 1
            sums[1] += row[timed] or 0
        show = fields[timed].show
        lines = [[_WORDS[w].text(language) for w in ("year", "entries", "minutes")]]
        lines += [[y, str(n), show(m, language)] for y, (n, m) in sorted(years.items())]
    return {"table": table.name, "label": table.label.text(language), "lines": lines}


def record_text(made: dict[str, Any], language: str = "zh") -> str:
    """The record as text for a printer."""
    title, on = _WORDS["title"].text(language), _WORDS["made"].text(language)
    lines = [f"{title}  {made['kind']}:{made['id']}  {on} {made['on']}", ""]
    lines += _aligned(made["details"])
    for section in made["sections"]:
        lines += ["", section["label"], *_aligned(section["lines"])]
    lines += ["", _WORDS["events"].text(language)]
    keys = ("seq", "on", "recorded", "actor", "label", "state", "summary")
    lines += _aligned([[str(event[k]) for k in keys] for event in made["events"]])
    lines += ["", _WORDS["viewings"].text(language)]
    seen = [[viewing[k] for k in ("at", "actor", "label")] for viewing in made["viewings"]]
    lines += _aligned(seen or [[_WORDS["nobody"].text(language)]])
    return "\n".join(lines)


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    from rich.cells import cell_len

    shown = [[clean(cell) for cell in row] for row in rows]
    widths = [max(map(cell_len, column)) for column in zip(*shown, strict=True)]
    return [
        "  "
        + "  ".join(
            cell + " " * (w - cell_len(cell)) for cell, w in zip(row, widths, strict=True)
        ).rstrip()
        for row in shown
    ]
