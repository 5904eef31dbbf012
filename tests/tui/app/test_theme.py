"""Both themes can be read: every ink on every ground that it is used on."""

import pytest
from textual.color import Color
from textual.theme import Theme

from taizhang_tui.app import theme


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(colour: Color) -> float:
        parts = [
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in colour.normalized
        ]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("look", theme.THEMES, ids=lambda look: look.name)
@pytest.mark.parametrize("ink", ["foreground", "primary", "warning", "error", "secondary"])
def test_ink_can_be_read_on_its_ground(look: Theme, ink: str) -> None:
    colour = Color.parse(getattr(look, ink))
    primary = Color.parse(look.primary)
    for name in ("background", "panel"):
        ground = Color.parse(getattr(look, name))
        assert contrast(colour, ground) >= 4.5, name
        if name == "background":
            cursor = ground.blend(primary, 0.16)
            assert contrast(colour, cursor) >= 4.0, "under the cursor"
