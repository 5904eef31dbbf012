"""Commands that record: record, correct, void."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli import options
from taizhang.cli.fields import all_fields, from_file
from taizhang.cli.lines import described, with_lines
from taizhang.cli.options import given
from taizhang.cli.output import as_json, print_json, progress_bar
from taizhang.cli.words import LANGUAGE, say, warn
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.decisions.decision import Receipt, Request
    from taizhang.workspace import Workspace

_line = click.option(
    "--line",
    metavar="N",
    help=say(
        "只涉及其中第 N 行；不是第一种明细时写成 字段/N|only line N of it; FIELD/N where that is not of its first list"
    ),
)

_FREE = {"ignore_unknown_options": True, "allow_extra_args": True}


def print_receipt(
    ws: Workspace, receipt: Receipt, as_json: bool, *, dry: bool = False, brief: bool = False
) -> None:
    """Prints what was (or would be) recorded."""
    from taizhang.decisions.notices import told
    from taizhang.readmodels.events import event_cells

    if as_json:
        made: dict[str, Any] = {"seq": list(receipt.seq), "ids": dict(receipt.ids)}
        if receipt.findings:
            made["findings"] = [
                {"code": f.code, "label": f.label.text(LANGUAGE), "seq": f.src}
                for f in receipt.findings
            ]
        if receipt.notices:
            made["notices"] = told(receipt.notices, LANGUAGE)
        if receipt.refused:
            made["refused"] = [
                {"subject": p.who, "field": p.field, "text": p.text(LANGUAGE)}
                for p in receipt.refused
            ]
        if receipt.batch is not None:
            made["batch"] = receipt.batch
        if receipt.sources:
            made["follows"] = {seq: of.text(LANGUAGE) for seq, of in receipt.sources.items()}
        if dry:
            made["dry_run"] = True
        if warnings := ws.warnings():
            made["warnings"] = [w.text(LANGUAGE) for w in warnings]
        warn_unsealed(ws)
        print_json(made)
        return
    for finding in receipt.findings:
        warn(finding.label)
    warn_noticed(told(receipt.notices, LANGUAGE))
    warn_unsealed(ws)
    if dry:
        click.echo(say("试运行，未登记：|dry run, nothing recorded: "))
    if brief or len(receipt.events) > 20:
        if not receipt.seq:
            click.echo(say("没有可登记的内容|nothing to record"))
            return
        click.echo(
            say("{n} 条事件，#{a} 至 #{b}|{n} events, #{a} to #{b}").format(
                n=len(receipt.seq), a=min(receipt.seq), b=max(receipt.seq)
            )
        )
        return
    for seq, event in zip(receipt.seq, receipt.events, strict=True):
        cells = event_cells(ws, event, LANGUAGE, pending=receipt.events)
        # An amendment says of which event it is: “作废 #37”, “出党 更正 #36”.
        what = (
            cells["state_label"] if cells["voids"] else f"{cells['label']} {cells['state_label']}"
        )
        of = receipt.sources.get(seq)
        because = "" if of is None else f"  ← {of.text(LANGUAGE)}"
        click.echo(f"#{seq}  {cells['on']}  {what.strip()}  {cells['summary']}{because}")
    for kind, id in receipt.ids.items():
        click.echo(f"{ws.registry.entity(kind).label.text(LANGUAGE)}: {id}")


def print_batch(receipt: Receipt) -> None:
    """Of what was recorded as one, how to take it back as one."""
    if receipt.batch is not None:
        click.echo(
            say(
                "批次 {batch}；整批收回：taizhang revert {batch} --reason 事由"
                "|batch {batch}; to take all of it back: taizhang revert {batch} --reason WHY"
            ).format(batch=receipt.batch)
        )


def warn_noticed(notices: Sequence[str]) -> None:
    """Prints what people should look at again in what they recorded, or would record."""
    for said in notices:
        warn(Label(said, said))


def warn_unsealed(ws: Workspace) -> None:
    """Beside what was recorded: that it could not be sealed, if so. It stands all the same."""
    from taizhang.store.sealing import unsealed

    if ws.sealing.trouble is not None:
        warn(unsealed(ws.sealing.trouble))


def read_lines(path: str) -> list[Request]:
    """Requests from a file of JSON lines: ``{"action": ..., "on": ..., field: value, ...}``.

    A line that is not JSON refuses the file and names its number.
    """
    from taizhang.decisions.decision import Request
    from taizhang.words.errors import Refused

    try:
        # Not splitlines(): JSON texts may hold the other separators that it knows.
        lines = given(path).decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        raise Refused("{path} 不是 UTF-8 文本|{path} is not UTF-8 text", path=path) from None
    requests = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Refused(
                "第 {line} 行不是完整的 JSON（{why}）；整个文件未登记"
                "|line {line} is not complete JSON ({why}); nothing of the file was recorded",
                line=number,
                why=str(error)[:100],
            ) from None
        if not isinstance(said, dict) or not isinstance(said.get("action"), str):
            raise Refused(
                "第 {line} 行缺少 action|line {line} does not name its action", line=number
            )
        words = {k: said.pop(k, None) for k in ("on", "reason", "document", "cause")}
        action = said.pop("action")
        fields = said.pop("fields", None) or said
        if not isinstance(fields, dict):
            raise Refused(
                "第 {line} 行的 fields 应为对象|line {line}: fields must be an object", line=number
            )
        requests.append(Request(action, fields, words.pop("on") or "", **words, line=number))
    return requests


def describe_action(settings: Settings, name: str) -> str:
    """The fields of an action as the help of its options."""
    with settings.open() as ws:
        action = ws.registry.action(name)
        lines = [f"taizhang record {name}  {action.label.text(LANGUAGE)}", ""]
        for field, spec in action.fields.items():
            must = say("必填|required") if spec.required else say("可选|optional")
            more = ("、" if LANGUAGE == "zh" else ", ").join(c.text(LANGUAGE) for c in spec.choices)
            if spec.entity is not None:
                more = say(
                    "编号或唯一的名称；多个用逗号隔开，或 @文件"
                    "|an id, or a name that is unique; several with commas, or @FILE"
                )
            rows: list[str] = []
            if spec.line is not None:
                more, *rows = described(spec)
            said = f"  --{field}  {spec.label.text(LANGUAGE)} ({must})"
            told = [more, "" if spec.help is None else spec.help.text(LANGUAGE)]
            lines += ["  ".join([said, *filter(None, told)]), *rows]
        words = say("日期、事由、文号|day, reason, document")
        lines.append(f"  --on --reason --document  {words}")
    return "\n".join(lines)


@click.command(context_settings={**_FREE, "help_option_names": []})
@click.argument("action", required=False)
@click.option(
    "--help", "-h", "wants_help", is_flag=True, help=say("操作的字段|the fields of an action")
)
@click.option(
    "--on", metavar="DATE", help=say("生效日期（默认今天）|the day it takes effect (today)")
)
@options.reason
@click.option("--document", help=say("文号|the document it rests on"))
@click.option(
    "--from-json",
    "file",
    metavar="FILE",
    help=say("JSON 行文件，- 为标准输入|a file of JSON lines, - for standard input"),
)
@from_file
@options.dry_run
@click.option(
    "--partial",
    is_flag=True,
    help=say("给出多个对象时，能登记的先登记|with many subjects, record those that stand"),
)
@click.option("--accept", is_flag=True, help=say("接受提示性问题|accept soft findings"))
@as_json
@click.pass_context
def record(
    ctx: click.Context,
    action: str | None,
    wants_help: bool,
    on: str | None,
    reason: str | None,
    document: str | None,
    file: str | None,
    private: str | None,
    dry_run: bool,
    partial: bool,
    accept: bool,
    as_json: bool,
) -> None:
    """Record ACTION with its fields as options: taizhang record member.register --name 王小明 ..."""
    import msgspec

    from taizhang.cli.many import record_subjects, subjects_given, warn_refused

    settings: Settings = ctx.obj
    if wants_help:
        click.echo(ctx.get_help() if action is None else describe_action(settings, action))
        return
    if (action is None) == (file is None):
        raise click.UsageError(
            say(
                "给出一个操作，或用 --from-json 给出文件|give an action, or a file with --from-json"
            )
        )
    said = all_fields(ctx.args, private)
    if file is not None and partial:
        raise click.UsageError(
            say(
                "--partial 只用于给出多个对象的操作|--partial goes with an action for many subjects"
            )
        )
    if file is not None:
        requests = read_lines(file)
        with settings.open() as ws:
            day = on or ws.today()
            requests = [
                msgspec.structs.replace(
                    r, on=r.on or day, reason=r.reason or reason, document=r.document or document
                )
                for r in requests
            ]
            with progress_bar(say("登记|recording")) as progress:
                receipt = ws.record_batch(
                    requests, commit=not dry_run, accept=accept, progress=progress
                )
            print_receipt(ws, receipt, as_json, dry=dry_run, brief=True)
            if not as_json:
                print_batch(receipt)
        return
    assert action is not None
    with settings.open() as ws:
        words = {"on": on, "reason": reason, "document": document, "accept": accept}
        fields = with_lines(said, ws.registry.action(action).fields)
        subjects = subjects_given(ws, action, fields, on)
        if subjects is None:
            act = ws.preview if dry_run else ws.record
            print_receipt(ws, act(action, fields, **words), as_json, dry=dry_run)
            return
        words |= {"partial": partial, "commit": not dry_run}
        receipt = record_subjects(ws, action, subjects, fields, words)
        print_receipt(ws, receipt, as_json, dry=dry_run, brief=True)
        if not as_json:
            warn_refused(receipt, dry=dry_run)
            print_batch(receipt)
    if receipt.refused:
        ctx.exit(1)


@click.command(context_settings=_FREE)
@click.argument("seq", type=int)
@click.option("--on", metavar="DATE", help=say("更正生效日期|the right day"))
@_line
@from_file
@options.reason
@options.dry_run
@as_json
@click.pass_context
def correct(
    ctx: click.Context,
    seq: int,
    on: str | None,
    line: str | None,
    private: str | None,
    reason: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Correct the event SEQ, or one line of it: the fields given as options replace what was recorded."""
    from taizhang.declarations.fields import specs

    said = all_fields(ctx.args, private)
    with ctx.obj.open() as ws:
        found = ws.log.get(seq)
        event = None if found is None or line is not None else found.event
        fields = with_lines(said, {} if event is None else specs(type(event)))
        receipt = ws.correct(seq, fields, reason=reason or "", on=on, line=line, commit=not dry_run)
        print_receipt(ws, receipt, as_json, dry=dry_run)


@click.command()
@click.argument("seq", type=int)
@_line
@options.reason
@click.option(
    "--cascade", is_flag=True, help=say("连同依赖它的记录|with everything that depends on it")
)
@options.dry_run
@as_json
@click.pass_obj
def void(
    settings: Settings,
    seq: int,
    line: str | None,
    reason: str | None,
    cascade: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take back the event SEQ, or one line of it; a void can be voided, which revives what it took back."""
    with settings.open() as ws:
        receipt = ws.void(seq, reason=reason or "", cascade=cascade, line=line, commit=not dry_run)
        print_receipt(ws, receipt, as_json, dry=dry_run)


COMMANDS = {"record": record, "correct": correct, "void": void}
