"""Kinds of meetings (会议类别) as data: what each is called, and which kinds of organisation convene it."""

from __future__ import annotations

from typing import NamedTuple

BRANCHES = ("支部", "联合支部")
GROUPS = ("党小组",)
COMMITTEES = ("党工委", "党委", "总支")

GENERAL = "支部党员大会"
COMMITTEE = "支委会"
GROUP = "党小组会"
THEME = "主题党日"
LIFE = "组织生活会"
APPRAISAL = "民主评议"


class Kind(NamedTuple):
    """A kind of meeting; ``held_by`` lists the kinds of organisation that convene it, none for any."""

    label: str
    held_by: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """The term that is stored."""
        return self.label.partition("|")[0]


KINDS = (
    Kind(f"{GENERAL}|General meeting of a branch", BRANCHES),
    Kind(f"{COMMITTEE}|Branch committee", BRANCHES),
    Kind(f"{GROUP}|Group meeting", GROUPS),
    Kind("党课|Party lecture"),
    Kind(f"{THEME}|Theme day"),
    Kind(f"{LIFE}|Organisational life meeting"),
    Kind(f"{APPRAISAL}|Democratic appraisal", BRANCHES),
    Kind("党委会|Party committee meeting", COMMITTEES),
    Kind("联席会议|Joint meeting"),
    Kind("其他会议|Other meeting"),
)
CHOICES = tuple(kind.label for kind in KINDS)
"""The kinds as the choices of a field."""

HELD_BY = {kind.zh: kind.held_by for kind in KINDS if kind.held_by}
"""Who convenes a kind, where not every organisation does."""
