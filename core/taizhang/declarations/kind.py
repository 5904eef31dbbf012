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


def as_written(given: Any, kind: Kind) -> str:
    """Writes what was given for a field of ``kind``, a text or a value of JSON or TOML, as people write it.

    Raises :class:`Bad` for what is no single value, and for a number where a text is meant: JSON has one
    kind of number, which loses the last digits of a long one and the last zero of 2012.10.
    """
    if given is None or isinstance(given, list | dict):
        raise Bad("应为单个值|must be a single value")
    if isinstance(given, bool | int | float) and not kind.numeric:
        raise Bad(
            "应为加引号的文字：写成数字会丢失或多出数位"
            "|must be text in quotation marks: a number loses digits or makes up others"
        )
    if isinstance(given, bool):
        return "yes" if given else "no"
    if isinstance(given, float) and given.is_integer() and abs(given) < 2**53:
        given = int(given)
    return given.isoformat() if isinstance(given, date) else str(given)


class Kind:
    """A kind of value. Subclasses override what differs from plain text."""

    name: ClassVar[str] = "text"
    sql: ClassVar[str] = "TEXT"
    widget: ClassVar[str] = "text"
    align: ClassVar[str] = "left"
    personal: bool = False
    numeric: ClassVar[bool] = False
    """Whether a number, or true and false, is a value of the kind as it stands."""
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

    def notice(self, value: Any, today: date) -> Label | None:
        """Says what people should look at again in a value that is taken as it is; mostly nothing."""
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
