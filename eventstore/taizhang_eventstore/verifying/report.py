"""What verification found (核验结果), in plain words: what was proved, what could not be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taizhang_eventstore.verifying.scanning import Finding

    Pair = tuple[str, str]


@dataclass(slots=True)
class Report:
    """The result of `verifying.verify`."""

    log: str
    """The file."""

    origin: str = ""
    events: int = 0
    last: int = 0
    """The position of the last event."""

    sealed: int = 0
    """How many events, from the first, are proved to be those that were sealed."""

    seals: int = 0
    """How many seals were held against the log."""

    findings: list[Finding] = field(default_factory=list)
    proved: list[Pair] = field(default_factory=list)
    unproved: list[Pair] = field(default_factory=list)

    @property
    def bad(self) -> list[Finding]:
        """The findings that speak against the log, what concerns single events first, in order."""
        found = [f for f in self.findings if f.bad]
        return sorted(found, key=lambda f: (f.position is None, f.position or 0))

    @property
    def verified(self) -> bool:
        """Tells if nothing speaks against the log, and a seal speaks for it."""
        return not self.bad

    @property
    def first(self) -> Finding | None:
        """Says what is to be told of the first event that does not fit."""
        return next((f for f in self.bad if f.position is not None), None)

    @property
    def exit_code(self) -> int:
        """0 verified, 3 not."""
        return 0 if self.verified else 3

    def as_dict(self) -> dict[str, Any]:
        """Returns the report for machines."""
        first = self.first
        return {
            "verified": self.verified,
            "log": self.log,
            "origin": self.origin,
            "events": self.events,
            "sealed": self.sealed,
            "seals": self.seals,
            "first": None if first is None else first.position,
            "findings": [
                {"code": f.code, "position": f.position, "bad": f.bad, "zh": f.zh, "en": f.en}
                for f in [*self.bad, *(f for f in self.findings if not f.bad)]
            ],
            "proved": [{"zh": zh, "en": en} for zh, en in self.proved],
            "unproved": [{"zh": zh, "en": en} for zh, en in self.unproved],
        }

    def text(self, language: str = "zh") -> str:
        """Returns the report for people, several lines."""
        en = language.startswith("en")

        def say(zh: str, english: str) -> str:
            return english if en else zh

        def where(f: Finding) -> str:
            if f.position is None:
                return say("· ", "- ")
            return say(f"· 第 {f.position:,} 号：", f"- event {f.position:,}: ")

        lines = [
            say("核验通过", "VERIFIED") if self.verified else say("核验不通过", "DOES NOT VERIFY"),
            say(
                f"{self.log}：{self.events:,} 条事件，其中 {self.sealed:,} 条与封存相符",
                f"{self.log}: {self.events:,} events, {self.sealed:,} of them as they were sealed",
            ),
        ]
        first = self.first
        if first is not None:
            lines.append(
                say(
                    f"第一条对不上的事件：第 {first.position:,} 号。{first.zh}。",
                    f"The first event that does not fit: {first.position:,}. {_capital(first.en)}.",
                )
            )
        rest = [f for f in self.bad if f is not first]
        groups = (
            (say("还发现：" if first else "发现：", "Also found:" if first else "Found:"), rest),
            (say("请注意：", "Please note:"), [f for f in self.findings if not f.bad]),
        )
        for title, some in groups:
            if some:
                lines += ["", title]
                lines += [where(f) + say(f.zh, f.en) for f in some[:20]]
                if len(some) > 20:
                    lines.append(say(f"· 另有 {len(some) - 20} 处", f"- {len(some) - 20} more"))
        for title, pairs in (
            (say("证明了：", "Proved:"), self.proved),
            (say("没有证明：", "Not proved:"), self.unproved),
        ):
            if pairs:
                lines += ["", title]
                lines += [say(f"· {zh}", f"- {english}") for zh, english in pairs]
        return plain("\n".join(lines))


def plain(text: str) -> str:
    """`text` without characters that act on a terminal: seals and events are anybody's."""
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
