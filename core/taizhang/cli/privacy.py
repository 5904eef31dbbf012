"""Commands on personal data: erase, keys, personal-record, reseal."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli import options
from taizhang.cli.output import as_json, print_json, progress_bar, write_new
from taizhang.cli.read import note_viewing
from taizhang.cli.secrets import COST, new_secret, secret_options
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang.maintenance.erasing import ErasurePlan


@click.command()
@click.argument("entity")
@click.option("--reason", help=say("事由，会一直保留|why; it is kept for ever"))
@options.yes
@click.option("--dry-run", is_flag=True, help=say("只列出会删除什么|only list what would go"))
@as_json
@click.pass_obj
def erase(
    settings: Settings, entity: str, reason: str | None, yes: bool, dry_run: bool, as_json: bool
) -> None:
    """Destroy the key of ENTITY (member:m-..., or a unique name): nobody reads its texts any more."""
    from taizhang.maintenance import erasing
    from taizhang.words.errors import Usage

    with settings.open() as ws:
        kind, id = erasing.entity_of(ws, entity)
        plan = erasing.plan(ws, kind, id)
        if not as_json:
            _show(plan)
        made: dict[str, Any] = {
            "subject": plan.subject,
            "texts": {label.text(LANGUAGE): n for label, n in plan.texts},
            "events": plan.events,
            "drafts": len(plan.drafts),
        }
        if dry_run:
            if as_json:
                print_json({**made, "dry_run": True})
            return
        if not yes:
            if not sys.stdin.isatty():
                raise Usage(
                    "删除不能收回：不在终端里运行时要加 --yes"
                    "|an erasure cannot be taken back: without a terminal it needs --yes"
                )
            click.confirm(
                say("删除后谁也找不回来，确定吗？|Nobody gets it back afterwards. Erase?"),
                abort=True,
            )
        receipt, clean = erasing.erase(ws, kind, id, reason or "")
        if as_json:
            print_json({**made, "seq": list(receipt.seq), "clean": clean})
            return
        click.echo(
            say(
                "已删除，#{seq}。请把旧备份里的 keys.db 和 ledger.db 一并销毁；快照、写时复制的文件系统和固态硬盘的"
                "备用块可能还留有加密过的旧字节，没有口令或密钥文件读不出来。"
                "|erased, #{seq}. Destroy keys.db and ledger.db in older backups too; snapshots, file systems that "
                "copy on write and spare blocks of a solid-state disk may keep old bytes, encrypted, which say "
                "nothing without the passphrase or key file."
            ).format(seq=receipt.seq[0])
        )
        if not clean:
            click.echo(
                say(
                    "注意：别的程序正开着这本账，ledger.db 里还留有字节；关掉它之后再打开一次账册就会清除"
                    "|note: another program has this store open and some bytes are left in ledger.db; "
                    "close it, and open the store once more"
                ),
                err=True,
            )


def _show(plan: ErasurePlan) -> None:
    from taizhang.words.labels import clean

    click.echo(
        say("将删除 {subject} {name}：|to be erased, {subject} {name}:").format(
            subject=plan.subject, name=clean(plan.name)
        )
    )
    for label, count in plan.texts:
        click.echo(f"  {label.text(LANGUAGE)}  {count}")
    click.echo(
        say(
            "  涉及 {n} 条事件，草稿 {d} 份；人数、时长和封存不受影响"
            "|  in {n} events; {d} drafts; counts, service time and seals stay"
        ).format(n=plan.events, d=len(plan.drafts))
    )


# Keys


@click.group()
def keys() -> None:
    """The keys of personal data: what unlocks them, and changing that."""


@keys.command("status", help=say("密钥库的状态|what there is, and what unlocks it"))
@as_json
@click.pass_obj
def status(settings: Settings, as_json: bool) -> None:
    """Show which keys there are, and what unlocks them."""
    from taizhang_eventstore.personal.wrapping import KeyFile

    with settings.read() as ws:
        ring = ws.keyring
        found: dict[str, Any] = {
            "state": "missing" if ws.keys_missing else "here" if ring.keys else "none",
            "id": ring.identity,
            "wrapping": ring.keys.settings["wrapping"] if ring.keys else None,
            "key_file": str(ws.secret.path.absolute()) if isinstance(ws.secret, KeyFile) else None,
            "subjects": ring.keys.count() if ring.keys else 0,
            "erased": len(ring.erased),
        }
        if as_json:
            print_json(found)
            return
        if ring.keys is None:
            # A missing one has been told already, as with every command.
            click.echo(say("没有密钥库|there are no keys"))
            return
        by = (
            say("口令|a passphrase")
            if found["wrapping"] == "scrypt"
            else say("密钥文件 {f}|the key file {f}").format(f=found["key_file"])
        )
        click.echo(
            say(
                "密钥库 {id}，由{by}解锁；{n} 个对象有密钥，已删除 {e} 个"
                "|keys {id}, unlocked by {by}; {n} subjects have one, {e} were erased"
            ).format(id=found["id"], by=by, n=f"{found['subjects']:,}", e=found["erased"])
        )


@keys.command("change", help=say("换口令或密钥文件|a new passphrase or key file"))
@secret_options
@click.pass_obj
def change(settings: Settings, key_file: Path | None, passphrase: bool) -> None:
    """Let another passphrase or key file unlock the keys; the old one does not any more."""
    from taizhang.store.unlocking import OwnKeyFile, remember
    from taizhang_eventstore.personal.wrapping import KeyFile

    with settings.open() as ws:
        if ws.keyring.keys is None:
            from taizhang.words.errors import NotFound

            raise NotFound("这本账没有 keys.db|this store has no keys.db")
        secret = new_secret(key_file, passphrase) or OwnKeyFile()
        ws.keyring.keys.change(secret, ws.ambient)
        remember(ws.paths, secret)
    click.echo(
        say(
            "已更换；旧的不能再解锁。{cost}|changed; the old one unlocks nothing any more. {cost}"
        ).format(cost=say(COST))
        if not isinstance(secret, KeyFile)
        else say(
            "已更换，密钥文件在 {path}，请另存备份|changed; the key file is {path}, keep a copy of it"
        ).format(path=secret.path)
    )


@keys.command("new", help=say("密钥确已遗失时另建|begin others when the keys are lost for good"))
@secret_options
@options.reason
@click.pass_obj
def new(settings: Settings, key_file: Path | None, passphrase: bool, reason: str | None) -> None:
    """Begin new keys in place of lost ones: what was sealed under those stays unreadable."""
    from taizhang.maintenance.resealing import new_keys

    with settings.open() as ws:
        new_keys(ws, new_secret(key_file, passphrase), reason or "")
    click.echo(
        say(
            "已另建密钥库；从前的姓名仍读不出来，找回旧的 keys.db 前请勿删除它的备份"
            "|began new keys; names recorded before stay unreadable"
        )
    )


# A person's own record, and copying an old store


@click.command("personal-record")
@click.argument("member")
@click.option("--out", type=options.FILE, help=say("写入文件|write to this file"))
@as_json
@click.pass_obj
def personal_record(settings: Settings, member: str, out: Path | None, as_json: bool) -> None:
    """A member's own record on one page: telephone and ID number in full, and who looked at it."""
    from taizhang.maintenance.erasing import entity_of
    from taizhang.readmodels.personal_record import record_of, record_text

    with settings.read() as ws:
        kind, id = entity_of(ws, member)
        made = record_of(ws, kind, id, LANGUAGE)
        note_viewing(ws, "record", [f"{kind}:{id}"])
        if out is not None:
            write_new(out, (record_text(made, LANGUAGE) + "\n").encode())
        if as_json:
            print_json(made)
        elif out is None:
            click.echo(record_text(made, LANGUAGE))
        else:
            click.echo(say("已写入 {path}|wrote {path}").format(path=out))


@click.command()
@click.argument("newdir", type=options.FOLDER)
@secret_options
@as_json
@click.pass_obj
def reseal(
    settings: Settings, newdir: Path, key_file: Path | None, passphrase: bool, as_json: bool
) -> None:
    """Copy a store in which personal texts stand in the clear into NEWDIR, sealed; its keys, if it has any, stay."""
    from taizhang.maintenance.resealing import reseal as run

    with settings.open() as ws:
        secret = new_secret(key_file, passphrase)
        with progress_bar(say("重新密封|resealing")) as progress:
            made = run(ws, newdir, secret, progress)
    if as_json:
        print_json(made)
        return
    click.echo(
        say(
            "已抄成加密的账册 {store}：{size} 条事件，原树根 {root}；核对无误后请销毁旧账册，其中有明文的个人内容"
            "|copied into {store}, sealed: {size} events, root before {root}; once you have looked it "
            "over destroy the old store, in which personal texts stand in the clear"
        ).format(store=made["store"], size=f"{made['size']:,}", root=made["root"])
    )
    click.echo(made["key"])


COMMANDS = {
    "erase": erase,
    "keys": keys,
    "personal-record": personal_record,
    "reseal": reseal,
}
