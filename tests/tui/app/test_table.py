"""The table of screens: each row can be given, is named once, and takes no other's key."""

from collections import Counter

import pytest

from taizhang_tui.app.application import TaizhangApp
from taizhang_tui.app.table import OFFERS, Offer, bindings, screens

COMMANDS = [row for row in OFFERS if row.name != "back"]  # which is the screens' own


@pytest.mark.parametrize("row", COMMANDS, ids=lambda row: row.name)
def test_a_row_is_an_action_of_the_app(row: Offer) -> None:
    assert callable(getattr(TaizhangApp, "action_" + row.name.partition("(")[0], None))


def test_names_and_keys_are_had_once() -> None:
    keys = [key for row in bindings() for key in row.key.split(",")]
    for had in (Counter(row.name for row in OFFERS), Counter(keys)):
        assert set(had.values()) == {1}


def test_what_people_read_is_a_pair() -> None:
    words = [word for row in OFFERS for word in (row.label, row.listed, row.help) if word]
    assert all(word.count("|") == 1 and all(word.split("|")) for word in words)


def test_every_screen_can_be_come_to() -> None:
    """By its key or in the palette."""
    rows = {row.name: row for row in OFFERS}
    assert all(rows[name].keys or rows[name].listed for name in screens())
