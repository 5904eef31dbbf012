"""The members' list on the desk, until the main screen reads it by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from taizhang.office.overview.members import FOUND_AT_MOST, PINYIN, REGISTRATION, WALKED, Members
from taizhang.office.overview.tree import Scope
from taizhang.readmodels.listing import Row
from taizhang_tui.data.desk import Desk


class MembersSource(Members):
    """Members at the desk's clocks."""

    def __init__(self, desk: Desk, scope: Scope, **options: Any) -> None:
        super().__init__(desk.reading(), scope, settings=desk.settings, **options)
        self._desk = desk

    def completed(self, rows: Sequence[Row]) -> Sequence[Row]:
        """With the duties that press, once the programmes that declare them are there."""
        return super().completed(rows) if self._desk.wait_open() else rows


__all__ = ["FOUND_AT_MOST", "PINYIN", "REGISTRATION", "WALKED", "MembersSource"]
