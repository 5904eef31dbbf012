"""What ``plugins disable`` says before it does: what goes out of sight, and what stays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.store.paths import StorePaths


def agreed(paths: StorePaths, name: str, yes: bool) -> None:
    """Says what turning ``name`` off affects; on a terminal, asks. Raises ``click.Abort``."""
    from taizhang.maintenance.preview import affected

    found = affected(paths, name)
    if found.nothing:
        return
    for sentence in found.sentences(name):
        click.echo(sentence.text(LANGUAGE))
    # Nobody is there to answer in a script, and what is turned off can be turned on again.
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        click.confirm(say("停用吗？|turn it off?"), abort=True)
