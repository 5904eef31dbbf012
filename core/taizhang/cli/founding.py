"""Making a store as people ask for it: which programmes it begins with, and on which day its books begin."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import click

from taizhang.cli.words import LANGUAGE, say
from taizhang.words.labels import Label

ALL, NONE = "*", "-"
"""Typed in answer to the question: every programme, or none."""


def there() -> dict[str, Label]:
    """The programmes that are installed, by id, without running any."""
    from taizhang.loading.sources import candidates

    return {c.name: c.label for c in candidates(None)}


def not_enabled(given: str | None, *, ask: bool) -> set[str]:
    """The programmes that a new store leaves out.

    Args:
        given: The ids that it enables, with commas between, or None where nobody said.
        ask: Whether to ask where nobody said and somebody sits at a terminal; else all are enabled.

    Raises:
        Usage: One of them is not installed.
    """
    from taizhang.words.nearest import unknown

    found = there()
    if given is None:
        if not (found and ask and sys.stdin.isatty() and sys.stdout.isatty()):
            return set()
        given = _asked(found)
    wanted = {
        name for name in given.replace("，", ",").replace("、", ",").split(",") if name.strip()
    }
    wanted = {name.strip() for name in wanted} - {NONE}
    if ALL in wanted:
        return set()
    for name in sorted(wanted - found.keys()):
        raise unknown(
            "没有项目 {name}；已安装 {known}|there is no programme {name}; installed are {known}",
            name,
            found,
        )
    return found.keys() - wanted


def _asked(found: Mapping[str, Label]) -> str:
    for name, label in found.items():
        click.echo(f"  {name}  {label.text(LANGUAGE)}", err=True)
    words = say(
        "启用哪些项目（编号用逗号隔开，* 全部，- 都不启用）"
        "|Which programmes are enabled (ids with commas, * all, - none)"
    )
    return str(click.prompt(words, default=ALL, err=True, prompt_suffix=": "))
