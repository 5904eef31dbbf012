"""Texts in two languages, and text that comes from people.

Every label, message and rule of taizhang is written once, as the pair ``"中文|English"``, beside
the thing it names; :class:`Label` holds the pair and shows one side of it. There is no second
place where a translation could be forgotten, and a test walks all declarations for empty sides.

:func:`clean` is the one door for text typed or imported by people: control characters, bidirectional
overrides and zero-width characters never enter an event, so that nothing downstream has to fear them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from msgspec import Struct

LANGUAGES = ("zh", "en")

# C0 and C1 controls, zero-width characters, bidirectional marks and overrides, line and paragraph
# separators, the byte-order mark, interlinear annotations and the tag block.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e0fff\ud800-\udfff]"
)


class Label(Struct, frozen=True):
    """One text in Chinese and English.

    A pair without ``|`` is the same in both languages (a code, a number).
    """

    zh: str
    en: str

    @classmethod
    def of(cls, pair: str | Label) -> Label:
        """The label written as ``"中文|English"``."""
        if isinstance(pair, Label):
            return pair
        zh, _, en = pair.partition("|")
        return cls(zh.strip(), (en or zh).strip())

    def text(self, language: str = "zh") -> str:
        """The side for ``language`` (``"zh"`` or ``"en"``)."""
        return self.en if language == "en" else self.zh

    def __str__(self) -> str:
        return self.zh


def clean(text: str) -> str:
    """``text`` without characters that act instead of showing, trimmed, NFC-normalised.

    Tabs and line breaks become one space each; escape sequences lose their escape character and
    so stay visible as harmless letters.
    """
    spaced = text.replace("\r\n", " ").translate({9: " ", 10: " ", 13: " "})
    return unicodedata.normalize("NFC", _UNSAFE.sub("", spaced)).strip()


def narrow(text: str) -> str:
    """``text`` cleaned, with full-width letters, digits and signs made half-width (１２ to 12)."""
    return unicodedata.normalize("NFKC", clean(text)).strip()


def unsafe(text: str) -> str:
    """The first character of ``text`` that acts instead of showing, line ends aside; or nothing."""
    found = _UNSAFE.search(text.replace("\n", " "))
    return found[0] if found else ""


def called(word: str, labels: Mapping[str, Label]) -> str | None:
    """The name that people mean by a name or a label."""
    word = clean(word)
    found = (n for n, label in labels.items() if word in (label.zh, label.en))
    return word if word in labels else next(found, None)
