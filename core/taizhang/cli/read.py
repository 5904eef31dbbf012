"""Commands that read: actions, tables, show, events, findings, overview."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import clock_known, clock_on, plainly
from taizhang.cli.output import as_json, counted, footer, print_json, print_table
from taizhang.cli.words import LANGUAGE, say, warn

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.store.viewings import How
    from taizhang.workspace import Workspace


def note_viewing(ws: Workspace, how: How, subjects: Iterable[str]) -> None:
    """Notes that somebody looked at persons; says so where that cannot be written."""
    from taizhang.words.labels import Label
    from taizhang_eventstore.errors import StoreError

    try:
        ws.viewed(how, subjects)
    except StoreError as error:
        zh, en = error.pair
        warn(Label(f"查阅没有记下：{zh}", f"that you looked was not noted: {en}"))


@click.command()
@click.argument("prefix", default="")
@as_json
@click.pass_obj
def actions(settings: Settings, prefix: str, as_json: bool) -> None:
    """All actions, or those whose name begins with PREFIX."""
    from taizhang.readmodels.forms import action_schema

    with settings.read() as ws:
        chosen = [a for n, a in sorted(ws.registry.actions.items()) if n.startswith(prefix)]
        if as_json:
            print_json(
                [
                    {
                        "name": a.name,
                        "label": a.label.text(LANGUAGE),
                        "owner": a.owner,
                        "schema": action_schema(a, LANGUAGE),
                    }
                    for a in chosen
                ]
            )
            return
        rows = []
        for a in chosen:
            fields = " ".join((f"--{n}" if s.required else f"[--{n}]") for n, s in a.fields.items())
            rows.append([a.name, a.label.text(LANGUAGE), fields])
        print_table([say("操作|action"), say("名称|label"), say("字段|fields")], rows)


@click.command()
@as_json
@click.pass_obj
def tables(settings: Settings, as_json: bool) -> None:
    """All tables with the number of rows today."""
    from taizhang.workspace.card import contents, leave, read

    card = None if settings.read_only else read(settings.store)
    if card is None:
        with settings.read() as ws:
            card = contents(ws)
            leave(ws, card)
    zh = LANGUAGE == "zh"
    found = [{**t, "label": t["label"][not zh]} for t in card["tables"]]
    if as_json:
        print_json(found)
        return
    print_table(
        [say("台账|table"), say("名称|label"), say("行数|rows"), say("列|columns")],
        [
            [
                t["name"],
                t["label"],
                "–" if t["rows"] is None else f"{t['rows']:,}",
                " ".join(t["columns"]),
            ]
            for t in found
        ],
        right=[False, False, True],
    )


@click.command()
@click.argument("table")
@clock_on
@clock_known
@click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE", help=say("筛选，可重复|filter, may repeat")
)
@click.option("--limit", type=click.IntRange(min=0), help=say("最多几行|at most so many rows"))
@click.option("--all", "every", is_flag=True, help=say("所有日期的行|rows of every day"))
@click.option(
    "--left",
    is_flag=True,
    help=say("人员台账：连已转出的一起列|of people: those who were transferred out as well"),
)
@plainly
@as_json
@click.pass_obj
def show(
    settings: Settings,
    table: str,
    on: str | None,
    known: str | None,
    where: Sequence[str],
    limit: int | None,
    every: bool,
    left: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Rows of TABLE on a day, as known at a position or time."""
    from taizhang.readmodels.tables import Asked, conditions, displayed, joined, with_names
    from taizhang.store.viewings import in_rows

    with settings.read() as ws:
        declared = ws.registry.table_called(table)
        ledger = ws.at(on, known)
        wanted = conditions(ledger, declared, where)
        named = "id" in wanted or any(c in wanted for c in joined(ws.registry, declared))
        asked = Asked(declared, wanted, every, all=every or left or named)
        rows = asked.rows(ledger, limit)
        if plain or asked.masked:
            # Who is found by a number is known by it, however few of the rows are shown.
            seen = asked.rows(ledger) if asked.masked else rows
            note_viewing(ws, "numbers", in_rows(ws.registry, declared, seen))
        if as_json:
            print_json(with_names(ledger, declared, rows, plain=plain))
            return
        print_table(*displayed(ledger, declared, rows, LANGUAGE, plain=plain, whole=True))
        full = limit is None or len(rows) < limit
        footer(len(rows), ws.demonstration, None if full else asked.count(ledger))


