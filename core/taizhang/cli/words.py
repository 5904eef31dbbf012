"""Words on the command line: Chinese unless ``TAIZHANG_LANG`` begins with ``en``."""

from __future__ import annotations

import os

import click

from taizhang.words.labels import Label

LANGUAGE = "en" if os.environ.get("TAIZHANG_LANG", "zh").lower().startswith("en") else "zh"


def say(pair: str) -> str:
    """The side of ``"中文|English"`` in the language of this process."""
    return Label.of(pair).text(LANGUAGE) if not pair.endswith(" ") else _untrimmed(pair)


def warn(warning: Label) -> None:
    """One sentence on standard error that refuses nothing."""
    click.echo(say("注意：|note: ") + warning.text(LANGUAGE), err=True)


def complain(sentence: str) -> None:
    """One sentence on standard error that says what could not be done."""
    click.echo(say("错误：|error: ") + sentence, err=True)


def _untrimmed(pair: str) -> str:
    zh, _, en = pair.partition("|")
    return en if LANGUAGE == "en" else zh
