"""Asking for passphrases, and the options by which a new one or a key file is chosen."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from taizhang.cli.options import FILE
from taizhang.cli.words import say

if TYPE_CHECKING:
    from taizhang.store.unlocking import Ask
    from taizhang_eventstore.personal.wrapping import Secret

COST = (
    "为了让人难猜，每次打开要多用约半秒和 128 MB 内存"
    "|So that it is hard to guess, each opening takes about half a second and 128 MB more"
)
"""What a passphrase costs: scrypt as it is set in the event store."""

F = TypeVar("F", bound=Callable[..., Any])


def asking() -> Ask | None:
    """Asks at the terminal for the passphrase of a store; None where there is no terminal."""
    if not sys.stdin.isatty():
        return None
    return lambda: str(
        click.prompt(say("口令|Passphrase"), hide_input=True, err=True, prompt_suffix=": ")
    )


def secret_options(command: F) -> F:
    """``--key-file FILE`` and ``--passphrase``."""
    file = click.option(
        "--key-file",
        type=FILE,
        metavar="FILE",
        help=say(
            "用这个密钥文件解锁，没有就新建|unlocked by this key file, which is made if need be"
        ),
    )
    passphrase = click.option(
        "--passphrase",
        is_flag=True,
        help=say("用口令解锁，会询问两次|unlocked by a passphrase, asked for twice"),
    )
    return file(passphrase(command))


def new_secret(key_file: Path | None, passphrase: bool) -> Secret | None:
    """The secret that the options choose; None where they leave it to the usual place."""
    from taizhang.store.unlocking import PASSPHRASE, chosen
    from taizhang.words.errors import Usage
    from taizhang_eventstore.personal.wrapping import KeyFile, Passphrase

    if key_file and passphrase:
        raise Usage("--key-file 和 --passphrase 只能选一个|give either --key-file or --passphrase")
    if key_file:
        return KeyFile(key_file.absolute())
    if not passphrase:
        return None
    said = chosen()
    if isinstance(said, Passphrase):
        return said
    if not sys.stdin.isatty():
        raise Usage(
            "不在终端里运行时，口令要在 {name} 里给出"
            "|without a terminal the passphrase has to be given in {name}",
            name=PASSPHRASE,
        )
    text = click.prompt(
        say("新口令|New passphrase"),
        hide_input=True,
        confirmation_prompt=say("再输一次|Once more"),
        err=True,
    )
    return Passphrase(str(text))
