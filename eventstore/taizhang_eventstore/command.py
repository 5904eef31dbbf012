"""The command line of the verifier; `__main__` runs it once it is safe to import.

Exit codes: 0 verified, 1 there is no such store or file, 2 wrong usage, 3 does not verify.
Chinese unless ``TAIZHANG_LANG`` begins with ``en``.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from taizhang_eventstore.errors import BilingualError
from taizhang_eventstore.seals.seals import keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def _language() -> str:
    return "en" if os.environ.get("TAIZHANG_LANG", "zh").lower().startswith("en") else "zh"


def _say(zh: str, en: str) -> str:
    return en if _language() == "en" else zh


class _Parser(argparse.ArgumentParser):
    """argparse knows English only: its headings and complaints are said anew here."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more, add_help=False, formatter_class=_Formatter)
        self.words = self.add_argument_group(_say("参数", "Arguments"))
        self.more = self.add_argument_group(_say("选项", "Options"))
        self.more.add_argument(
            "-h", "--help", action="help", help=_say("显示本说明", "show this message")
        )

    def format_help(self) -> str:
        """The page, the colons of its headings as wide as the words."""
        page = super().format_help()
        return re.sub(r":$", _say("：", ":"), page, flags=re.MULTILINE)

    def error(self, message: str) -> NoReturn:
        """One sentence and where to look, with exit code 2."""
        said = next(
            (_say(*words).format(*m.groups()) for p, words in _WRONG if (m := p.match(message))),
            message,
        )
        see = _say("；见 {} --help", "; see {} --help").format(self.prog)
        self.exit(2, _say("错误：", "error: ") + said + see + "\n")


class _Formatter(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        # Subcommands are named by a usage without prefix.
        super().add_usage(
            usage, actions, groups, _say("用法：", "Usage: ") if prefix is None else prefix
        )


_WRONG = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"the following arguments are required: (.*)", ("缺少 {}", "{} is missing")),
        (
            r"argument COMMAND: invalid choice: '(.*?)'",
            ("没有这个命令：{}", "there is no such command: {}"),
        ),
        (r"argument (\S+): expected one argument", ("{} 缺少值", "{} has no value")),
        (r"unrecognized arguments: (.*)", ("多余的参数 {}", "too many words: {}")),
        (r"ambiguous option: (\S+)", ("选项 {} 不止一个意思", "{} may be several options")),
        (r"argument (\S+): ignored explicit argument", ("{} 不带值", "{} takes no value")),
    )
]
"""What argparse says of wrong words, and how it is said here."""


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="taizhang-verify",
        description=_say("不经台账程序核验一本账", "verify a store without taizhang itself"),
    )
    commands = parser.add_subparsers(
        title=_say("命令", "Commands"), dest="command", required=True, metavar="COMMAND"
    )
    verify = commands.add_parser(
        "verify", help=_say("核验一本账，只读、离线", "verify a store, read-only and offline")
    )
    verify.words.add_argument(
        "dir", metavar="DIR", help=_say("账册所在目录", "the store's directory")
    )
    verify.more.add_argument(
        "--seal", action="append", default=[], metavar="FILE",
        help=_say("另处保存的封存，可多次", "a seal kept elsewhere; repeatable"),
    )  # fmt: skip
    proof = commands.add_parser(
        "verify-proof", help=_say("核验一份证明，不需要账册", "verify a proof; needs no store")
    )
    proof.words.add_argument("file", metavar="FILE", help=_say("证明文件", "the proof"))
    proof.more.add_argument(
        "--seal", metavar="FILE",
        help=_say("较早的封存（一致性证明用）", "the earlier seal, for a proof of consistency"),
    )  # fmt: skip
    for each in (verify, proof):
        each.more.add_argument(
            "--key", action="append", default=[], metavar="VKEY",
            help=_say("另处保存的公钥，或存有公钥的文件", "a public key kept elsewhere, or a file of them"),
        )  # fmt: skip
        each.more.add_argument("--json", action="store_true", help=_say("输出 JSON", "print JSON"))
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    asked = _parser().parse_args(words)
    try:
        keys = [key for text in asked.key for key in keys_of(text)]
        if asked.command == "verify":
            from taizhang_eventstore.verifying.verifying import verify

            result: Any = verify(asked.dir, seals=asked.seal, keys=keys)
        else:
            from taizhang_eventstore.verifying.proving import verify_proof

            result = verify_proof(asked.file, keys=keys, old=asked.seal)
    except BilingualError as error:
        _print(_say("错误：", "error: ") + error.text(_language()), error=True)
        return int(getattr(error, "exit_code", 1))
    if asked.json:
        _print(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        _print(result.text(_language()))
    return int(result.exit_code)


def ended(words: Sequence[str] | None = None) -> int:
    """Runs :func:`main` and sees its output through; the exit code is that of the verification.

    A reader that went away, a full disk or a terminal of another encoding changes nothing of what was found.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = main(words)
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else 2
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with suppress(OSError, ValueError):
                stream.flush()
                continue
            # The interpreter must not complain at its end either.
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def _print(text: str, *, error: bool = False) -> None:
    with suppress(OSError):
        print(text, file=sys.stderr if error else sys.stdout)
