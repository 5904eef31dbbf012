"""Printing: tables exact to the cell, JSON, progress on a terminal, and files that people ask for."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.streams import escaped, whole
from taizhang.cli.words import say
from taizhang.words.labels import clean

if TYPE_CHECKING:
    from taizhang.ledger.projector import Progress


as_json = click.option("--json", "as_json", is_flag=True, help=say("输出 JSON|print JSON"))


def print_json(value: Any) -> None:
    """``value`` as JSON: Chinese as it is where the output can hold every character, else escaped."""
    utf8 = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    click.echo(escaped(json.dumps(value, ensure_ascii=not utf8, indent=2, default=str)))


def print_table(
    headers: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool] = ()
) -> None:
    """Columns as wide as their content; on a terminal the widest are shortened until a row fits."""
    from rich.cells import cell_len, set_cell_size

    shown = [[clean(c) for c in row] for row in rows]
    widths = [max([cell_len(h), *(cell_len(r[i]) for r in shown)]) for i, h in enumerate(headers)]
    room = shutil.get_terminal_size((10_000, 24)).columns if sys.stdout.isatty() else 10_000
    while sum(widths) + 2 * len(widths) > room and max(widths) > 8:
        widths[widths.index(max(widths))] -= 1
    align = [*right, *([False] * (len(headers) - len(right)))]

    def line(cells: Sequence[str]) -> str:
        made = []
        for cell, width, to_right in zip(cells, widths, align, strict=True):
            size = cell_len(cell)
            if size > width:
                cell, size = set_cell_size(cell, width - 1) + "…", width
            made.append(" " * (width - size) + cell if to_right else cell + " " * (width - size))
        return "  ".join(made).rstrip()

    click.echo(line(list(headers)))
    click.echo("─" * min(room, sum(widths) + 2 * (len(widths) - 1)))
    for row in shown:
        click.echo(line(row))


def counted(count: int, every: int | None = None, noun: str = "行|rows") -> str:
    """Tells how many were listed, and of how many where the list was cut; ``noun`` is a pair, the Chinese
    with its measure word first.
    """
    zh, en = noun.split("|")
    if every is None or every <= count:
        return say(f"{count:,} {zh}|{count:,} {en}")
    return say(f"{every:,} {zh}中的 {count:,} {zh[0]}|{count:,} of {every:,} {en}")


def footer(count: int, demonstration: bool, every: int | None = None) -> None:
    """Tells how many rows were listed, of how many, and that they are of a demonstration store where they
    are.
    """
    badge = "  " + say("示例数据|demonstration data") if demonstration else ""
    click.echo(counted(count, every) + badge)


def write_new(path: Path, data: bytes) -> None:
    """A file that people asked for, for nobody but them to read; one that is there already stays as it is.
    Raises ``Usage``.
    """
    from taizhang.words.errors import Usage

    try:
        with open(path, "xb", opener=_private) as file:
            try:
                file.write(data)
                file.flush()
            except BaseException:
                path.unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise Usage("{path} 已经存在|{path} is there already", path=path) from None
    except OSError as error:
        raise Usage(
            "写不进 {path}：{what}|cannot write {path}: {what}", path=path, what=error.strerror
        ) from None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress | None]:
    """A progress bar on standard error, if that is a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(file=whole(sys.stderr)), transient=True) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
