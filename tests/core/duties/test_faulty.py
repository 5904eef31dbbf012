"""A programme whose duties and figures fail stops no other's: it is named, and put in quarantine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Office

FAULTY = '''
"""A counting that is no data."""

import datetime as dt
import inspect

from taizhang.api import Counting, Programme, Selection

programme = Programme("faulty", "坏|Faulty", api=1, needs=("members",))


class Late(Counting):
    """Fails when it is asked."""

    @property
    def needs_fact(self):
        raise ZeroDivisionError("of its author")


class Odd(Selection):
    """Fails when its periods are asked for, and not when it is checked."""

    def __getattribute__(self, name):
        if name == "day" and "periods" in {f.function for f in inspect.stack()}:
            raise ZeroDivisionError("of its author")
        return super().__getattribute__(name)


WHAT
'''
DUTY = """
programme.duty(
    "late", "迟|Late", who=Selection("attachments", "member"),
    counts=Late("attachments", "member"), at_least=1, per="quarter", since=dt.date(2012, 1, 1),
)
"""
FIGURE = 'programme.figure("odd", "怪|Odd", select=Odd("departures"), over="year")'


@pytest.mark.parametrize(
    ("what", "command", "said"),
    [(DUTY, "due", "职责 faulty.late"), (FIGURE, "figures", "统计数 faulty.odd")],
)
def test_it_stops_no_other(
    county: Office, install: Callable[[str, str], None], what: str, command: str, said: str
) -> None:
    before = county.read(command)
    install("faulty", FAULTY.replace("WHAT", what))
    assert (
        next(p for p in county.read("plugins", "list") if p["name"] == "faulty")["state"]
        == "loaded"
    )
    now = county.read(command)
    (absent,) = now.pop("missing")
    assert "faulty" in absent
    assert said in absent
    assert now == before
    state = next(p for p in county.read("plugins", "list") if p["name"] == "faulty")
    assert (state["state"], said in state["reason"]) == ("quarantined", True)
    assert "ZeroDivisionError" in state["reason"]
