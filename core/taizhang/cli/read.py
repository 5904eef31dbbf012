"""Commands that read: actions, tables, show, events, findings, overview."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

from taizhang.cli.options import clock_known, clock_on, plainly
from taizhang.cli.output import as_json, footer, print_json, print_table
from taizhang.cli.words import LANGUAGE, say, warn

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.store.viewings import How
    from taizhang.workspace import Workspace


def note_viewing(ws: Workspace, how: How, subjects: Iterable[str]) -> None:
    """Notes that somebody looked at persons; says so where that cannot be written.

    Raises ``Refused`` for numbers in full, or somebody's own record, where nothing may be written: nobody
    sees these without a trace.
    """
    from taizhang.words.errors import Refused
    from taizhang.words.labels import Label
    from taizhang_eventstore.errors import StoreError

    subjects = list(subjects)
    if ws.read_only and subjects:
        raise Refused(
            "账册以只读方式打开，谁看了号码全文记不下来，所以不显示；去掉 --read-only，或不要全文"
            "|the store is open read-only, and who looked at numbers in full could not be noted: they are not "
            "shown; leave out --read-only, or do without them"
        )
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
        [[t["name"], t["label"], f"{t['rows']:,}", " ".join(t["columns"])] for t in found],
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
@click.option(
    "--type", "prefix", default="", metavar="PREFIX", help=say("类型前缀|prefix of the type")
)
@click.option("--tag", metavar="KIND:ID", help=say("只看带此标签的|only with this tag"))
@click.option("--limit", type=click.IntRange(min=1), help=say("最近几条|the last so many"))
@plainly
@as_json
@click.pass_obj
def events(
    settings: Settings,
    after: int,
    prefix: str,
    tag: str | None,
    limit: int | None,
    plain: bool,
    as_json: bool,
) -> None:
    """The event log, oldest first; the last 50 unless --limit or --json say otherwise."""
    from taizhang.readmodels.events import event_cells
    from taizhang.store.paths import local_time
    from taizhang.store.viewings import in_tags

    with settings.read() as ws:
        wanted = limit if limit is not None else (10**9 if as_json else 50)
        found = ws.log.backwards(limit=wanted, prefix=prefix, tag=tag)
        chosen = [e for e in reversed(found) if e.position > after]
        if plain:
            tags = (tag for e in chosen for tag in e.tags)
            note_viewing(ws, "numbers", in_tags(ws.registry, tags))
        listed = [event_cells(ws, e, LANGUAGE, plain=plain) for e in chosen]
        if as_json:
            print_json(listed)
            return
        print_table(
            [
                say(h)
                for h in (
                    "序号|seq",
                    "生效|on",
                    "登记|recorded",
                    "事件|event",
                    "状态|state",
                    "经办|actor",
                    "内容|content",
                )
            ],
            [
                [
                    f"#{e['seq']}",
                    e["on"],
                    local_time(event.envelope.recorded_at),
                    e["label"],
                    e["state_label"],
                    e["actor"],
                    e["summary"],
                ]
                for event, e in zip(chosen, listed, strict=True)
            ],
            right=[True],
        )


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
