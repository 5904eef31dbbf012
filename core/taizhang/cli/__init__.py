"""The command line: ``taizhang [--store DIR] [--actor NAME] COMMAND``.

Commands live in the modules beside this one and are imported when they are called, so that ``--help``
and short commands start at once. Exit codes: 0 done, 1 refused by a rule or not found, 2 wrong usage,
3 the store is damaged or does not verify. An error is one sentence, never a traceback.
"""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from taizhang import __version__
from taizhang.cli.settings import Settings
from taizhang.cli.streams import nowhere, plainly, whole
from taizhang.cli.usage import Formatter, system_sentence, unusable_output, usage_sentence
from taizhang.cli.words import LANGUAGE, complain, say, warn
from taizhang.isolation import interrupts, ticking

if TYPE_CHECKING:
    from taizhang_eventstore.errors import BilingualError

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("taizhang.cli.stores", "建账：在 --store 目录新建一本账|make a new store in the --store directory"),
    "demo": ("taizhang.cli.stores", "生成示例账册|build the demonstration store"),
    "record": ("taizhang.cli.write", "登记一项操作，或用 --from-json 成批登记|record an action, or a batch with --from-json"),
    "correct": ("taizhang.cli.write", "更正一条事件|correct an event"),
    "void": ("taizhang.cli.write", "作废一条事件|void an event"),
    "batches": ("taizhang.cli.batches", "列出批次：成批登记、导入、整批收回|batches: what was recorded, imported or reverted as one"),
    "revert": ("taizhang.cli.batches", "整批收回一个批次|take a whole batch back"),
    "import": ("taizhang.cli.roster", "导入名册（.xlsx、.csv），默认试运行|import a roster (.xlsx, .csv); a dry run by default"),
    "actions": ("taizhang.cli.read", "列出全部操作及其字段|list all actions with their fields"),
    "tables": ("taizhang.cli.read", "列出全部台账|list all tables"),
    "show": ("taizhang.cli.read", "查看一张台账，可指定有效日期和所知位置|show a table, at any pair of clocks"),
    "events": ("taizhang.cli.read", "查看事件日志|show the event log"),
    "why": ("taizhang.cli.look", "来由：一格由哪个事件而来，此前是什么|why: the event that set a cell, and what was there before"),
    "diff": ("taizhang.cli.look", "差异：两个日期或两次所知之间有何不同|what differs between two dates or two known positions"),
    "due": ("taizhang.cli.due", "待办：各项职责办到什么程度，谁还没有办|due: how far the duties are done, and who has not done them"),
    "figures": ("taizhang.cli.due", "统计数：现在和逐期的数目，每个数都能列出它的行|figures: numbers now and over time, each with the rows behind it"),
    "statistics": ("taizhang.cli.statistics", "年报统计表：填表，上报存档，列出迟到的更正|statistical tables of a year: filled in, kept as reported, what came late"),
    "findings": ("taizhang.cli.read", "列出不合规则之处|list what breaks a rule"),
    "overview": ("taizhang.cli.read", "总览：组织、党员和各台账的数目|organisations, members and counts as text"),
    "seal": ("taizhang.cli.seals", "封存：为全部事件签名|seal: sign for every event that there is"),
    "verify": ("taizhang.cli.seals", "核验账册与封存相符，只读、离线|verify the store against its seals, read-only, offline"),
    "prove": ("taizhang.cli.seals", "为一条事件出具证明|prove that an event is in the sealed log"),
    "erase": ("taizhang.cli.privacy", "删除一个人的个人数据，不能收回|erase a person's data, for good"),
    "keys": ("taizhang.cli.privacy", "个人数据的密钥：状态、更换|keys of personal data: status, change"),
    "personal-record": ("taizhang.cli.privacy", "打印一名党员的本人记录|print a member's own record"),
    "reseal": ("taizhang.cli.privacy", "把加密以前的账册抄成加密的|copy a store of before sealing into a sealed one"),
    "backup": ("taizhang.cli.backups", "备份到另一个目录，写后核验，密钥除外|back up to another directory, verified after writing, without the keys"),
    "restore": ("taizhang.cli.backups", "由备份恢复账册|make the store from a backup"),
    "doctor": ("taizhang.cli.backups", "体检：账册与它的周围有没有问题，只读|examine the store and what is around it, read-only"),
    "continue": ("taizhang.cli.seals", "日志比封存或台账旧时，决定就由它接着记|go on with a log that is older than its seals or its ledger"),
    "rebuild": ("taizhang.cli.stores", "由事件日志重建台账|rebuild the ledger from the log"),
    "plugins": ("taizhang.cli.plugins", "查看、停用、启用、放行、信任插件|list, disable, enable, release and trust plugins"),
}  # fmt: skip


WRITING = frozenset(
    {
        "init",
        "demo",
        "record",
        "correct",
        "void",
        "revert",
        "import",
        "seal",
        "continue",
        "rebuild",
        "restore",
    }
)
"""Commands that do not go with ``--read-only``."""


