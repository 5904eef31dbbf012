"""A desk: an open store, and short words for working on it."""

from __future__ import annotations

from typing import Any

import pytest

from taizhang.ledger.findings import find
from taizhang.words.errors import TaizhangError
from taizhang.workspace import Receipt, Workspace


class Desk:
    """Records actions and reads tables; ``ws`` is the workspace underneath."""

    START = "2010-01-01"
    """The day of what is recorded without one."""

    def __init__(self, ws: Workspace) -> None:
        self.ws = ws

    def do(self, action: str, on: str | None = None, **fields: Any) -> Receipt:
        """Records an action on a day."""
        return self.ws.record(action, fields, on=on or self.START)

    def make(self, action: str, on: str | None = None, **fields: Any) -> str:
        """Records an action and gives the id of what it made."""
        (made,) = self.do(action, on, **fields).ids.values()
        return str(made)

    def refused(self, action: str, on: str | None = None, **fields: Any) -> str:
        """The Chinese sentence with which an action is refused; nothing may have been written."""
        before = self.ws.log.head()
        with pytest.raises(TaizhangError) as refusal:
            self.do(action, on, **fields)
        assert self.ws.log.head() == before
        zh, en = refusal.value.pair
        assert zh
        assert en
        assert zh != en
        return zh

    def codes(self, on: str) -> list[str]:
        """The findings of a day."""
        return [f.code for f in find(self.ws.at(on))]

    def sound(self) -> None:
        """Nothing breaks a hard rule, and a rebuild gives the same rows."""
        assert [f for f in self.ws.findings() if f.hard] == []
        tables = self.ws.registry.tables
        before = {t: self.ws.at().spans(t) for t in tables}
        self.ws.rebuild()
        assert {t: self.ws.at().spans(t) for t in tables} == before
