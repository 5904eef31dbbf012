"""Checklists: some of several things, each so often, and what is missing of them."""

from __future__ import annotations

from datetime import date

import pytest

from taizhang.api import Member, Programme, Selection, checklist
from taizhang.readmodels.due import Due


def test_what_is_missing_is_told(counter) -> None:
    """Two of three chores, each twice a month: the one that was done once is missing still."""
    for item in ("扫地", "扫地", "记账"):
        counter.do("chore.do", "2012-05-10", member="甲", item=item)

    def told(on: str, language: str = "zh", known: int | None = None):
        ledger = counter.ws.at(on, known)
        due = Due(ledger, None, ["shop.chores"], date.fromisoformat(on), language=language)
        return {n.name: (n.state, n.value, n.needed, n.lacking) for n in due.names(("due", "due_soon", "done"))}  # fmt: skip

    assert told("2012-05-15") == {
        "甲": ("due", 1, 2, ("记账", "看店")),
        "乙": ("due", 0, 2, ("扫地", "记账", "看店")),
    }
    assert told("2012-05-15", "en")["甲"][3] == ("Kept the books", "Minded the shop")
    counter.do("chore.do", "2012-05-20", member="甲", item="记账")
    before = counter.ws.log.head() - 1
    assert told("2012-05-31")["甲"] == ("done", 2, 2, ("看店",))
    assert told("2012-05-31", known=before)["甲"][0] == "due_soon"
    counter.sound()


def test_a_checklist_that_asks_for_too_much_is_refused() -> None:
    programme = Programme("listing", "清单|Listing")
    words = {"called": "党员|Member", "who": Selection("members"), "per": "year"}
    for items, enough, wrong in (
        (("甲|A", "乙|B"), 3, "enough= is 1 to 2"),
        (("甲|A", "甲|B"), None, "one name"),
    ):
        with pytest.raises(TypeError, match=wrong):
            checklist(
                programme, "one", "几个一|Ones", Member, items,
                enough=enough, since=date(2012, 1, 1), **words,
            )  # fmt: skip
    with pytest.raises(TypeError, match="is a reference"):
        checklist(programme, "one", "几个一|Ones", str, ("甲|A",), since=date(2012, 1, 1), **words)
