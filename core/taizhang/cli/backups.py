"""Commands that keep and recover a store: backup, restore, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli.options import FILE, FOLDER
from taizhang.cli.output import as_json, print_json, progress_bar
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings


@click.command()
@click.argument("dest", type=FOLDER)
@click.option(
    "--keys",
    type=FILE,
    help=say(
        "把个人资料密钥 keys.db 另存到这个文件，不要与备份放在一起|copy keys.db, which opens people's data, to this file; keep it apart from the backup"
    ),
)
@click.option(
    "--seal-key",
    type=FILE,
    help=say("把封存私钥另存到这个文件|copy the private key of the seals to this file"),
)
@as_json
@click.pass_obj
def backup(
    settings: Settings, dest: Path, keys: Path | None, seal_key: Path | None, as_json: bool
) -> None:
    """Back the store up to the directory DEST."""
    from taizhang.maintenance.backup import backup as make

    with progress_bar(say("备份|backing up")) as progress:
        made = make(
            Path(settings.store),
            dest,
            keys=keys,
            seal_key=seal_key,
            read_only=settings.read_only,
            progress=progress,
        )
    described = made.manifest
    if as_json:
        print_json(
            {
                "backup": str(made.path),
                "origin": described.origin,
                "made_at": described.made_at.isoformat(),
                "events": described.events,
                "position": described.position,
                "sealed": described.sealed,
                "left_out": described.left_out,
                "keys": [str(path) for path in made.keys],
                "unsealed": made.unsealed and made.unsealed.text(LANGUAGE),
            }
        )
        return
    click.echo(
        say(
            "已备份到 {path}：{n} 条事件，写后核验通过，其中 {sealed} 条与封存相符"
            "|backed up to {path}: {n} events, verified after writing, {sealed} of them as they were sealed"
        ).format(path=made.path, n=f"{described.events:,}", sealed=f"{described.sealed:,}")
    )
    if made.unsealed is not None:
        click.echo(
            say("注意：最新的事件没有封存：|note: the newest events are not sealed: ")
            + made.unsealed.text(LANGUAGE)
        )
    if described.left_out:
        click.echo(
            say("注意：没有带上这些：|note: these were left out: ") + " ".join(described.left_out)
        )
    if not made.keys:
        click.echo(
            say(
                "密钥不在备份里：没有 keys.db，恢复后读不出姓名；用 --keys、--seal-key 另存，放在别处"
                "|The keys are not in it: without keys.db no name can be read after a restore; copy them with --keys and --seal-key and keep them elsewhere"
            )
        )


@click.command()
@click.argument("source", metavar="BACKUP", type=FOLDER)
@click.option(
    "--over",
    is_flag=True,
    help=say(
        "替换已有的账册，原来的留在旁边|replace the store that is there, which is kept beside"
    ),
)
@click.option(
    "--erasures",
    type=FILE,
    multiple=True,
    help=say("另处保存的删除清单，可多次|a list of erasures kept elsewhere; repeatable"),
)
@click.option("--keys", type=FILE, help=say("另处保存的 keys.db|a keys.db kept elsewhere"))
@click.option("--seal-key", type=FILE, help=say("另处保存的封存私钥|a private key kept elsewhere"))
@click.option(
    "--seal",
    "seals",
    type=FILE,
    multiple=True,
    help=say("另处保存的封存，可多次|a seal kept elsewhere; repeatable"),
)
@click.option(
    "--key",
    "texts",
    metavar="VKEY",
    multiple=True,
    help=say("另处保存的公钥，或存有公钥的文件|a public key kept elsewhere, or a file of them"),
)
@as_json
@click.pass_obj
def restore(
    settings: Settings,
    source: Path,
    over: bool,
    erasures: tuple[Path, ...],
    keys: Path | None,
    seal_key: Path | None,
    seals: tuple[Path, ...],
    texts: tuple[str, ...],
    as_json: bool,
) -> None:
    """Make the store from the backup in BACKUP."""
    from taizhang.maintenance.restore import Sources
    from taizhang.maintenance.restore import restore as make
    from taizhang_eventstore.seals.seals import keys_of

    verifiers = [key for text in texts for key in keys_of(text)]
    sources = Sources(erasures, keys, seal_key, seals, verifiers)
    with progress_bar(say("恢复|restoring")) as progress:
        made = make(source, Path(settings.store), sources, over=over, progress=progress)
    if as_json:
        print_json(
            {
                "store": str(made.path),
                "events": made.events,
                "position": made.position,
                "sealed": made.sealed,
                "erasures": made.erasures,
                "lost": made.lost,
                "aside": made.aside and str(made.aside),
                "keys": made.keys,
                "can_seal": made.can_seal,
            }
        )
        return
    n, sealed = f"{made.events:,}", f"{made.sealed:,}"
    said = [
        "已恢复到 {path}：{n} 条事件，核验通过，其中 {sealed} 条与封存相符|restored to {path}: {n} events, verified, {sealed} of them as they were sealed"
    ]
    if made.aside is not None:
        said.append("原来的账册留在 {aside}|the store that was there is kept at {aside}")
    if made.lost:
        said.append(
            "注意：备份之后还封存过 {lost} 条事件，恢复的账册里没有|note: {lost} more events had been sealed after the backup and are not in the store now"
        )
    if made.erasures:
        said.append("删除清单共 {erasures} 条，已照做|{erasures} erasures were applied again")
    if not made.keys:
        said.append(
            "没有 keys.db：若有加密的个人资料，把另存的副本放进账册目录|there is no keys.db: if personal data is encrypted, put the copy kept elsewhere into the store's directory"
        )
    if not made.can_seal:
        said.append(
            "没有封存私钥：把另存的 seal.key 放进账册目录，或用 taizhang seal --new-key 换新的|there is no private key of the seals: put the seal.key kept elsewhere into the store's directory, or make another with taizhang seal --new-key"
        )
    for sentence in said:
        click.echo(
            say(sentence).format(
                path=made.path,
                n=n,
                sealed=sealed,
                aside=made.aside,
                lost=f"{made.lost:,}",
                erasures=f"{made.erasures:,}",
            )
        )


@click.command()
@click.option(
    "--full",
    is_flag=True,
    help=say("连索引也逐一检查，较慢|check every index too, which takes longer"),
)
@as_json
@click.pass_obj
def doctor(settings: Settings, full: bool, as_json: bool) -> int:
    """Examine the store and everything around it; writes nothing."""
    from taizhang.maintenance.doctor import examine
    from taizhang.words.labels import clean

    found = examine(Path(settings.store), full=full)
    if as_json:
        print_json(
            {
                "store": str(found.store),
                "state": found.worst,
                "checks": [
                    {"check": c.name, "state": c.state, "zh": c.zh, "en": c.en}
                    for c in found.checks
                ],
            }
        )
        return found.exit_code
    marks = {
        "ok": say("✓ 正常|✓ ok     "),
        "notice": say("· 注意|· notice "),
        "problem": say("! 问题|! problem"),
        "damaged": say("✗ 损坏|✗ damaged"),
    }
    for check in found.checks:
        sentence = check.en if LANGUAGE == "en" else check.zh
        colon = ": " if LANGUAGE == "en" else "："
        click.echo(f"{marks[check.state]} {say(check.label)}{colon}{clean(sentence)}")
    return found.exit_code


COMMANDS = {"backup": backup, "restore": restore, "doctor": doctor}
