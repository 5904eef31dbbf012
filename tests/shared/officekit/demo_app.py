"""A demonstration of the widgets over a SQLite file of made-up members; not part of the product.

Run ``python tests/shared/officekit/demo_app.py [ROWS] [--past] [--light]`` to look at it.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from taizhang.office.overview.members import hours
from taizhang.readmodels.listing import DIM, DUE, OVERDUE, Column, Row
from taizhang_tui.app import theme
from taizhang_tui.widgets.frame import Clocks, KeyLine, Seal, TopLine
from taizhang_tui.widgets.virtual_table import VirtualTable

FAMILY = "王李张刘陈杨黄吴赵周徐孙马朱胡郭何高林罗"
GIVEN = "小明晓敏新民建国丽华志强秀英海燕文军玉兰"
HOSTILE = (
    "李[/]",
    "[@click=app.quit]x",
    "\x1b[2J清屏",
    "\u202e反写",
    "零\u200b宽",
    "长" * 10_000,
    "笑😀脸",
    "e\u0301" + "\u0301" * 50,
    "两\n行",
)
COLUMNS = (
    Column("name", "姓名", least=6, most=20),
    Column("branch", "支部", least=8, most=24),
    Column("category", "类别"),
    Column("joined", "入党"),
    Column("minutes", "本年志愿", kind="number"),
    Column("todo", "待办", most=20),
)


def make(path: Path, rows: int) -> None:
    """Write a file of ``rows`` members."""
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=OFF")
    db.execute(
        "CREATE TABLE member (id INTEGER PRIMARY KEY, name TEXT, branch TEXT, category TEXT,"
        " joined TEXT, minutes INTEGER, todo TEXT)"
    )
    kinds = ("在职", "退休", "流动")

    def row(i: int) -> tuple[object, ...]:
        name = FAMILY[i % 20] + GIVEN[i * 7 % 20] + (GIVEN[i * 3 % 20] if i % 5 else "")
        if 20 <= i < 20 + len(HOSTILE):
            name = HOSTILE[i - 20]
        todo = "回执 逾期" if i % 11 == 3 else "季度报到" if i % 7 == 2 else ""
        branch = f"{'天桥' if i % 2 else '井湖'}第{'一二三四五'[i % 5]}支部"
        joined = f"{1960 + i % 50}-{1 + i % 12:02}-{1 + i % 28:02}" if i % 9 else f"{1980 + i % 30}"
        return (i, name, branch, kinds[i % 3], joined, i * 37 % 9000 if i % 4 else None, todo)

    with db:
        db.executemany("INSERT INTO member VALUES (?,?,?,?,?,?,?)", map(row, range(rows)))
    db.close()


class Members:
    """A source over the file: one connection a thread, pages through an array of ids if filtered."""

    columns: Sequence[Column] = COLUMNS

    def __init__(
        self, path: Path, find: str = "", slow: float = 0.0, slow_count: float = 0
    ) -> None:
        self.path, self.find, self.slow, self.slow_count = path, find, slow, slow_count
        self._local = threading.local()

    @property
    def db(self) -> sqlite3.Connection:
        """This thread's connection."""
        if not hasattr(self._local, "db"):
            self._local.db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        db: sqlite3.Connection = self._local.db
        return db

    def _where(self) -> tuple[str, tuple[str, ...]]:
        return ("WHERE instr(name, ?)", (self.find,)) if self.find else ("", ())

    def count(self) -> int:
        """How many match."""
        time.sleep(self.slow_count)
        where, values = self._where()
        return int(self.db.execute(f"SELECT count(*) FROM member {where}", values).fetchone()[0])

    def page(self, start: int, stop: int) -> Sequence[Row]:
        """By position: ids are dense in this file, so an unfiltered page is one range of them."""
        time.sleep(self.slow)
        if self.find:
            rows = self.db.execute(
                "SELECT * FROM member WHERE instr(name, ?) ORDER BY id LIMIT ? OFFSET ?",
                (self.find, stop - start, start),
            )
        else:
            rows = self.db.execute("SELECT * FROM member WHERE id >= ? AND id < ?", (start, stop))
        return [_row(*row) for row in rows]

    def index_of(self, key: str) -> int | None:
        """The number of matches before this one, if it is one."""
        where, values = self._where()
        if not self.db.execute(
            f"SELECT 1 FROM member {where or 'WHERE 1'} AND id = ?", (*values, int(key))
        ).fetchone():
            return None
        if not self.find:
            return int(key)
        before = "SELECT count(*) FROM member WHERE instr(name, ?) AND id < ?"
        return int(self.db.execute(before, (*values, int(key))).fetchone()[0])


