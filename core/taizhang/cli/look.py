"""Commands that look back: why a cell shows what it shows, and what lies between two moments."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import below, clock_known, clock_on, plainly
from taizhang.cli.output import as_json, print_json, print_table
from taizhang.cli.read import note_viewing
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taizhang.cli.settings import Settings
    from taizhang.ledger.view import LedgerView
    from taizhang.readmodels.behind import Behind
    from taizhang.readmodels.points import Point
    from taizhang.readmodels.why import Cell, Story
    from taizhang.workspace import Workspace

EVENT = ("事件|event", "生效|on", "登记|recorded", "经办|actor", "事由|reason", "文号|document")


def _event_cells(event: Behind | None) -> list[str]:
    from taizhang.store.paths import local_time

    if event is None:
        return [""] * len(EVENT)
    return [
        f"#{event.seq} {event.title(LANGUAGE)}",
        event.on.isoformat(),
        local_time(event.recorded_at),
        event.actor,
        event.reason or "",
        event.document or "",
    ]


@click.command()
@click.argument("table")
@click.argument("key")
@click.argument("column", required=False)
@clock_on
@clock_known
@plainly
@as_json
@click.pass_obj
def why(
    settings: Settings,
    table: str,
    key: str,
    column: str | None,
    on: str | None,
    known: str | None,
    plain: bool,
    as_json: bool,
) -> None:
    """The event that set a cell of TABLE, and what was there before.

    KEY is an id, a unique name, or #SEQ of the event behind the row; of a span with several keys they
    are divided by /.
    """
    from taizhang.readmodels.locating import locate
    from taizhang.readmodels.why import Story
    from taizhang.readmodels.wording import story_json
    from taizhang.store.viewings import in_rows

    with settings.read() as ws:
        declared = ws.registry.table(table)
        ledger = ws.at(on, known)
        story = Story(ledger, ws.log, locate(ledger, declared, key))
        columns = [column] if column else story.columns
        cells = [story.cell(c, past=column is not None or as_json) for c in columns]
        if plain and (row := story.cells()):
            note_viewing(ws, "numbers", in_rows(ws.registry, declared, [row]))
        if as_json:
            print_json(story_json(ledger, story, cells, LANGUAGE, plain=plain))
            return
        _print_title(ledger, story, column)
        if story.row is None:
            _print_absent(story, cells[0])
        elif column is None:
            _print_cells(ledger, story, cells, plain)
        if column is not None:
            _print_cell(ledger, story, cells[0], plain)


def _print_title(ledger: LedgerView, story: Story, column: str | None) -> None:
    from taizhang.readmodels.tables import column_label
    from taizhang.readmodels.wording import own_names, subject

    table = story.place.table
    keys = ("src",) if table.shape == "record" else table.key_columns
    row = story.cells() or dict(zip(keys, story.place.key, strict=True))
    name = subject(own_names(ledger, table, [row]), table, _Blank(row), LANGUAGE)
    of = f" · {column_label(table, column).text(LANGUAGE)}" if column else ""
    clocks = say("有效 {on}  所知 #{known}|true on {on}  as known #{known}").format(
        on=story.place.day, known=f"{story.timeline.known:,}"
    )
    click.echo(f"{table.label.text(LANGUAGE)} {name}{of}  {clocks}")


class _Blank(dict[str, Any]):
    """A row of which some cells are not there."""

    def __missing__(self, key: str) -> None:
        return None


def _print_absent(story: Story, cell: Cell) -> None:
    """Why there is no row."""
    if cell.behind is not None:
        click.echo(say("这一天没有这一行：它已结束|there is no such row on this day: it has ended"))
        print_table([say(h) for h in EVENT], [_event_cells(cell.behind)])
    elif (begins := story.begins()) is not None:
        click.echo(
            say(
                "这一天还没有这一行，后来才有|there is no such row yet on this day; it begins later"
            )
        )
        print_table([say(h) for h in EVENT], [_event_cells(begins)])
    else:
        told = story.cell(story.columns[0]).known
        by = told[0].by if told else ()
        click.echo(say("没有这一行|there is no such row"))
        if by:
            print_table([say(h) for h in EVENT], [_event_cells(e) for e in by])


def _text(
    ledger: LedgerView, story: Story, column: str, value: Any, present: bool, plain: bool
) -> str:
    from taizhang.readmodels.wording import shown

    if not present:
        return say("（无此行）|(no row)")
    return shown(ledger, story.place.table, column, value, LANGUAGE, plain=plain) or say(
        "（空）|(empty)"
    )


def _print_cells(ledger: LedgerView, story: Story, cells: Sequence[Cell], plain: bool) -> None:
    from taizhang.readmodels.tables import column_label

    rows = [
        [
            column_label(story.place.table, c.column).text(LANGUAGE),
            _text(ledger, story, c.column, c.value, c.present, plain),
            *_event_cells(c.behind),
        ]
        for c in cells
    ]
    print_table([say(h) for h in ("列|column", "值|value", *EVENT)], rows)


def _print_cell(ledger: LedgerView, story: Story, cell: Cell, plain: bool) -> None:
    from taizhang.store.paths import local_time

    def text(value: Any, present: bool) -> str:
        return _text(ledger, story, cell.column, value, present, plain)

    if cell.present:
        rows = [[text(cell.value, True), *_event_cells(cell.behind)]]
        print_table([say(h) for h in ("值|value", *EVENT)], rows)
    if cell.earlier:
        click.echo()
        click.echo(say("此前各日（按现在所知）|on earlier days, as known now"))
        print_table(
            [say(h) for h in ("自|since", "至|until", "值|value", *EVENT)],
            [
                [e.since, e.until or "", text(e.value, e.present), *_event_cells(e.behind)]
                for e in cell.earlier
            ],
        )
    if len(cell.known) > 1:
        click.echo()
        click.echo(say("这一天历来所知|what was known of this day"))
        rows = []
        for known in cell.known:
            at = local_time(_moment(known.recorded_at))
            gone = f"#{known.gone}" if known.gone else ""
            by = known.by or (None,)
            first = [f"#{known.known}", gone, at, text(known.value, known.present)]
            rows += [[*(first if i == 0 else [""] * 4), *_event_cells(e)] for i, e in enumerate(by)]
        heads = ("自|from", "至|to", "登记|recorded", "值|value", *EVENT)
        print_table([say(h) for h in heads], rows)


def _moment(text: str) -> Any:
    import datetime as dt

    return dt.datetime.fromisoformat(text)


@click.command()
@click.argument("what", metavar="TABLE|KIND")
@click.argument("entity", metavar="[ID]", required=False)
@click.option(
    "--from",
    "since",
    metavar="DATE|SEQ",
    help=say("前一日期，或序号 #123、登记时间|a date, or a position #123 or time of recording"),
)
@click.option(
    "--to", "upto", metavar="DATE|SEQ", help=say("后一日期或序号（默认现在）|the later one (now)")
)
@click.option("--from-known", metavar="SEQ|TIME", help=say("前一所知|as known at first"))
@click.option("--to-known", metavar="SEQ|TIME", help=say("后一所知|as known at last"))
@clock_on
@clock_known
@below
@click.option("--limit", type=click.IntRange(min=0), help=say("最多几处|at most so many"))
@plainly
@as_json
@click.pass_obj
def diff(
    settings: Settings,
    /,
    what: str,
    entity: str | None,
    organisation: str | None,
    limit: int | None,
    plain: bool,
    as_json: bool,
    **clocks: Any,
) -> None:
    """What differs in TABLE, or in all tables about one entity (organisation ID), between two dates
    or two known positions.
    """
    from taizhang.readmodels.difference import Difference
    from taizhang.readmodels.scope import scope_of
    from taizhang.readmodels.wording import line_json, pages, point_json
    from taizhang.store.viewings import in_rows
    from taizhang.words.errors import Usage

    with settings.read() as ws:
        before, after = _points(ws, clocks)
        ledger = ws.at(max(before.on, after.on), max(before.known, after.known))
        whole = what in ws.registry.entities
        if whole == (entity is None) or (whole and organisation):
            raise Usage(
                "写成 diff 台账，或 diff organisation 编号；台账 {what} 可加 --organisation"
                "|write diff TABLE, or diff organisation ID; a table may take --organisation",
                what=what,
            )
        declared = [] if whole else [ws.registry.table(what)]
        scope = None
        if name := entity or organisation:
            kind = what if whole else "organisation"
            scope = scope_of(ledger, kind, _entity(ledger, kind, name), before, after)
            declared = scope.tables(ws.registry) if whole else declared
        found = Difference(ledger, ws.log, before, after, declared, scope)
        lines = pages(islice(found, limit), ledger)
        if plain:
            every = list(lines)
            rows = ((line.table, line.row) for line, _ in every)
            seen = (s for table, row in rows for s in in_rows(ws.registry, table, [row]))
            note_viewing(ws, "numbers", seen)
            lines = iter(every)
        if as_json:
            made = [line_json(names, line, LANGUAGE, plain=plain) for line, names in lines]
            print_json({"from": point_json(before), "to": point_json(after), "lines": made})
        else:
            _print_lines(lines, several=len(declared) > 1, plain=plain)


def _entity(ledger: LedgerView, kind: str, text: str) -> str:
    from taizhang.declarations.kinds import Bad
    from taizhang.ledger.resolving import resolve
    from taizhang.words.errors import Invalid, Problem

    try:
        return resolve(kind, text, ledger, ended=True)
    except Bad as bad:
        label = ledger.registry.entity(kind).label
        raise Invalid([Problem(kind, label, bad.rule, bad.candidates)]) from None


def _points(ws: Workspace, words: dict[str, str | None]) -> tuple[Point, Point]:
    """The two moments that the options say."""
    from taizhang.decisions.parsing import parse_date
    from taizhang.readmodels.points import Point
    from taizhang.readmodels.timeline import known_now
    from taizhang.words.errors import Usage

    since, upto = words["since"], words["upto"]
    if since is None and words["from_known"] is None:
        raise Usage(
            "缺少选项 --from：两个日期或两个序号，从哪里比起"
            "|option --from is missing: the date or position from which to compare"
        )
    positions = {w: _position(w) for w in (since, upto) if w is not None}
    if len(set(positions.values())) > 1:
        raise Usage(
            "--from 和 --to 要么都是日期，要么都是序号；两个时钟一起比用 --from-known、--to-known"
            "|--from and --to are both dates or both positions; for both clocks use --from-known, --to-known"
        )
    known = True in positions.values()
    clash = "known" if known else "on" if positions else None
    if clash and words[clash] is not None:
        raise Usage(
            "选项 --{clash} 与 --from 说的是同一个时钟|--{clash} and --from set the same clock",
            clash=clash,
        )
    day = parse_date(words["on"]) if words["on"] else ws.today()
    head = ws.known_at(words["known"]) if words["known"] else known_now(ws.at())

    def point(word: str | None, at: str | None) -> Point:
        on = parse_date(word) if word and not known else day
        position = at or (word if known else None)
        return Point(on, ws.known_at(position) if position else head)

    return point(since, words["from_known"]), point(upto, words["to_known"])


def _position(text: str) -> bool:
    """Whether a word means a position or a time of recording, and not a day."""
    from taizhang.words.labels import narrow

    word = narrow(text)
    return bool(re.fullmatch(r"\d{1,7}|\d{9,18}|#\d{1,18}|.*:.*", word))


SIGNS = {"added": "＋ 新增|+ added", "gone": "－ 消失|- gone", "changed": "～ 变更|~ changed"}


def _print_lines(lines: Any, *, several: bool, plain: bool) -> None:
    from taizhang.readmodels import wording as telling

    rows: list[list[str]] = []
    count = 0
    for line, names in lines:
        count += 1
        table = line.table
        text = telling.said(names, line, LANGUAGE, plain=plain)
        first = [say(SIGNS[line.sign])]
        if several:
            first.append(table.label.text(LANGUAGE))
        first += [telling.subject(names, table, line.row, LANGUAGE), text]
        for i, event in enumerate(line.events or (None,)):
            rows.append([*(first if i == 0 else [""] * len(first)), *_event_cells(event)])
    heads = ["|", *(["台账|table"] if several else []), "对象|what", "内容|content", *EVENT]
    print_table([say(h) for h in heads], rows)
    click.echo(say("{n} 处差异|{n} differences").format(n=f"{count:,}"))


COMMANDS = {"why": why, "diff": diff}
