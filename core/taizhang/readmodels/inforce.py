"""Duties that do not hold on a day (未施行): since when each does, or until when it did, so that silence is no answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.duties.board import duties_of
from taizhang.duties.windows import containing
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.ledger.view import LedgerView

_BEGINS = Label(
    "职责“{label}”（{duty}）自 {since} 起施行，{day} 的不计",
    "the duty {label} ({duty}) holds from {since} on; {day} is not counted",
)
_ENDED = Label(
    "职责“{label}”（{duty}）施行到 {until} 前，{day} 的不计",
    "the duty {label} ({duty}) held until {until}; {day} is not counted",
)


class NotInForce(Struct, frozen=True):
    """A duty that does not hold on a day: ``since`` when it does next, or else ``until`` when it did."""

    duty: str
    label: str
    day: dt.date
    since: dt.date | None
    until: dt.date | None

    def sentence(self, language: str = "zh") -> str:
        """Says so."""
        words = (_ENDED if self.since is None else _BEGINS).text(language)
        return words.format(
            label=self.label, duty=self.duty, day=self.day, since=self.since, until=self.until
        )


def not_in_force(
    ledger: LedgerView, names: Sequence[str] | None, day: dt.date | None, language: str = "zh"
) -> list[NotInForce]:
    """The duties that do not hold on a day.

    Args:
        ledger: The ledger at its two clocks.
        names: The duties asked for, all if not given.
        day: The day asked for, the ledger's if not given.
        language: ``zh`` or ``en``.
    """
    on = ledger.on if day is None else day
    found = []
    for duty in duties_of(ledger, names):
        if containing(duty, on) is None:
            later = [v for v in duty.versions if v.since > on]
            version = later[0] if later else duty.versions[-1]
            since, until = (version.since, None) if later else (None, version.until)
            found.append(NotInForce(duty.name, version.label.text(language), on, since, until))
    return found


__all__ = ["NotInForce", "not_in_force"]
