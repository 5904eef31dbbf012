"""Two calm themes, light and dark: one accent, amber for due soon, red only for overdue or broken.

The names of Textual carry fixed meanings here, so that widgets need no variable of our own:
``primary`` (and ``accent``) is the one accent, ``secondary`` tints a frame that looks at the past,
``warning`` is due soon, ``error`` overdue or broken. ``styles.tcss`` lays them out.
"""

from __future__ import annotations

from pathlib import Path

from textual.theme import Theme

STYLES = Path(__file__).with_name("styles.tcss")
"""The style sheet, for ``App.CSS_PATH``."""

LIGHT = Theme(
    name="taizhang-light",
    dark=False,
    primary="#1f5f8b",
    secondary="#6a5191",
    accent="#1f5f8b",
    warning="#8a5a00",
    error="#b3261e",
    success="#1f5f8b",
    foreground="#23262b",
    background="#faf9f6",
    surface="#faf9f6",
    panel="#eeece6",
    variables={
        "scrollbar": "#d5d2ca",
        "scrollbar-hover": "#b9b5ab",
        "scrollbar-active": "#1f5f8b",
        "scrollbar-background": "transparent",
        "scrollbar-background-hover": "transparent",
        "scrollbar-background-active": "transparent",
    },
)

DARK = Theme(
    name="taizhang-dark",
    dark=True,
    primary="#86b8dc",
    secondary="#b39ddb",
    accent="#86b8dc",
    warning="#e3ab52",
    error="#f2776d",
    success="#86b8dc",
    foreground="#d9dbdf",
    background="#17191d",
    surface="#17191d",
    panel="#22252b",
    variables={
        "scrollbar": "#3a3f48",
        "scrollbar-hover": "#525965",
        "scrollbar-active": "#86b8dc",
        "scrollbar-background": "transparent",
        "scrollbar-background-hover": "transparent",
        "scrollbar-background-active": "transparent",
    },
)

THEMES = (LIGHT, DARK)
