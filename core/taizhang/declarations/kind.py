"""What every kind of field has: how a value is written, checked, shown and stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar

from taizhang.words.labels import Label, clean

MAX_TEXT = 10_000
"""Longest text that is accepted, in characters; longer is refused rather than cut."""


class Bad(ValueError):
    """A value that is not of its kind; ``rule`` says which rule it breaks."""

    def __init__(self, rule: str | Label, candidates: Sequence[str] = ()) -> None:
        self.rule = Label.of(rule)
        self.candidates = tuple(candidates)
        super().__init__(self.rule.zh)


def as_written(given: Any) -> str:
    """What was given, a text or a value of JSON or TOML, as people write it. Raises :class:`Bad` for
    what is no single value.
    """
    if given is None or isinstance(given, list | dict):
        raise Bad("应为单个值|must be a single value")
    if isinstance(given, bool):
        return "yes" if given else "no"
    return given.isoformat() if isinstance(given, date) else str(given)


class Kind:
    """A kind of value. Subclasses override what differs from plain text."""

    name: ClassVar[str] = "text"
    sql: ClassVar[str] = "TEXT"
    widget: ClassVar[str] = "text"
    align: ClassVar[str] = "left"
    personal: bool = False
    masks: bool = False
    """Whether :meth:`mask` hides anything."""
    by_sound: ClassVar[bool] = False
    """Whether people look for it by pinyin and initials."""

    def parse(self, text: str) -> Any:
        """The value written as ``text`` by a person. Raises :class:`Bad`."""
        value = clean(text)
        if len(value) > self.limit:
            raise Bad(
                Label(f"最多 {self.limit} 个字符", f"at most {self.limit} characters are allowed")
            )
        return value

    limit: int = MAX_TEXT

    def notice(self, value: Any) -> Label | None:
        """What people should look at again in a value that is taken as it is; mostly nothing."""
        return None

    def show(self, value: Any, language: str = "zh") -> str:
        """The value as people read it."""
        return "" if value is None else str(value)

    def mask(self, text: str) -> str:
        """The value shown as ``text``, as everybody may see it."""
        return text

    def column(self, value: Any) -> Any:
        """The value as SQLite stores it."""
        return value

    def schema(self) -> dict[str, Any]:
        """JSON schema of the value."""
        return {"type": "string", "maxLength": self.limit}
