"""``init``: which programmes a store begins with, and on which day its books begin."""

import datetime as dt
import os
import pty
import select
import subprocess
import sys
from pathlib import Path

import pytest

from taizhang.duties.board import windows_of
from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SystemAmbient

from .conftest import Command

FOUND = ("record", "organisation.found", "--name", "第一支部", "--kind", "支部")
BUNDLED = {"liudai", "liunuo", "sanguan", "wujian"}


def loaded(tz: Command) -> set[str]:
    """The programmes that a store has loaded."""
    return {p["name"] for p in tz("plugins", "list", "--json").json if p["state"] == "loaded"}


@pytest.mark.parametrize(
    ("given", "there"),
    [
        ("liudai,sanguan", {"liudai", "sanguan"}),
        ("liunuo，wujian", {"liunuo", "wujian"}),
        ("-", set()),
    ],
)
def test_a_store_begins_with_the_programmes_that_it_is_told(
    tz: Command, given: str, there: set[str]
) -> None:
    assert tz("init", "--programmes", given).code == 0
    assert loaded(tz) & BUNDLED == there
    owners = {line["duty"].partition(".")[0] for line in tz("due", "--json").json["lines"]}
    assert owners & BUNDLED <= there


def test_one_left_out_can_be_enabled_later(tz: Command) -> None:
    tz("init", "--programmes", "liudai")
    assert tz("plugins", "enable", "wujian").code == 0
    assert loaded(tz) & BUNDLED == {"liudai", "wujian"}


def test_on_a_pipe_without_a_word_it_is_all_of_them(tz: Command) -> None:
    assert tz("init").code == 0
    assert loaded(tz) >= BUNDLED


def test_one_that_is_not_there_is_refused_before_anything_is_made(
    tz: Command, tmp_path: Path
) -> None:
    refused = tz("init", "--programmes", "liuda")
    assert (refused.code, refused.out) == (2, "")
    assert "liudai" in refused.err
    assert not (tmp_path / "store").exists()


def test_at_a_terminal_it_is_asked(tz: Command, tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TAIZHANG_")}
    parent, child = pty.openpty()
    words = ["-m", "taizhang", "--store", str(tmp_path / "store"), "init"]
    process = subprocess.Popen(
        [sys.executable, *words],
        stdin=child, stdout=child, stderr=child, env=environment, start_new_session=True,
    )  # fmt: skip
    os.close(child)
    said = b""
    while "启用哪些项目".encode() not in said or not said.rstrip().endswith(b":"):
        assert select.select([parent], [], [], 60)[0], said.decode()
        said += os.read(parent, 4_000)
    assert all(name in said.decode() for name in BUNDLED)
    os.write(parent, b"sanguan\n")
    while True:
        try:
            if not os.read(parent, 4_000):
                break
        except OSError:
            break
    os.close(parent)
    assert process.wait(60) == 0
    assert loaded(tz) & BUNDLED == {"sanguan"}


def test_the_books_begin_on_the_day_that_is_said(tz: Command) -> None:
    assert tz("init", "--since", "2012-01-01").code == 0
    assert tz("events", "--json").json[0]["on"] == "2012-01-01"


def test_books_do_not_begin_tomorrow(tz: Command, tmp_path: Path) -> None:
    refused = tz("init", "--since", "2999-01-01")
    assert (refused.code, refused.out) == (2, "")
    assert "开账日 2999-01-01 在今天" in refused.err
    assert not (tmp_path / "store" / "events.db").exists()


class Clock(SystemAmbient):
    """A clock that stands."""

    def now(self) -> dt.datetime:
        return dt.datetime(2012, 11, 5, 1, tzinfo=dt.UTC)


def test_no_window_lies_before_the_books_unless_it_is_asked_for(tmp_path: Path) -> None:
    half = dt.date(2012, 6, 30)

    def ends(ws: Workspace, on: str | None = None, day: dt.date | None = None) -> set[object]:
        return {w.end for w in windows_of(ws.at(on), day=day)}

    for since, there in ((dt.date(2012, 7, 1), False), (half, True), (None, False)):
        path = tmp_path / f"{since}"
        with Workspace.init(path, since=since, ambient=Clock()) as ws:
            assert (half in ends(ws)) == there, since
            assert dt.date(2012, 12, 31) in ends(ws), "those that run are there"
            assert half in ends(ws, day=dt.date(2012, 6, 1))
            assert dt.date(2011, 12, 31) in ends(ws, "2012-06-01"), "that day was asked for"
        # It is so when the store is opened again.
        with Workspace.open(path, ambient=Clock()) as ws:
            assert (half in ends(ws)) == there


def test_what_is_older_than_the_books_needs_no_whole_day(tz: Command) -> None:
    tz("init", "--since", "2012-05-01")
    done = tz(*FOUND, "--on", "2005")
    assert done.code == 0, done.err
    assert "按 2005-01-01 登记" in done.err
    assert tz(*FOUND[:3], "第二支部", *FOUND[4:], "--on", "2006-03", "--json").code == 0
    since = {r["name"]: r["since"] for r in tz("show", "organisations", "--json").json}
    assert since == {"第一支部": "2005-01-01", "第二支部": "2006-03-01"}
    member = ("record", "member.register", "--name", "王一", "--organisation", "第一支部", "--on")
    assert tz(*member, "2007").code == 0
    for late in ("2012", "2012-05", "2013", "2006-13"):
        refused = tz(*member, late)
        assert (refused.code, refused.out) == (1, ""), late
        assert "应写成" in refused.err or "日期" in refused.err


def test_a_founding_without_a_day_is_told_at_once(tz: Command) -> None:
    tz("init")
    done = tz(*FOUND)
    assert done.code == 0
    assert "没有写日期，按今天" in done.err
    assert "没有写日期" not in tz(*FOUND[:3], "第二支部", *FOUND[4:], "--on", "2005-01-01").err
    member = ("record", "member.register", "--name", "王一", "--organisation", "第二支部")
    assert "没有写日期" not in tz(*member).err
