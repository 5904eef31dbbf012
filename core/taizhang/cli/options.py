"""Options that several commands have, each said in one way."""

from __future__ import annotations

from pathlib import Path

import click

from taizhang.cli.words import say

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)

clock_on = click.option(
    "--on", metavar="DATE", help=say("有效日期（默认今天）|the day it was true (today)")
)
clock_known = click.option(
    "--known",
    metavar="SEQ|TIME",
    help=say("所知：事件序号或登记时间（默认现在）|as known: a position or a time (now)"),
)
below = click.option(
    "--organisation",
    metavar="ID|NAME",
    help=say("只看这个组织及其下级（默认全部）|this organisation and all below it (everything)"),
)
window = click.option(
    "--window",
    metavar="DATE",
    help=say("这一天所在的那一期|the window in which this day lies"),
)
plainly = click.option(
    "--plain",
    is_flag=True,
    help=say("电话、身份号码不加掩码|telephone and ID numbers in full"),
)
reason = click.option("--reason", help=say("事由|why"))
dry_run = click.option("--dry-run", is_flag=True, help=say("只试，不登记|try only"))
yes = click.option("--yes", is_flag=True, help=say("不再询问|do not ask"))


def given(path: str | Path) -> bytes:
    """A file that somebody has named, ``-`` for standard input. Raises ``Usage`` where it cannot be read."""
    from taizhang.words.errors import Usage
    from taizhang_eventstore.errors import StoreError
    from taizhang_eventstore.files import read

    if str(path) == "-":
        with click.open_file("-", "rb") as file:
            return bytes(file.read())
    try:
        found, zh, en = read(Path(path)), "没有这个文件", "there is no such file"
    except StoreError as error:
        found, (zh, en) = None, error.pair
    if found is None:
        raise Usage("读不了 {path}：{zh}|cannot read {path}: {en}", path=path, zh=zh, en=en)
    return found


def given_text(path: str | Path) -> str:
    """The text of a file that somebody has named, as :func:`given`. Raises ``Usage`` also for one that is not UTF-8."""
    from taizhang.words.errors import Usage

    try:
        return given(path).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Usage("{path} 不是 UTF-8 文本|{path} is not UTF-8 text", path=path) from None