def _row(
    id: int, name: str, branch: str, kind: str, joined: str, minutes: int | None, todo: str
) -> Row:
    mark = OVERDUE if "逾期" in todo else DUE
    cells = (name, branch, kind, joined, hours(minutes) or "–", todo or "–")
    return Row(
        str(id), cells, (None, None, None, None, None if minutes else DIM, mark if todo else DIM)
    )


class DemoApp(App[int]):
    """The frame around one table."""

    CSS_PATH = theme.STYLES
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash,／", "find", "筛选|Filter", key_display="/"),
        Binding("n,ｎ", "note('n')", "新建|New", key_display="n"),
        Binding("w,ｗ", "note('w')", "来由|Why", key_display="w"),
        Binding("t,ｔ", "time", "时间|Time", key_display="t"),
        Binding("d,ｄ", "note('d')", "差异|Changes", key_display="d"),
        Binding("colon,：", "note(':')", "命令|Command", key_display=":"),
        Binding("question_mark,？", "help", "帮助|Help", key_display="?"),
        Binding("escape", "back", show=False),
    ]
    DEFAULT_CSS = """
    #find { height: 1; border: none; padding: 0 1; background: transparent; display: none; }
    #find.-open { display: block; }
    """

    def __init__(self, path: Path, *, past: bool = False, dark: bool = True) -> None:
        super().__init__()
        for look in theme.THEMES:
            self.register_theme(look)
        self.theme = (theme.DARK if dark else theme.LIGHT).name
        self.path, self.past = path, past
        self.seen: list[object] = []

    def compose(self) -> ComposeResult:
        """The frame."""
        yield TopLine()
        yield Input(id="find", placeholder="姓名")
        yield VirtualTable(Members(self.path), empty="这里是党员名册。\n按 n 登记一名党员")
        yield KeyLine()

    def on_mount(self) -> None:
        """Where and when."""
        top = self.query_one(TopLine)
        top.organisation, top.demo = "天井湖社区党工委", True
        top.seal = Seal("封存 #24,000 ✓", "封 ✓")
        self.show_clocks()
        self.query_one(VirtualTable).focus()

    def show_clocks(self) -> None:
        """Put the clocks where they stand."""
        self.query_one(TopLine).clocks = (
            Clocks("2011-06-30", "2012-01-05", past=True)
            if self.past
            else Clocks("2012-12-31", "现在 #24,118")
        )

    def action_time(self) -> None:
        """Step to the past and back."""
        self.past = not self.past
        self.show_clocks()

    def action_find(self) -> None:
        """Open the filter."""
        find = self.query_one("#find", Input)
        find.add_class("-open")
        find.focus()

    def action_back(self) -> None:
        """Back to the table."""
        self.query_one(VirtualTable).focus()

    def action_help(self) -> None:
        """Noted only."""
        self.seen.append("help")

    def action_note(self, key: str) -> None:
        """Noted only."""
        self.seen.append(key)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Filter."""
        self.query_one(VirtualTable).set_source(Members(self.path, event.value))

    def on_virtual_table_row_chosen(self, event: VirtualTable.RowChosen) -> None:
        """Noted only."""
        self.seen.append(("chosen", event.key, event.column))

    def on_virtual_table_row_highlighted(self, event: VirtualTable.RowHighlighted) -> None:
        """Noted only."""
        self.seen.append(("at", event.key))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="?", type=int, default=1_000_000)
    parser.add_argument("--past", action="store_true")
    parser.add_argument("--light", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "members.db"
        make(file, options.rows)
        DemoApp(file, past=options.past, dark=not options.light).run()
