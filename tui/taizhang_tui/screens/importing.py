"""Importing a roster (导入名册): a file, a dry run that says what is held and why, then all or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.suggester import Suggester
from textual.timer import Timer
from textual.widgets import Input, Static

from taizhang.decisions.notices import told
from taizhang.office.sheets.importing import ImportReport, import_members
from taizhang.readmodels import listing
from taizhang.readmodels.listing import Column, Listed, Row
from taizhang.words.errors import TaizhangError
from taizhang.words.labels import Label
from taizhang_eventstore.errors import BilingualError
from taizhang_tui.screens.base import Framed
from taizhang_tui.widgets.editors import AnswerRow, DateEditor, Edited, TextEditor
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.wordwrap import Words

IMPORTED = Label("导入名册", "roster imported")

LOOK = 0.1
"""Seconds between two looks at how far an import has come."""

SHEETS = (".xlsx", ".xlsm", ".csv")


def completed(text: str) -> str | None:
    """The path as far as the folder makes it certain: the first file or folder that begins so."""
    path = Path(text).expanduser()
    folder, start = (path, "") if text.endswith("/") else (path.parent, path.name)
    try:
        found = sorted(p for p in folder.iterdir() if p.name.startswith(start))
    except OSError:
        return None
    for entry in found:
        if entry.is_dir() or entry.suffix.lower() in SHEETS:
            rest = entry.name[len(start) :] + ("/" if entry.is_dir() else "")
            return text + rest if rest else None
    return None


class PathSuggester(Suggester):
    """Completes what is typed from the folder."""

    def __init__(self) -> None:
        super().__init__(use_cache=False, case_sensitive=True)

    async def get_suggestion(self, value: str) -> str | None:
        """The completion."""
        return completed(value) if value else None


class PathEditor(TextEditor):
    """A path; tab completes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "补全|Complete"),
        Binding("enter", "screen.check", "试运行|Dry run"),
    ]

    def __init__(self) -> None:
        super().__init__("path", "")
        self.suggester = PathSuggester()

    def action_complete(self) -> None:
        """Complete, or where nothing is left to complete go on."""
        more = completed(self.value) if self.value else None
        if more is None:
            self.app.action_focus_next()
        else:
            self.value = more
            self.cursor_position = len(more)


