"""Commands that look back: why a cell shows what it shows, and what lies between two moments."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import below, clock_known, clock_on, plainly
from taizhang.cli.output import as_json, counted, print_json, print_table
from taizhang.cli.read import note_viewing
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from taizhang.cli.settings import Settings
    from taizhang.readmodels.behind import Behind
    from taizhang.readmodels.differences import Differing
    from taizhang.readmodels.origin import Origin
    from taizhang.readmodels.points import Point
    from taizhang.readmodels.why import Cell
    from taizhang.workspace import Workspace

EVENT = ("事件|event", "生效|on", "登记|recorded", "经办|actor", "事由|reason", "文号|document")


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
    from taizhang.readmodels.origin import Origin
    from taizhang.readmodels.why import Story

    with settings.read() as ws:
        declared = ws.registry.table_called(table)
        ledger = ws.at(on, known)
        story = Story(ledger, ws.log, locate(ledger, declared, key))
        column = story.column(column) if column else None
        columns = [column] if column else story.columns
        cells = [story.cell(c, past=column is not None or as_json) for c in columns]
        if plain:
            note_viewing(ws, "numbers", story.subjects())
        origin = Origin(story, LANGUAGE, plain=plain)
        if as_json:
            print_json(origin.as_json(cells))
            return
        of = f" · {origin.label(column)}" if column else ""
        clocks = say("有效 {on}  所知 #{known}|true on {on}  as known #{known}").format(
            on=story.place.day, known=f"{story.timeline.known:,}"
        )
        click.echo(f"{origin.title}{of}  {clocks}")
        if origin.missing:
            _print_missing(origin, cells[0])
        elif column is None:
            _print_events(
                "列|column 值|value",
                (([told.label, told.text], told.behind) for told in origin.columns()),
            )
        if column is not None:
            _print_cell(origin, cells[0])


def _print_events(heads: str, rows: Iterable[tuple[Sequence[str], Behind | None]]) -> None:
    """A table in which every row ends with its event."""
    from taizhang.readmodels.behind import texts

    print_table(
        [say(h) for h in (*heads.split(), *EVENT)],
        [[*cells, *texts(event, LANGUAGE)] for cells, event in rows],
    )


def _print_missing(origin: Origin, cell: Cell) -> None:
    """Why there is no row."""
    begins = origin.story.begins()
    if cell.behind is not None:
        click.echo(say("这一天没有这一行：它已结束|there is no such row on this day: it has ended"))
        _print_events("", [((), cell.behind)])
    elif begins is not None:
        click.echo(
            say(
                "这一天还没有这一行，后来才有|there is no such row yet on this day; it begins later"
            )
        )
        _print_events("", [((), begins)])
    else:
        known = origin.story.cell(origin.story.columns[0]).known
        click.echo(say("没有这一行|there is no such row"))
        if known and known[0].by:
            _print_events("", [((), event) for event in known[0].by])


def _print_cell(origin: Origin, cell: Cell) -> None:
    if cell.present:
        _print_events("值|value", [([origin.text(cell.column, cell)], cell.behind)])
    pasts = origin.pasts(cell)
    if earlier := [p for p in pasts if p.kind == "earlier"]:
        click.echo()
        click.echo(say("此前各日（按现在所知）|on earlier days, as known now"))
        _print_events(
            "自|since 至|until 值|value", [([p.since, p.until, p.text], p.behind) for p in earlier]
        )
    if known := [p for p in pasts if p.kind == "known"]:
        click.echo()
        click.echo(say("这一天历来所知|what was known of this day"))
        _print_events(
            "自|from 至|to 登记|recorded 值|value",
            [([p.since, p.until, p.at, p.text] if p.first else [""] * 4, p.behind) for p in known],
        )


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
    """List what differs in TABLE, or in all tables about one entity (organisation ID), between two
    dates or two known positions.
    """
    from taizhang.readmodels.differences import compare, point_json, told
    from taizhang.readmodels.locating import entity_of
    from taizhang.readmodels.looked import Subject
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
        table = None if whole else ws.registry.table_called(what).name
        kind = what if whole else "organisation"
        name = entity or organisation
        id = entity_of(ledger, kind, name) if name else None
        found = compare(ledger, ws.log, Subject(table, kind, id), before, after)
        lines = told(islice(found, limit), ledger, LANGUAGE, plain=plain)
        if plain:
            every = list(lines)
            seen = (s for d in every for s in in_rows(ws.registry, d.line.table, [d.line.row]))
            note_viewing(ws, "numbers", seen)
            lines = iter(every)
        if as_json:
            made = [line.as_json() for line in lines]
            print_json({"from": point_json(before), "to": point_json(after), "lines": made})
        else:
            shown = _print_lines(lines, several=len(found.tables) > 1)
            of = sum(1 for _ in found.marks()) if shown == limit else shown
            click.echo(counted(shown, of, "处差异|differences"))


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
    """Tells if a word means a position or a time of recording, and not a day."""
    from taizhang.words.labels import narrow

    word = narrow(text)
    return bool(re.fullmatch(r"\d{1,7}|\d{9,18}|#\d{1,18}|.*:.*", word))


def _print_lines(lines: Iterable[Differing], *, several: bool) -> int:
    """The differences as a table; returns how many there are."""
    rows: list[tuple[list[str], Behind | None]] = []
    count = 0
    for line in lines:
        count += 1
        first = [line.sign, *([line.table] if several else []), line.subject, line.said]
        for i, event in enumerate(line.line.events or (None,)):
            rows.append((first if i == 0 else [""] * len(first), event))
    _print_events(f"| {'台账|table ' if several else ''}对象|what 内容|content", rows)
    return count


COMMANDS = {"why": why, "diff": diff}
