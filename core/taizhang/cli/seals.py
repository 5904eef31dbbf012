"""Commands on seals: seal, verify, prove, which load no slice and no programme; continue, which records."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from taizhang.cli import options
from taizhang.cli.options import FILE
from taizhang.cli.output import as_json, print_json, progress_bar, write_new
from taizhang.cli.streams import nowhere
from taizhang.cli.usage import unusable_output
from taizhang.cli.words import LANGUAGE, complain, say, warn
from taizhang.words.errors import NotFound, Usage
from taizhang.words.labels import Label
from taizhang_eventstore.seals.reach import MARK
from taizhang_eventstore.seals.seals import Seals, keys_of, load_file

if TYPE_CHECKING:
    from taizhang.cli.settings import Settings
    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.seals.note import Verifier


def _seals(settings: Settings) -> Seals:
    seals = Seals(settings.store)
    if not (seals.root / "events.db").exists():
        raise NotFound("{path} 不是台账账册|{path} is not a store", path=seals.root)
    if (seals.root / MARK).exists():
        warn(
            Label(
                "这里见过的事件有的不在日志里：它可能是旧副本，任何命令打开账册时都会说明",
                "an event that was seen here was not in the log: it may be an older copy, every command that opens the store tells of it",
            )
        )
    return seals


def _sealed(seals: Seals) -> tuple[Verifier | None, Seal]:
    """Seals a log, without a slice or programme; makes the key of a store of before there were seals."""
    from taizhang.ledger.file import last_seen
    from taizhang.store.continuity import Continuity
    from taizhang.store.paths import StorePaths
    from taizhang.store.remembering import Memory
    from taizhang.store.sealing import LISTS
    from taizhang_eventstore.codec import Codec
    from taizhang_eventstore.log import open_log
    from taizhang_eventstore.seals.sealing import contradiction, create_key
    from taizhang_eventstore.seals.sealing import seal as make

    with open_log(seals.root / "events.db", Codec(), create=False) as log:
        paths = StorePaths(seals.root)
        continuity = Continuity(paths, log, read_only=False)
        if (seen := last_seen(paths.ledger)) is not None and not log.has(*seen):
            continuity.strayed(*seen)
        continuity.require()
        # A store made before there were seals has neither half of a key.
        first = not seals.key.exists() and not seals.public.exists() and not seals.sizes()
        # Asked for by name, it reads the whole log: what it signs for is what was signed before, and more.
        if not first and (wrong := contradiction(seals, log.recorder)) is not None:
            raise wrong
        made_key = create_key(seals, log.recorder, anew=True) if first else None
        made = make(seals, log.recorder, lists=LISTS)
    Memory(seals.root).note()
    return made_key, made


@click.command()
@click.option("--out", type=FILE, help=say("另存一份|write a copy to this file"))
@click.option(
    "--new-key",
    is_flag=True,
    help=say(
        "换用新的密钥：旧密钥若还在，为新的作证|make a new key: the old one, if it is there, signs for it"
    ),
)
@options.reason
@as_json
@click.pass_obj
def seal(
    settings: Settings, out: Path | None, new_key: bool, reason: str | None, as_json: bool
) -> None:
    """Seal every event that the log has now."""
    seals = _seals(settings)
    if out is not None and out.exists():
        raise Usage("{path} 已经存在|{path} is there already", path=out)
    made_key: Verifier | None
    if new_key:
        from taizhang.maintenance.sealkeys import renew

        with settings.open() as ws:
            made_key, made, signed = renew(ws, reason)
        if not signed:
            warn(
                Label(
                    "旧私钥已经不在，没有为新密钥作证：只有旧公钥的人从此认不出新的封存",
                    "the old private key is gone and has not signed for the new one: whoever has the old public key only does not know the new seals",
                )
            )
    else:
        made_key, made = _sealed(seals)
    if out is not None:
        write_new(out, made.encode())
    if as_json:
        print_json(
            {
                "size": made.size,
                "root": made.checkpoint.root.hex(),
                "origin": made.checkpoint.origin,
                "seal": made.encode().decode(),
                "file": str(seals.path(made.size)),
                "new_key": made_key and made_key.encode(),
            }
        )
        return
    if made_key is not None:
        click.echo(
            say(
                "新的封存公钥（请抄存或打印，放在这台电脑以外）：|The new public key (keep a copy away from this computer):"
            )
        )
        click.echo(made_key.encode())
    click.echo(say("已封存 {n} 条事件：|sealed {n} events:").format(n=f"{made.size:,}"))
    click.echo()
    click.echo(made.encode().decode(), nl=False)


@click.command()
@click.option(
    "--seal", "files", type=FILE, multiple=True, help=say("另处保存的封存|a seal kept elsewhere")
)
@click.option(
    "--key",
    "texts",
    metavar="VKEY",
    multiple=True,
    help=say("另处保存的公钥，或存有公钥的文件|a public key kept elsewhere, or a file of them"),
)
@click.option(
    "--proof", type=FILE, help=say("核验一份证明，不看账册|verify a proof instead of the store")
)
@click.option(
    "--ledger",
    is_flag=True,
    help=say(
        "再由日志另算一份台账，与 ledger.db 逐行比对|also compare ledger.db, row by row, with one built anew from the log"
    ),
)
@as_json
@click.pass_obj
def verify(
    settings: Settings,
    files: tuple[Path, ...],
    texts: tuple[str, ...],
    proof: Path | None,
    ledger: bool,
    as_json: bool,
) -> int:
    """Hold the log against its seals."""
    from taizhang_eventstore.verifying.proving import verify_proof
    from taizhang_eventstore.verifying.verifying import verify as run

    keys = [key for text in texts for key in keys_of(text)]
    if proof is not None:
        shown = verify_proof(proof, keys=keys, old=files[0] if files else None)
        print_json(shown.as_dict()) if as_json else click.echo(shown.text(LANGUAGE))
        return shown.exit_code
    report = run(_seals(settings).root, seals=files, keys=keys)
    shown_ledger: dict[str, dict[str, str] | None] = {"ledger": None}
    differs = _ledger(settings) if ledger and report.verified else None
    if differs is not None:
        shown_ledger = {"ledger": {"zh": differs.zh, "en": differs.en}}
    try:
        if as_json:
            print_json({**report.as_dict(), **(shown_ledger if ledger else {})})
        else:
            click.echo(report.text(LANGUAGE))
            if ledger and report.verified:
                same = say("台账与日志逐行相符|the ledger agrees with the log, row by row")
                click.echo("\n" + (same if differs is None else differs.text(LANGUAGE)))
    except BrokenPipeError:
        nowhere()  # somebody has read enough of it
    except OSError as error:
        # The exit code is the result's, whatever becomes of the output.
        complain(unusable_output(error))
        nowhere()
    return report.exit_code if differs is None else 3


def _ledger(settings: Settings) -> Label | None:
    """Compares the ledger with the log; gives the first thing that it says and the log does not."""
    from taizhang.ledger.comparing import compared

    with settings.open() as ws, progress_bar(say("另算台账|computing the ledger")) as progress:
        if ws.ledger.foreign is not None:
            return ws.ledger.foreign  # type: ignore[no-any-return]
        found = compared(ws.ledger.db, ws.log, ws.registry, progress)
        if found is None:
            return None
        zh = f"{found.label.zh}；用 taizhang rebuild 由日志重建"
        return Label(zh, f"{found.label.en}; taizhang rebuild builds it anew")


@click.command()
@click.argument("seq", type=click.IntRange(min=1), required=False)
@click.option("--seal", "file", type=FILE, help=say("按这份封存|prove by this seal"))
@click.option(
    "--since",
    type=FILE,
    help=say(
        "证明封存延续了这份较早的封存|prove that the seal continues this earlier one, instead of SEQ"
    ),
)
@click.option("--out", type=FILE, help=say("写入文件|write to this file"))
@as_json
@click.pass_obj
def prove(
    settings: Settings,
    seq: int | None,
    file: Path | None,
    since: Path | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Prove that event SEQ is in the sealed log."""
    from taizhang_eventstore.verifying.proving import prove_continuation, prove_event

    if (seq is None) == (since is None):
        raise Usage("请给出事件序号，或 --since 封存|give an event's number, or --since a seal")
    seals = _seals(settings)
    by = load_file(file) if file is not None else None
    if since is not None:
        data = prove_continuation(seals, load_file(since), by).encode()
    else:
        assert seq is not None
        data = prove_event(seals, seq, by).encode()
    if out is not None:
        write_new(out, data)
    if as_json:
        print_json({"seq": seq, "proof": data.decode(), "file": out})
    elif out is None:
        click.echo(data.decode(), nl=False)
    else:
        click.echo(say("证明已写入 {path}|wrote the proof to {path}").format(path=out))


@click.command("continue")
@options.reason
@as_json
@click.pass_obj
def go_on(settings: Settings, reason: str | None, as_json: bool) -> None:
    """Go on with a log that is older than its seals or its ledger."""
    from taizhang.maintenance.continuing import go_on as decide

    with settings.open() as ws:
        receipt, moved = decide(ws, reason or "")
        if as_json:
            print_json({"seq": list(receipt.seq), "set_aside": [str(path) for path in moved]})
            return
        click.echo(
            say("已决定由这份日志接着记，见 #{n}|decided to go on with this log, see #{n}").format(
                n=receipt.seq[-1]
            )
        )
        for path in moved:
            click.echo(say("收起：{path}|put away: {path}").format(path=path))


COMMANDS = {"seal": seal, "verify": verify, "prove": prove, "continue": go_on}
