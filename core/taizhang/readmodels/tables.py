"""Tables and events as people and programs read them: filters, names for ids, labels, summaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from taizhang.declarations.fields import FieldSpec, specs
from taizhang.declarations.kinds import Bad, ChoiceKind, CountKind, DateKind
from taizhang.declarations.ledger import Cells
from taizhang.declarations.lines import split_name
from taizhang.declarations.programme import Table
from taizhang.ledger.missing import stands
from taizhang.ledger.resolving import resolve
from taizhang.ledger.schema import quoted, shown_names
from taizhang.ledger.view import LedgerView
from taizhang.readmodels.summaries import masked_payload, summary
from taizhang.words.errors import Invalid, Problem, Usage
from taizhang.words.labels import Label, clean
from taizhang_eventstore.recorded import Recorded

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

TIME_LABELS = {
    "id": Label("编号", "id"),
    "since": Label("自", "since"),
    "until": Label("至", "until"),
    "on_date": Label("日期", "on"),
    "line": Label("行", "line"),
    "src": Label("来源", "src"),
    "seq": Label("登记", "seq"),
}


def column_label(table: Table[Any], column: str) -> Label:
    """What a column is called."""
    spec = table.shown_fields.get(column)
    return spec.label if spec is not None else TIME_LABELS[column]


def conditions(ledger: LedgerView, table: Table[Any], where: Sequence[str]) -> dict[str, Any]:
    """``COLUMN=VALUE`` words as column values: names become ids, texts their kind's values.

    An empty value asks for empty cells. Raises :class:`Usage` for a column that is not there and
    :class:`Invalid` for a value that is not of its kind.
    """
    found: dict[str, Any] = {}
    names = shown_names(table)
    for word in where:
        column, equals, text = word.partition("=")
        column = column.strip()
        if not equals or column not in names:
            raise Usage(
                "台账 {table} 没有列 {column}；它的列是 {known}"
                "|the table {table} has no column {column}; its columns are {known}",
                table=table.name,
                column=clean(column),
                known=", ".join(names),
            )
        found[column] = condition(ledger, table, column, text)
    return found


def condition(ledger: LedgerView, table: Table[Any], column: str, text: str) -> Any:
    """One value to filter by."""
    spec = table.shown_fields.get(column)
    if not clean(text):
        return None
    if column == "id" and spec is None:
        return clean(text)
    try:
        if spec is None and column in ("line", "src", "seq"):
            return CountKind().parse(clean(text).removeprefix("#"))
        if spec is None:
            return DateKind().parse(text).isoformat()
        if spec.entity is not None:
            return resolve(spec.entity, text, ledger, ended=True)
        if isinstance(spec.kind, ChoiceKind):
            return _choice(spec, text)
        return spec.kind.column(spec.kind.parse(text))
    except Bad as bad:
        label = column_label(table, column)
        raise Invalid([Problem(column, label, bad.rule, bad.candidates)]) from None


def _choice(spec: FieldSpec, text: str) -> str:
    """A declared choice in either language; an unknown term is looked for as it stands."""
    assert isinstance(spec.kind, ChoiceKind)
    try:
        return spec.kind.choose(text, spec.choices)
    except Bad:
        return clean(text)


def select(
    ledger: LedgerView,
    table: Table[Any],
    where: Mapping[str, Any],
    limit: int | None = None,
    *,
    every: bool = False,
) -> list[Cells]:
    """Rows on the ledger's day (or of every day), in the order in which they began.

    Raises :class:`~taizhang.words.errors.Refused` where the table has none because its programme failed.
    """
    stands(ledger, table)
    source = quoted(table.name + "_all") if every else quoted(table.name)
    terms = [f"{quoted(c)} IS ?" for c in where]
    order = "on_date, src" if table.shape == "record" else "since, src"
    order += ", line" if table.lined else ""
    sql = f"SELECT * FROM {source}" + (f" WHERE {' AND '.join(terms)}" if terms else "")
    sql += f" ORDER BY {order}" + (f" LIMIT {int(limit)}" if limit is not None else "")
    return ledger.query(sql, *where.values())


def reference_names(
    ledger: LedgerView, table: Table[Any], rows: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, str]]:
    """For each reference column the names of the ids that stand in ``rows``."""
    found: dict[str, dict[str, str]] = {}
    for name, spec in specs(table.row).items():
        if spec.entity is None or spec.entity not in ledger.registry.entities:
            continue
        ids = sorted({row[name] for row in rows if row[name]})
        found[name] = ledger.names(spec.entity, ids)
    return found


def with_names(
    ledger: LedgerView, table: Table[Any], rows: Sequence[Mapping[str, Any]], *, plain: bool = False
) -> list[dict[str, Any]]:
    """Rows for JSON: beside each reference ``column`` its ``column_name``; yes and no as booleans.

    Numbers of people are masked unless ``plain``.
    """
    fields = table.shown_fields
    names = reference_names(ledger, table, rows)
    yes = [n for n, s in fields.items() if s.kind.name == "yes"]
    made = []
    for row in rows:
        cells: dict[str, Any] = {}
        for column, value in row.items():
            cells[column] = bool(value) if column in yes and value is not None else value
            if not plain and column in fields and isinstance(value, str):
                cells[column] = fields[column].kind.mask(value)
            if column in names:
                cells[f"{column}_name"] = names[column].get(value, "") if value else None
        made.append(cells)
    return made


def displayed(
    ledger: LedgerView,
    table: Table[Any],
    rows: Sequence[Mapping[str, Any]],
    language: str = "zh",
    *,
    plain: bool = False,
) -> tuple[list[str], list[list[str]], list[bool]]:
    """Headers, cells and which columns are right-aligned, as people read a table.

    Numbers of people are masked unless ``plain``.
    """
    names = reference_names(ledger, table, rows)
    fields = table.shown_fields
    columns = [c for c in shown_names(table) if c != "seq"]
    headers = [column_label(table, c).text(language) for c in columns]
    right = [
        c in ("line", "src") or (c in fields and fields[c].kind.align == "right") for c in columns
    ]
    cells = [
        [show_cell(row[c], c, fields, names, language, plain=plain) for c in columns]
        for row in rows
    ]
    return headers, cells, right


def show_cell(
    value: Any,
    column: str,
    fields: Mapping[str, FieldSpec],
    names: Mapping[str, Mapping[str, str]],
    language: str,
    *,
    plain: bool = False,
) -> str:
    """One cell: a reference by name, a value by its kind, masked unless ``plain``."""
    if column in names:
        return names[column].get(value, value or "") if value else ""
    spec = fields.get(column)
    if spec is None:
        return f"#{value}" if column in ("src", "seq") else str(value or "")
    return spec.show(value, language) if plain else spec.masked(value, language)


# Events

_STATES = {
    "living": Label("", ""),
    "corrected": Label("已更正", "corrected"),
    "void": Label("已作废", "void"),
    "correction": Label("更正", "correction"),
    "voiding": Label("作废", "void of"),
}


def event_state(ws: Workspace, event: Recorded) -> str:
    """``living``, ``corrected`` or ``void``; amendments are ``correction`` or ``voiding`` unless void."""
    rows = ws.db.execute(
        "SELECT seq, target, kind, line FROM amendments WHERE root = ? ORDER BY seq DESC",
        (event.envelope.root or event.position,),
    ).fetchall()
    own = event.envelope.line
    of_line = {seq for seq, _, _, line in rows if line is not None}
    dead: set[int] = set()
    corrected = False
    for seq, target, kind, line in rows:
        if seq in dead:
            continue
        if kind == "void" and (line is None or target in of_line):
            dead.add(target)
        elif seq > event.position and (own is None or line in (None, own)):
            corrected = True
    if event.position in dead:
        return "void"
    if event.envelope.voids is not None:
        return "voiding"
    if corrected:
        return "corrected"
    return "correction" if event.envelope.corrects is not None else "living"


def event_cells(
    ws: Workspace, event: Recorded, language: str = "zh", *, plain: bool = False
) -> dict[str, Any]:
    """An event with its envelope, payload, label, state and a one-line summary.

    Numbers of people are masked unless ``plain``.
    """
    envelope = event.envelope
    declared = ws.registry.events.get(event.name)
    state = event_state(ws, event)
    mark = _STATES[state].text(language)
    if envelope.amends is not None and state != "void":
        mark = f"{mark} #{envelope.amends}"
        if envelope.line is not None:
            number = split_name(envelope.line)[1]
            mark += f" line {number}" if language == "en" else f" 第 {number} 行"
    return {
        "seq": event.position,
        "type": event.type,
        "name": event.name,
        "label": declared.label.text(language) if declared else event.name,
        "on": envelope.on.isoformat(),
        "recorded_at": envelope.recorded_at.isoformat(),
        "actor": envelope.actor,
        "reason": envelope.reason,
        "document": envelope.document,
        "cause": envelope.cause,
        "correlation": envelope.correlation,
        "corrects": envelope.corrects,
        "voids": envelope.voids,
        "root": envelope.root,
        "line": envelope.line,
        "plugin": envelope.plugin,
        "plugin_version": envelope.plugin_version,
        "id": envelope.id,
        "action": envelope.action,
        "i": envelope.i,
        "n": envelope.n,
        "tags": list(event.tags),
        "payload": event.payload if plain else masked_payload(event),
        "state": state,
        "state_label": mark,
        "summary": event_summary(ws, event, language, plain=plain),
        "trouble": None if event.trouble is None else Label.of(event.trouble).text(language),
    }


def event_summary(
    ws: Workspace, event: Recorded, language: str = "zh", *, plain: bool = False
) -> str:
    """The fields of an event on one line: names for ids, nothing for what is empty, numbers of
    people masked unless ``plain``.
    """
    return summary(ws.at(event.envelope.on), event, language, plain=plain)
