"""What can go wrong, each as one sentence that names the field and the rule.

All errors are bilingual and carry the exit code of the command line: 1 refused by a rule or not
found, 2 wrong usage, 3 the store is damaged or does not verify.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from taizhang.words.labels import Label
from taizhang_eventstore.errors import BilingualError


class TaizhangError(BilingualError):
    """Any error that a person is to read."""

    exit_code = 1


class Refused(TaizhangError):
    """A rule on the ledger says no. Raised by ``decide``; nothing has been written."""


class NotFound(TaizhangError):
    """Something that was named does not exist."""


class Usage(TaizhangError):
    """The words of the command are off: an unknown action, table or field."""

    exit_code = 2


class Problem(Struct, frozen=True):
    """One thing wrong with one field: ``rule`` is a sentence without the field's name."""

    field: str
    label: Label
    rule: Label
    candidates: tuple[str, ...] = ()
    line: int | None = None
    who: str = ""
    """Of many subjects the one that it is about, as it was given."""

    cell: tuple[int, str] | None = None
    """In a field of lines the number of the line, from 1, and its field; empty for the line as such."""

    def text(self, language: str = "zh", *, named: bool = False) -> str:
        """The sentence, with the field's label before the rule and candidates after it; ``named``
        adds the field's name, as it is written on a command line.
        """
        colon, listing = (": ", "; candidates: ") if language == "en" else ("：", "；可选：")
        where = ""
        if self.line is not None:
            where = f"line {self.line}, " if language == "en" else f"第 {self.line} 行，"
        if self.who:
            where += self.who + colon
        label = self.label.text(language)
        if named and self.field and self.field != label:
            label += f" ({self.field})" if language == "en" else f"（{self.field}）"
        said = f"{where}{label}{colon}{self.rule.text(language)}"
        if self.candidates:
            said += listing + ("; " if language == "en" else "；").join(self.candidates)
        return said


SHOWN_SUBJECTS = 8


def sentences(
    problems: Sequence[Problem], language: str = "zh", *, named: bool = False
) -> list[str]:
    """Problems as sentences: one that several subjects have is said once, with eight of them at most.

    Args:
        problems: The problems.
        language: ``zh`` or ``en``.
        named: Says the name of a field, not its label.
    """
    borne: dict[Problem, list[str]] = {}
    for problem in problems:
        borne.setdefault(msgspec.structs.replace(problem, who=""), []).append(problem.who)
    return [
        msgspec.structs.replace(problem, who=subjects(whom, language)).text(language, named=named)
        for problem, whom in borne.items()
    ]


def subjects(names: Sequence[str], language: str = "zh") -> str:
    """The names of subjects as a list, eight of them at most; those that are empty are left out."""
    given = list(dict.fromkeys(n for n in names if n))
    listed = (", " if language == "en" else "、").join(given[:SHOWN_SUBJECTS])
    if len(given) <= SHOWN_SUBJECTS:
        return listed
    return listed + (
        f" and more, {len(given)} in all" if language == "en" else f" 等 {len(given)} 个"
    )


class Invalid(TaizhangError):
    """The fields of an action do not parse or break a bound. All problems are reported at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        zh = "\n".join(sentences(self.problems, "zh"))
        en = "\n".join(sentences(self.problems, "en"))
        super().__init__("{zh}|{en}", zh=zh, en=en)


class Finding(Struct, frozen=True, eq=False):
    """Something in the ledger that breaks a rule, tied to the fact that shows it.

    ``hard`` findings that an action would cause refuse it; soft ones are shown and accepted with
    a reason, those that ask for none (``asks``) as they are. ``src`` is the position of the root fact concerned. Findings of one rule on one entity and
    fact are the same finding, whatever their label says.
    """

    code: str
    entity: str
    id: str
    src: int
    hard: bool
    label: Label
    asks: bool = True

    @property
    def _identity(self) -> tuple[str, str, str, int]:
        return self.code, self.entity, self.id, self.src

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finding) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    def __lt__(self, other: Finding) -> bool:
        return self._identity < other._identity


class Dependents(Refused):
    """A change would leave later facts impossible; ``findings`` lists them."""

    def __init__(self, text: str, findings: Sequence[Finding], **values: object) -> None:
        self.findings = tuple(findings)
        super().__init__(text, **values)


class NeedsReason(Refused):
    """Soft findings are accepted only with a reason; ``findings`` lists them."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__(
            "请说明理由后再记录：{zh}|Give a reason to record this: {en}",
            zh="；".join(f.label.zh for f in findings),
            en="; ".join(f.label.en for f in findings),
        )


SHOWN_FACTS = 8


def sentence(findings: Sequence[Finding], language: str = "zh", upto: int | None = None) -> str:
    """Puts findings into one sentence: each rule with the events that break it, eight of them at most.

    Args:
        findings: The findings.
        language: ``zh`` or ``en``.
        upto: Events after it are only being tried: they have no number that could be looked up.
    """
    said: dict[str, list[int]] = {}
    for finding in findings:
        sources = said.setdefault(finding.label.text(language), [])
        if upto is None or finding.src <= upto:
            sources.append(finding.src)
    parts = []
    for rule, sources in said.items():
        if not sources:
            parts.append(rule)
            continue
        listed = " ".join(f"#{s}" for s in sources[:SHOWN_FACTS])
        if len(sources) > SHOWN_FACTS:
            listed += (
                f" 等 {len(sources)} 处"
                if language == "zh"
                else f" and more, {len(sources)} in all"
            )
        parts.append(f"{rule}（{listed}）" if language == "zh" else f"{rule} ({listed})")
    return ("；" if language == "zh" else "; ").join(parts)
