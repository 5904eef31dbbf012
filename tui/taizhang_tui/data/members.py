"""The members' list on the desk, until the main screen reads it by itself."""

from __future__ import annotations

from typing import Any

from taizhang.office.overview.members import FOUND_AT_MOST, PINYIN, REGISTRATION, WALKED, Members
from taizhang.office.overview.tree import Scope
from taizhang_tui.data.desk import Desk


class MembersSource(Members):
    """Members at the desk's clocks."""

    def __init__(self, desk: Desk, scope: Scope, **options: Any) -> None:
        super().__init__(desk.reading(), scope, settings=desk.ws.paths.settings, **options)


__all__ = ["FOUND_AT_MOST", "PINYIN", "REGISTRATION", "WALKED", "MembersSource"]