@click.command()
@click.option("--after", type=int, default=0, help=say("此序号之后|after this position"))
@click.option("--before", type=int, metavar="INTEGER", help=say("此序号之前|before this position"))
@click.option(
    "--type",
    "prefix",
    default="",
    metavar="PREFIX",
    help=say("类型前缀，或事件名称|prefix of the type, or what it is called"),
)
@click.option("--tag", metavar="KIND:ID", help=say("只看带此标签的|only with this tag"))
@click.option("--actor", metavar="NAME", help=say("经办人|who recorded them"))
@click.option("--on", metavar="DATE", help=say("这一天生效的|true on this day"))
@click.option("--since", metavar="TIME", help=say("这时起登记的|recorded from this time on"))
@click.option("--until", metavar="TIME", help=say("到这时登记的|recorded up to this time"))
@click.option("--limit", type=click.IntRange(min=1), help=say("最近几条|the last so many"))
@plainly
@as_json
@click.pass_obj
def events(
    settings: Settings,
    /,
    on: str | None,
    limit: int | None,
    plain: bool,
    as_json: bool,
    **asked: Any,
) -> None:
    """The event log, oldest first; the last 50 unless --limit or --json say otherwise."""
    from taizhang.decisions.parsing import parse_date
    from taizhang.readmodels.eventlog import EventLog
    from taizhang.readmodels.eventquery import wanted
    from taizhang.readmodels.events import event_cells
    from taizhang.store.paths import local_time
    from taizhang.store.viewings import in_tags

    with settings.read() as ws:
        day = None if on is None else parse_date(on)
        log = EventLog(lambda: ws, wanted(ws, on=day, **asked), LANGUAGE)
        most = limit or (log.count() if as_json else 50)
        chosen = log.events(0, most)[::-1]
        if plain:
            tags = (tag for e in chosen for tag in e.tags)
            note_viewing(ws, "numbers", in_tags(ws.registry, tags))
        listed = [event_cells(ws, e, LANGUAGE, plain=plain) for e in chosen]
        if as_json:
            print_json(listed)
            return
        heads = "序号|seq 生效|on 登记|recorded 事件|event 状态|state 经办|actor 内容|content"
        rows = [
            [
                f"#{e['seq']}",
                e["on"],
                local_time(event.envelope.recorded_at),
                *(e[key] for key in ("label", "state_label", "actor", "summary")),
            ]
            for event, e in zip(chosen, listed, strict=True)
        ]
        print_table([say(h) for h in heads.split()], rows, right=[True])
        if len(rows) == most and (every := log.count()) > most:
            click.echo(counted(len(rows), every, "条|events"))


@click.command()
@as_json
@click.pass_obj
def findings(settings: Settings, as_json: bool) -> None:
    """Everything in the ledger that breaks a rule."""
    from taizhang.ledger.naming import called

    with settings.read() as ws:
        found = ws.findings()
        if as_json:
            print_json(
                [
                    {
                        "code": f.code,
                        "entity": f.entity,
                        "id": f.id,
                        "seq": f.src,
                        "hard": f.hard,
                        "label": f.label.text(LANGUAGE),
                    }
                    for f in found
                ]
            )
            return
        ledger, entities = ws.at(), ws.registry.entities
        print_table(
            [say("规则|rule"), say("对象|entity"), say("名称|name"), say("事件|event")],
            [
                [
                    f.label.text(LANGUAGE),
                    f"{f.entity}:{f.id}",
                    called(ledger, f.entity, f.id, LANGUAGE) if f.entity in entities else "",
                    f"#{f.src}",
                ]
                for f in found
            ],
        )
        click.echo(say("{n} 处|{n} findings").format(n=len(found)))


@click.command()
@clock_on
@clock_known
@as_json
@click.pass_obj
def overview(
    settings: Settings, on: str | None = None, known: str | None = None, as_json: bool = False
) -> None:
    """Organisations as a tree with members, and the number of rows in each table."""
    from taizhang.office.overview.counts import overview_of, overview_text

    ws: Workspace
    with settings.read() as ws:
        made = overview_of(ws, ws.at(on, known), LANGUAGE)
        if as_json:
            print_json(made)
        else:
            click.echo(overview_text(made, LANGUAGE))


COMMANDS = {
    "actions": actions,
    "tables": tables,
    "show": show,
    "events": events,
    "findings": findings,
    "overview": overview,
}
