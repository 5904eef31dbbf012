"""A store with a programme that has every mechanism, as a plugin file that its user trusts."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ledgerkit import shop
from officekit.desk import Desk

from taizhang.loading.sources import candidates
from taizhang.loading.trust import trust
from taizhang.words.errors import TaizhangError
from taizhang.workspace import Receipt, Workspace


class Counter(Desk):
    """The counter of the shop, a desk that records the shop's actions."""

    START = "2012-01-04"

    def do(self, action: str, on: str | None = None, **fields: Any) -> Receipt:
        """Records an action of the shop on a day."""
        return super().do(f"shop.{action}", on, **fields)

    def ticket(self, on: str, kind: str = "散件", **fields: Any) -> str:
        """Takes a ticket in."""
        given = {"name": f"{kind}{on}", "kind": kind, **fields}
        return str(self.do("ticket.take", on, **given).ids["shopticket"])

    def refused(self, action: str, on: str = START, **fields: Any) -> str:
        """The Chinese sentence with which an action is refused; nothing may have been written."""
        before = self.ws.log.head()
        with pytest.raises(TaizhangError) as refusal:
            self.do(action, on, **fields)
        assert self.ws.log.head() == before
        zh, en = refusal.value.pair
        assert zh != en
        return zh

    def row(self, on: str, id: str, known: int | None = None) -> dict[str, Any]:
        """A ticket as it stands on a day."""
        row = self.ws.at(on, known).get("shop_tickets", id)
        assert row is not None
        return row

    def due(self, on: str, id: str, known: int | None = None) -> str | None:
        """Until when its next step is awaited."""
        found: str | None = self.row(on, id, known)["due"]
        return found


def _opened(path: Path) -> None:
    with Workspace.init(path, today=dt.date(2012, 12, 31), actor="张三") as ws:
        branch = {"name": "第一支部", "kind": "支部"}
        ws.record("organisation.found", branch, on="2010-01-01")
        for name in ("甲", "乙"):
            fields = {"name": name, "organisation": "第一支部"}
            ws.record("member.register", fields, on="2010-01-01")
        ws.record("unit.register", {"name": "县供电局", "kind": "国有企业"}, on="2010-01-01")
        ws.record("calendar.seed", {}, on="2010-01-01")
    file = path / "plugins" / "shop.py"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(shop.__file__, file)


@pytest.fixture
def counter(copied: Callable[..., Path]) -> Iterator[Counter]:
    """The counter of a shop with a branch, two members 甲 and 乙, a unit, and all years arranged."""
    path = copied(_opened)
    for candidate in candidates(path / "plugins"):
        if candidate.source == "store":
            trust(candidate.code, "shop")
    with Workspace.open(path, actor="张三") as ws:
        assert "shop" in ws.registry.programmes, [(p.name, p.state, p.reason) for p in ws.plugins]
        yield Counter(ws)
