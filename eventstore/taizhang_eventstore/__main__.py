"""``python -m taizhang_eventstore verify DIR``: verification without the rest of taizhang.

Exit codes: 0 verified, 1 there is no such store or file, 2 wrong usage, 3 does not verify.
Chinese unless ``TAIZHANG_LANG`` begins with ``en``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from taizhang_eventstore.errors import BilingualError
from taizhang_eventstore.seals import keys_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def _language() -> str:
    return "en" if os.environ.get("TAIZHANG_LANG", "zh").lower().startswith("en") else "zh"


def _say(zh: str, en: str) -> str:
    return en if _language() == "en" else zh


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m taizhang_eventstore",
        description=_say("不经台账程序核验一本账", "verify a store without taizhang itself"),
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    verify = commands.add_parser(
        "verify", help=_say("核验一本账，只读、离线", "verify a store, read-only and offline")
    )
    verify.add_argument("dir", metavar="DIR", help=_say("账册所在目录", "the store's directory"))
    verify.add_argument(
        "--seal", action="append", default=[], metavar="FILE",
        help=_say("另处保存的封存，可多次", "a seal kept elsewhere; repeatable"),
    )  # fmt: skip
    proof = commands.add_parser(
        "verify-proof", help=_say("核验一份证明，不需要账册", "verify a proof; needs no store")
    )
    proof.add_argument("file", metavar="FILE")
    proof.add_argument(
        "--seal", metavar="FILE",
        help=_say("较早的封存（一致性证明用）", "the earlier seal, for a proof of consistency"),
    )  # fmt: skip
    for each in (verify, proof):
        each.add_argument(
            "--key", action="append", default=[], metavar="VKEY",
            help=_say("另处保存的公钥，或存有公钥的文件", "a public key kept elsewhere, or a file of them"),
        )  # fmt: skip
        each.add_argument("--json", action="store_true", help=_say("输出 JSON", "print JSON"))
    return parser


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    asked = _parser().parse_args(words)
    try:
        keys = [key for text in asked.key for key in keys_of(text)]
        if asked.command == "verify":
            from taizhang_eventstore.verifying import verify

            result: Any = verify(asked.dir, seals=asked.seal, keys=keys)
        else:
            from taizhang_eventstore.proving import verify_proof

            result = verify_proof(asked.file, keys=keys, old=asked.seal)
    except BilingualError as error:
        print(_say("错误：", "error: ") + error.text(_language()), file=sys.stderr)
        return int(getattr(error, "exit_code", 1))
    if asked.json:
        print(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
    else:
        print(result.text(_language()))
    return int(result.exit_code)


if __name__ == "__main__":
    try:
        code = main()
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; the interpreter must not complain at its end either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)
