"""Events as reasons: what somebody who asks "who says so?" is told of one."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from taizhang.declarations.lines import split_name
from taizhang.store.paths import local_time
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry
    from taizhang_eventstore.recorded import Recorded

_AMENDING = {
    "correct": Label("更正 #{n}", "corrects #{n}"),
    "void": Label("作废 #{n}", "voids #{n}"),
}


@dataclass(frozen=True, slots=True)
class Behind:
    """The event behind a cell or a difference. ``amends`` is the position that it corrects or voids,
    ``how`` ``""``, ``"correct"`` or ``"void"``; ``recorded_at`` is UTC.
    """

    seq: int
    type: str
    label: Label
    on: dt.date
    recorded_at: dt.datetime
    actor: str
    reason: str | None
    document: str | None
    how: str
    amends: int | None
    line: str | None = None
    """The line that an amendment is about, ``attendance/3``."""

    moved: Behind | None = None
    """The later correction that moved the fact to the day which it has now."""

    @classmethod
    def of(cls, recorded: Recorded, registry: Registry) -> Behind:
        """Gathers what is told of ``recorded``."""
        envelope = recorded.envelope
        declared = registry.events.get(recorded.name)
        how = "void" if envelope.voids is not None else "correct" if envelope.corrects else ""
        return cls(
            recorded.position,
            recorded.type,
            declared.label if declared is not None else Label.of(recorded.name),
            envelope.on,
            envelope.recorded_at,
            envelope.actor,
            envelope.reason,
            envelope.document,
            how,
            envelope.amends,
            envelope.line,
        )

    def title(self, language: str = "zh") -> str:
        """Its label; of an amendment also what it amends, of a fact that was moved what moved it."""
        text = self.label.text(language)
        if self.moved is not None:
            moved = self.moved.seq
            text += f" (moved by #{moved})" if language == "en" else f"（#{moved} 改日期）"
        if not self.how:
            return text
        said = _AMENDING[self.how].text(language).format(n=self.amends)
        if self.line is not None:
            number = split_name(self.line)[1]
            said += f" line {number}" if language == "en" else f" 第 {number} 行"
        if self.how == "void":
            return said
        return f"{text} ({said})" if language == "en" else f"{text}（{said}）"

    def cells(self, language: str = "zh") -> dict[str, Any]:
        """Returns what is told as JSON has it."""
        return {
            "seq": self.seq,
            "type": self.type,
            "label": self.title(language),
            "on": self.on.isoformat(),
            "recorded_at": self.recorded_at.isoformat(),
            "actor": self.actor,
            "reason": self.reason,
            "document": self.document,
            "corrects": self.amends if self.how == "correct" else None,
            "voids": self.amends if self.how == "void" else None,
            "line": self.line,
            "moved": None if self.moved is None else self.moved.cells(language),
        }


class Texts(NamedTuple):
    """An event in the cells of a table; all empty where there is none."""

    event: str = ""
    on: str = ""
    recorded: str = ""
    actor: str = ""
    reason: str = ""
    document: str = ""


def texts(behind: Behind | None, language: str = "zh") -> Texts:
    """An event as people read it in a row; when it was recorded in local time."""
    if behind is None:
        return Texts()
    return Texts(
        f"#{behind.seq} {behind.title(language)}",
        behind.on.isoformat(),
        local_time(behind.recorded_at),
        behind.actor,
        behind.reason or "",
        behind.document or "",
    )
