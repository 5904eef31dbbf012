"""Commands for what was recorded as one: batches, revert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from taizhang.cli import options
from taizhang.cli.output import as_json, counted, print_json, print_table, progress_bar
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.decisions.batches import Reverted
    from taizhang.workspace import Workspace


@click.command()
@click.option("--limit", type=click.IntRange(min=1), help=say("最近几批|the last so many"))
@as_json
@click.pass_obj
def batches(settings: Settings, limit: int | None, as_json: bool) -> None:
    """List what was recorded as one: imports, --from-json, many subjects, reverts; oldest first."""
    from taizhang.readmodels.batches import batches as listed
    from taizhang.store.paths import local_time

    with settings.read() as ws:
        every = listed(ws)
        found = every if limit is None else every[-limit:]
        events = ws.registry.events
        labels = {
            name: events[name].label.text(LANGUAGE) if name in events else name
            for batch in found
            for name in batch.names
        }
        if as_json:
            print_json(
                [
                    {
                        "batch": b.batch,
                        "events": b.events,
                        "void": b.void,
                        "first": b.first,
                        "last": b.last,
                        "contents": [
                            {"name": name, "label": labels[name], "events": n}
                            for name, n in b.names.items()
                        ],
                        "on": b.on.isoformat(),
                        "recorded_at": b.recorded_at.isoformat(),
                        "actor": b.actor,
                    }
                    for b in found
                ]
            )
            return
        titles = (
            "批次|batch",
            "登记|recorded",
            "经办|actor",
            "序号|seq",
            "事件|events",
            "已作废|void",
        )
        rows = [
            [
                b.batch,
                local_time(b.recorded_at),
                b.actor,
                f"#{b.first}–#{b.last}",
                f"{b.events:,}",
                f"{b.void:,}" if b.void else "",
                say("、|, ").join(f"{labels[name]} {n:,}" for name, n in b.names.items()),
            ]
            for b in found
        ]
        headers = [say(t) for t in (*titles, "内容|content")]
        print_table(headers, rows, right=[False, False, False, False, True, True])
        if len(found) < len(every):
            click.echo(counted(len(found), len(every), "批|batches"))


@click.command()
@click.argument("batch")
@options.reason
@options.dry_run
@as_json
@click.pass_context
def revert(
    ctx: click.Context, batch: str, reason: str | None, dry_run: bool, as_json: bool
) -> None:
    """Take back what was recorded as BATCH; what others have built on since is kept and listed."""
    settings: Settings = ctx.obj
    with settings.open() as ws:
        with progress_bar(say("收回|reverting")) as progress:
            made = ws.revert(batch, reason=reason or "", commit=not dry_run, progress=progress)
        _print(ws, made, as_json, dry=dry_run)
    if made.kept and not made.reverted:
        ctx.exit(1)


def _print(ws: Workspace, made: Reverted, as_json: bool, *, dry: bool) -> None:
    from taizhang.cli.write import print_batch, print_receipt, warn_unsealed

    if as_json:
        warn_unsealed(ws)
        print_json(
            {
                "reverted": list(made.reverted),
                "kept": [{"seq": k.seq, "why": k.why.text(LANGUAGE)} for k in made.kept],
                "already": list(made.already),
                "seq": list(made.receipt.seq),
                **({"dry_run": True} if dry else {"batch": made.receipt.batch}),
            }
        )
        return
    if made.reverted:
        print_receipt(ws, made.receipt, as_json=False, dry=dry, brief=True)
    for kept in made.kept:
        click.echo(
            say("保留 #{seq}：{why}|kept #{seq}: {why}").format(
                seq=kept.seq, why=kept.why.text(LANGUAGE)
            )
        )
    click.echo(
        say(
            "收回 {a} 条，保留 {b} 条，原已作废 {c} 条|{a} reverted, {b} kept, {c} void already"
        ).format(a=len(made.reverted), b=len(made.kept), c=len(made.already))
    )
    print_batch(made.receipt)


COMMANDS = {"batches": batches, "revert": revert}
