"""Printing who is meant: names with some of their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from taizhang.cli.output import print_table
from taizhang.cli.words import LANGUAGE

if TYPE_CHECKING:
    from taizhang.readmodels.due import Name


def print_names(found: Sequence[Name], *shown: str) -> None:
    """Names with some of their columns."""
    from taizhang.readmodels.due import names
    from taizhang.readmodels.listing import printed

    headers, rows, _ = printed(names(lambda: found, shown, LANGUAGE))
    print_table([h.lower() for h in headers], rows)
