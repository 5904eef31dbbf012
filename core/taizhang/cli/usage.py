"""Wrong usage and the computer's own errors as one sentence, and help pages in Chinese.

click knows English only: its exceptions and headings are said anew here, in the language of this
process.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import click

from taizhang.cli.words import LANGUAGE, say

_HEADINGS = {
    "Options": "选项|Options",
    "Commands": "命令|Commands",
    "Show this message and exit.": "显示本说明|show this message",
    "Show the version and exit.": "显示版本|show the version",
}


class Formatter(click.HelpFormatter):
    """click's help with its own few words in the language of this process."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or say("用法：|Usage: "))

    def write_heading(self, heading: str) -> None:
        self.write(f"{'':>{self.current_indent}}{heading}{say('：|:')}\n")

    @contextmanager
    def section(self, name: str) -> Iterator[None]:
        with super().section(say(_HEADINGS.get(name, name))):
            yield

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        said = [(term, say(_HEADINGS.get(text, text))) for term, text in rows]
        super().write_dl(said, col_max, col_spacing)


def usage_sentence(error: click.ClickException) -> str:
    """Tells what is wrong with the words of a command, and where to look for the right ones."""
    said = _said(error)
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "taizhang"
    hint = say("；见 {path} --help|; see {path} --help").format(path=path)
    return said if "--help" in said else said + hint


def _said(error: click.ClickException) -> str:
    param = getattr(error, "param", None)
    name = (
        param.opts[0] if isinstance(param, click.Option) else (param and param.human_readable_name)
    )
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _which(error)
    if isinstance(error, click.MissingParameter):
        return say("缺少 {name}|{name} is missing").format(name=name)
    if isinstance(error, click.NoSuchOption):
        said = say("没有选项 {name}|there is no option {name}").format(name=error.option_name)
        return said + _near(error.option_name, _options(error.ctx))
    if isinstance(error, click.BadOptionUsage):
        return say("{name} 缺少值|{name} has no value").format(name=error.option_name)
    if isinstance(error, click.BadParameter) and isinstance(param, click.Parameter):
        kind = param.type
        if isinstance(kind, click.IntRange) and kind.min is not None:
            return say(
                "{name} 应为不小于 {low} 的整数|{name} must be a whole number of at least {low}"
            ).format(name=name, low=kind.min)
        if isinstance(kind, click.types.IntParamType):
            return say("{name} 应为整数|{name} must be a whole number").format(name=name)
    if error.message.startswith("No such command"):
        name = error.message.partition("'")[2].partition("'")[0]
        said = say("没有这个命令：{name}|there is no such command: {name}").format(name=name)
        group = error.ctx and error.ctx.command if isinstance(error, click.UsageError) else None
        return said + _near(name, list(group.commands) if isinstance(group, click.Group) else ())
    if error.message.startswith("Got unexpected extra argument"):
        return say("多余的参数{rest}|too many words{rest}").format(
            rest=error.message.partition(" (")[2].rstrip(")").join((" ", ""))
        )
    return error.message


def _options(context: click.Context | None) -> list[str]:
    return [o for p in context.command.params for o in p.opts] if context is not None else []


def _near(word: str, names: Iterable[str]) -> str:
    from taizhang.words.nearest import hint

    return hint(word, names).text(LANGUAGE)


def _which(error: click.exceptions.NoArgsIsHelpError) -> str:
    """A command that only has others below it was called alone; click would print all its help."""
    context = error.ctx
    assert context is not None
    assert isinstance(context.command, click.Group)
    names = context.command.list_commands(context)
    return say("{path} 之后还要写一个命令：{names}|{path} needs one of {names}").format(
        path=context.command_path, names=say("、|, ").join(names)
    )


def system_sentence(error: OSError) -> str:
    """An error of the file system: which file, and why."""
    from taizhang_eventstore.errors import unusable

    return unusable(error, "").text(LANGUAGE)


def unusable_output(error: OSError) -> str:
    """An error that names no file: what is printed cannot be written where it goes."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    why = say("那里已满|it is full there") if full else str(error.strerror or error)
    return say(
        "结果输出不了：{why}；命令已做的不受影响|the output cannot be written: {why}; what the command has done stands"
    ).format(why=why)
