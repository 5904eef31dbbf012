"""Words of the screens, written once as the pair ``"中文|English"`` beside what they name.

The app that shows a widget may carry a ``language`` attribute (``"zh"`` or ``"en"``); without one
the screens speak Chinese.
"""

from __future__ import annotations

from textual.widget import Widget


def say(pair: str, language: str = "zh") -> str:
    """The side of ``"中文|English"`` for ``language``; a text without ``|`` is both sides.

    A bar with nothing on one side of it is a character, not a separator.
    """
    zh, bar, en = pair.partition("|")
    if not bar or not zh.strip() or not en.strip():
        return pair
    return (en if language == "en" else zh).strip()


def language_of(widget: Widget) -> str:
    """The language that the running app speaks: ``"zh"`` or ``"en"``."""
    return "en" if getattr(widget.app, "language", "zh") == "en" else "zh"