class Context(click.Context):
    """A context whose help speaks the language of this process."""

    formatter_class = Formatter


click.Command.context_class = Context


class LazyGroup(click.Group):
    """A group that knows its commands by name and imports one when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.COMMANDS[cmd_name]
        command.help = say(COMMANDS[cmd_name][1])
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [(name, say(text)) for name, (_, text) in COMMANDS.items()]
        with formatter.section(say("命令|Commands")):
            formatter.write_dl(rows)
        from taizhang.cli.programmes import sections

        sections(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in COMMANDS:
            from taizhang.cli.programmes import find
            from taizhang.words.nearest import hint

            command, theirs = find(ctx, args[0])
            if command is not None:
                return args[0], command, args[1:]
            said = say("没有命令 {name}；用 --help 查看全部|there is no command {name}; see --help")
            near = hint(args[0], [*COMMANDS, *theirs]).text(LANGUAGE)
            ctx.fail(said.format(name=args[0]) + near)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "taizhang 台账：社区党组织的工作台账。不带命令时打开终端界面。"
        "|taizhang: the working ledger of community Party branches. Without a command it opens the terminal UI."
    ),
)
@click.option(
    "--store",
    metavar="DIR",
    is_eager=True,  # --help lists what the programmes of the store add
    default=lambda: os.environ.get("TAIZHANG_STORE", "."),
    help=say(
        "账册所在目录（默认 $TAIZHANG_STORE 或当前目录）|the store's directory (default $TAIZHANG_STORE or here)"
    ),
)
@click.option("--actor", metavar="NAME", help=say("经办人|who records"))
@click.option(
    "--read-only",
    is_flag=True,
    is_eager=True,
    help=say(
        "只看：账册里什么也不写，别人算好的台账也不信|only look: nothing is written in the store, and no ledger that came with it is believed"
    ),
)
@click.version_option(__version__, message=say("taizhang 台账 %(version)s|taizhang %(version)s"))
@click.pass_context
def group(ctx: click.Context, store: str, actor: str | None, read_only: bool) -> None:
    """Options before the command."""
    ctx.obj = Settings(store, actor, read_only, ctx.meta.pop("taizhang.loaded", None))
    if ctx.invoked_subcommand is not None:
        if ctx.invoked_subcommand in WRITING:
            ctx.obj.writing()
        return
    if sys.stdout.isatty() and sys.stdin.isatty():
        from taizhang.loading.installed import points

        for point in points("taizhang.screens"):
            run = point.load()
            sys.stdout, sys.stderr = whole(sys.stdout), whole(sys.stderr)
            ticking.stop()
            ctx.exit(run(store, actor=actor, read_only=read_only))
    from taizhang.cli.read import overview

    ctx.invoke(overview)


def _unexpected(error: Exception) -> str:
    """A defect of ours, as one sentence; what happened is kept in a file, without people's data."""
    import traceback
    from pathlib import Path

    from platformdirs import user_log_dir

    file = Path(user_log_dir("taizhang", appauthor=False)) / "errors.log"
    frames = "".join(traceback.format_tb(error.__traceback__))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as log:
            log.write(f"{type(error).__name__}\n{frames}\n")
    except OSError:
        pass
    return say(
        "错误：程序内部出错（{kind}），没有登记任何内容；详情见 {file}"
        "|error: a defect of the program ({kind}), nothing was recorded; details in {file}"
    ).format(kind=type(error).__name__, file=file)


def _printable() -> None:
    """A terminal of another encoding (GBK) shows ``?`` for what it cannot, and the rest all the same."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _sentence(error: BilingualError) -> str:
    """Makes the sentence that says what went wrong; the fields of an action with their names, as they are
    written in options.
    """
    from taizhang.words.errors import Invalid, sentences

    if isinstance(error, Invalid):
        return "\n".join(sentences(error.problems, LANGUAGE, named=True))
    return error.text(LANGUAGE)


def main(args: list[str] | None = None) -> None:
    """Entry point of the ``taizhang`` command; never returns."""
    interrupts.watch()
    _printable()
    with plainly():
        _run(args)


def _run(args: list[str] | None) -> None:
    """Runs a command, and ends with its code."""
    from taizhang_eventstore.errors import BilingualError

    result: object = 0
    ticking.watch(warn)
    try:
        result = group.main(args=args, prog_name="taizhang", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        complain(usage_sentence(error))
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo(say("已取消|cancelled"), err=True)
        sys.exit(130)
    except BilingualError as error:
        complain(_sentence(error))
        sys.exit(getattr(error, "exit_code", 1))
    except BrokenPipeError:
        nowhere()
        sys.exit(result if isinstance(result, int) else 0)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        complain(unusable_output(error) if error.filename is None else system_sentence(error))
        nowhere()
        sys.exit(1)
    except Exception as error:
        if os.environ.get("TAIZHANG_DEBUG"):
            raise
        click.echo(_unexpected(error), err=True)
        sys.exit(1)
    sys.exit(result if isinstance(result, int) else 0)
