"""The fields of an action as they are given to a command: as options, or in a file."""

from __future__ import annotations

from collections.abc import Sequence

import click

from taizhang.cli.options import given_text
from taizhang.cli.words import say

from_file = click.option(
    "--fields",
    "private",
    metavar="FILE",
    help=say(
        "由文件再读字段，每行 字段=值，- 为标准输入：号码不必写在命令里"
        "|more fields from a file, FIELD=VALUE a line, - for standard input: numbers need not stand in the command"
    ),
)


def field_options(args: Sequence[str]) -> dict[str, list[str]]:
    """``--name 王小明 --kind=支部`` as a dictionary, each as often as it was given; dashes in names may
    stand for underscores.
    """
    fields: dict[str, list[str]] = {}
    rest = list(args)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--") or len(word) < 3:
            raise click.UsageError(
                say(
                    "多余的参数 {word}；字段写成 --字段 值|unexpected {word}; write fields as --FIELD VALUE"
                ).format(word=word)
            )
        name, equals, value = word[2:].partition("=")
        if not equals:
            if not rest:
                raise click.UsageError(
                    say("--{name} 缺少值|--{name} has no value").format(name=name)
                )
            value = rest.pop(0)
        fields.setdefault(name.replace("-", "_"), []).append(value)
    return fields


def all_fields(args: Sequence[str], file: str | None) -> dict[str, list[str]]:
    """The fields given as options, and those of a file, ``name=value`` a line: arguments are seen by others who use the
    computer, and stay in the shell's history.

    Raises ``Usage`` where the file cannot be read, or a line of it has no name; its text is not repeated.
    """
    from taizhang.words.errors import Usage

    fields = field_options(args)
    if file is None:
        return fields
    lines = given_text(file).replace("\r\n", "\n").split("\n")
    for number, line in enumerate(lines, 1):
        name, equals, value = line.partition("=")
        if equals and name.strip():
            fields.setdefault(name.strip().replace("-", "_"), []).append(value.strip())
        elif line.strip():
            raise Usage(
                "{path} 第 {n} 行应为 字段=值|{path}, line {n}: FIELD=VALUE is expected",
                path=file,
                n=number,
            )
    return fields