class ImportScreen(Framed):
    """Dry run and commit of one roster."""

    DEFAULT_CSS = """
    ImportScreen {
        & #import { padding: 0 1; }
        & #import-note { margin: 1 0; }
        & #import-note.-wrong { color: $warning; }
        & VirtualTable { height: 1fr; }
        & #import-row { padding: 0 1; max-height: 4; color: $foreground 75%; }
    }
    """
    ABOUT = (
        "导入 .xlsx 或 .csv 名册：按列名认列，先试运行，逐行说明问题；没有问题才能整批登记。"
        "|Import a roster (.xlsx, .csv): columns by name, a dry run first that gives the reason for every "
        "row held; all is recorded or nothing."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+t", "check", "试运行|Dry run", priority=True),
        Binding("ctrl+s", "save", "登记|Record", priority=True),
        Binding("escape", "back", "返回|Back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.values = {"path": "", "on": "", "organisation": ""}
        self._ready: dict[str, str] | None = None
        self._busy = False
        self._done = (0, 0)  # rows looked at, rows there are
        self._watch: Timer

    def title_words(self) -> str:
        """The title of the screen."""
        return self.say("导入名册|Import a roster")

    def content(self) -> ComposeResult:
        """Three questions, a sentence, the rows that are held."""
        with Vertical(id="import"):
            for label, editor in (
                ("文件|File", PathEditor()),
                (
                    "生效日期|True on",
                    DateEditor("on", "", self.say("没有日期列时；默认今天|if no column; today")),
                ),
                (
                    "支部|Branch",
                    TextEditor(
                        "organisation", "", self.say("没有支部列时填|if no column names it")
                    ),
                ),
            ):
                with AnswerRow():
                    yield Static(Content(self.say(label)), classes="form--label")
                    yield editor
            yield Words(id="import-note")
            table = VirtualTable(
                empty=self.say("填文件路径后回车试运行|type a path, enter tries it")
            )
            table.opens = False
            yield table
            yield Words(id="import-row")

    def on_mount(self) -> None:
        """Begin at the path."""
        self.query_one(PathEditor).focus()

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        self.values[event.name] = event.value
        self._ready = None

    def action_check(self) -> None:
        """Try it."""
        self._start(commit=False)

    def action_save(self) -> None:
        """Record it, if the dry run of just this held nothing."""
        if self.desk.past:
            self.taizhang.records.refused()
        elif self._ready != self.values:
            self._start(commit=False)
        else:
            self._start(commit=True)

    def _start(self, *, commit: bool) -> None:
        if self._busy or not self.values["path"].strip():
            return
        self._busy = True
        self._done = (0, 0)
        words = "正在登记|recording" if commit else "正在核对|checking"
        self._watch = self.set_interval(LOOK, lambda: self._how_far(words))
        self._how_far(words)
        self._run(commit)

    def _progress(self, done: int, of: int) -> None:
        """From the desk's thread."""
        self._done = (done, of)

    def _how_far(self, words: str) -> None:
        done, of = self._done
        bar = f"  {listing.bar(done, of, 30)}  {done:,} / {of:,}" if of else ""
        self._note(self.say(words) + " …" + bar)

    @work(exclusive=True)
    async def _run(self, commit: bool) -> None:
        values = dict(self.values)
        path = Path(values["path"].strip()).expanduser()
        try:
            report = await self.desk.do(
                lambda ws: import_members(
                    ws,
                    path,
                    on=values["on"].strip() or None,
                    organisation=values["organisation"].strip() or None,
                    commit=commit,
                    progress=self._progress,
                )
            )
        except (TaizhangError, BilingualError) as error:
            self._note(f"✗ {error.text(self.taizhang.language)}", wrong=True)
            return
        finally:
            self._busy = False
            self._watch.stop()
        self._show(report, values)
        if report.receipt is not None:
            self.taizhang.records.imported(report.receipt, IMPORTED)
            self.dismiss()

    def _show(self, report: ImportReport, values: dict[str, str]) -> None:
        language = self.taizhang.language
        lines = [
            self.say("{a} 行可以登记，{b} 行有问题|{a} rows ready, {b} held").format(
                a=f"{len(report.ready):,}", b=f"{report.held_lines:,}"
            )
        ]
        if report.sheet.mapped:
            lines.append(self.say("认出的列：|columns: ") + "、".join(report.sheet.mapped))
        if report.sheet.dropped:
            lines.append(self.say("不予保存的列：|not kept: ") + "、".join(report.sheet.dropped))
        if report.sheet.unknown:
            lines.append(self.say("不认识的列：|unknown: ") + "、".join(report.sheet.unknown))
        lines += [self.say("⚠ 注意：|⚠ note: ") + n for n in told(report.notices, language)]
        clear = not report.held and bool(report.ready)
        if clear:
            self._ready = values
            lines.append(self.say("没有问题，Ctrl+S 登记|nothing is held; ctrl+s records"))
        self._note("\n".join(lines), wrong=bool(report.held))
        columns = (
            Column("line", self.say("行|Row"), 4, 6, "number"),
            Column("field", self.say("列|Column"), 6, 14),
            Column("rule", self.say("问题|Problem"), 10, 80),
        )
        rows = []
        for i, problem in enumerate(report.held):
            rule = problem.rule.text(language)
            if problem.candidates:
                rule += "：" + "、".join(problem.candidates[:4])
            rows.append(Row(str(i), (str(problem.line or ""), problem.label.text(language), rule)))
        table = self.query_one(VirtualTable)
        table.empty = "" if clear else self.say("没有可以登记的行|no row to record")
        self.query_one("#import-row", Words).update("")
        table.set_source(Listed(columns, rows))

    @on(VirtualTable.RowHighlighted)
    def _whole(self, event: VirtualTable.RowHighlighted) -> None:
        """The problem of the row under the cursor, which its row may have no room for."""
        row = (
            event.table.row_at(event.table.cursor_row)
            if isinstance(event.table, VirtualTable)
            else None
        )
        self.query_one("#import-row", Words).update(row.cells[-1] if row is not None else "")

    def _note(self, text: str, *, wrong: bool = False) -> None:
        note = self.query_one("#import-note", Words)
        note.set_class(wrong, "-wrong")
        note.update(text)


__all__ = ["ImportScreen", "Input", "completed"]
