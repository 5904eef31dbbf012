"""A form on the screen: answers checked while they are typed, tried before they are saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from taizhang.decisions.decision import Receipt
from taizhang.readmodels.forms import FormField
from taizhang.words.errors import Invalid, NeedsReason, Problem, TaizhangError
from taizhang_eventstore.errors import BilingualError
from taizhang_tui import cells
from taizhang_tui.desk.drafts import Draft, Drafts
from taizhang_tui.forms import choices
from taizhang_tui.forms.forms import REASON, Form
from taizhang_tui.forms.lines import told
from taizhang_tui.forms.trial import Trial, failed, tried
from taizhang_tui.forms.waiting import said
from taizhang_tui.screens.base import Framed
from taizhang_tui.widgets.editors import (
    AnswerRow,
    ChoiceEditor,
    DateEditor,
    Edited,
    EntityEditor,
    TextEditor,
)
from taizhang_tui.widgets.grid import GridEditor, GridRow
from taizhang_tui.wordwrap import Words

EMPTY = "填写之后，这里显示将要登记的内容|what would be recorded appears here"

LINES = (
    "明细表格：方向键移动，输入即改，回车、Tab 到下一格，末行之后输入即加行；粘贴名单（换行或逗号分开）"
    "每人一行，查不到的留着待改。",
    "The grid of lines: arrows move, typing changes a cell, enter and tab go on, below the last row another "
    "begins; pasted names (on lines or between commas) are a row each, unknown ones stay to be mended. ",
)
"""Said before the rest in the help of a form that has a grid."""

LISTED = 3
"""Other drafts that are told at most."""

PAUSE = 0.25
"""Seconds without a key after which answers are checked and tried."""


class FormScreen(Framed):
    """Dismissed without saving, or after it with :attr:`receipt` set."""

    DEFAULT_CSS = """
    FormScreen {
        & #form { padding: 1 1 0 1; scrollbar-size-vertical: 1; }
        & #form-head { color: $warning; margin-bottom: 1; }
        & #form-trial { margin-top: 1; color: $foreground 80%; }
        & #form-trial.-soft { color: $warning; }
        & #form-trial.-refused { color: $error; }
    }
    """
    ABOUT = (
        "填表：随填随查，下方是将要登记的内容；Ctrl+S 保存。每次改动都存为草稿，Esc 离开后再打开还在。"
        "|A form: answers are checked as you type, below is what would be recorded; ctrl+s saves. "
        "Every change is kept as a draft, also when you leave with Esc."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "保存|Save", priority=True),
        Binding("escape", "back", "返回（留草稿）|Back, keeping the draft"),
        Binding("ctrl+r", "discard", "重填|Start anew", priority=True),
    ]

    def __init__(self, form: Form, draft: Draft | None = None) -> None:
        """The form as it begins, or as ``draft`` has it; without one the draft of whom it is opened for."""
        super().__init__()
        if any(q.spec is not None and q.spec.line is not None for q in form.questions):
            self.ABOUT = f"{LINES[0]}{self.ABOUT.replace('|', '|' + LINES[1], 1)}"
        self.form = form
        self.receipt: Receipt | None = None
        self.values = dict(form.values)
        self._drafts: Drafts | None = None
        self._draft = draft
        self._touched: set[str] = set()
        """Questions whose problems are shown."""
        self._typed: set[str] = set()
        """Questions that somebody answered, be it with what stood there."""
        self._pause: Timer | None = None
        self._saving = False
        self._editors: dict[str, Widget] = {}

    def title_words(self) -> str:
        """The title of the form."""
        return self.form.title.text(self.taizhang.language)

    # Building

    def content(self) -> ComposeResult:
        """A row for each question, then what would be recorded."""
        self._drafts = self.desk.drafts if self.form.key else None
        if self._drafts is not None and self._draft is None:
            self._draft = self._drafts.load(self.form.key, self.form.given)
        if self._draft is not None:
            self.values.update((n, v) for n, v in self._draft.values.items() if n in self.values)
            self._touched = set(self.values)
            self._typed = set(self._draft.values)
        with VerticalScroll(id="form", can_focus=False):
            if head := self._head():
                yield Words(head, id="form-head")
            for asked in self.form.questions:
                lined = asked.spec is not None and asked.spec.line is not None
                with GridRow() if lined else AnswerRow():
                    star = "*" if asked.required else " "
                    label = asked.label.text(self.taizhang.language)
                    yield Static(Content(f"{star}{label}"), classes="form--label")
                    editor = self._editors[asked.name] = self._editor(asked)
                    yield editor
                    problem = Words if lined else Static
                    yield problem(classes="form--problem", name=asked.name)
            yield Words(id="form-trial")

    def _head(self) -> str:
        """The draft that has come back, and those of the same form that wait for others: with whom, and when."""
        if self._drafts is None:
            return ""
        lines, view, language = [], self.desk.view, self.taizhang.language
        if self._draft is not None:
            words = "已恢复 {draft} 的草稿，Ctrl+R 弃之重填|the draft {draft} is back; ctrl+r starts anew"
            lines.append(self.say(words).replace("{draft}", said(view, self._draft, language)))
        kept = self._draft and self._draft.file
        others = [d for d in self._drafts.of(self.form.key) if d.file != kept]
        if others:
            words = "此表另有草稿：{drafts}|other drafts of this form: {drafts}"
            told = [said(view, d, language) for d in others[:LISTED]]
            more = ["…"] if len(others) > LISTED else []
            lines.append(self.say(words).replace("{drafts}", self.say("；|; ").join(told + more)))
        return "\n".join(lines)

    def _editor(self, asked: FormField) -> Widget:
        value = self.values[asked.name]
        title = asked.label.text(self.taizhang.language)
        if asked.spec is not None and asked.spec.line is not None:
            ledger = lambda: self.form.day_ledger(self.values)  # noqa: E731
            return GridEditor(asked.name, value, asked.spec, ledger)
        if asked.entity is not None:
            return EntityEditor(
                asked.name,
                value,
                title,
                lambda: self._entities(asked),
                lambda id: self._entity(asked, id),
            )
        if asked.choices:
            listed = [(c.zh, c.text(self.taizhang.language)) for c in asked.choices]
            return ChoiceEditor(asked.name, value, title, listed)
        hint = asked.help.text(self.taizhang.language) if asked.help is not None else ""
        return (DateEditor if asked.widget == "date" else TextEditor)(asked.name, value, hint)

    def _entities(self, asked: FormField) -> choices.Provider:
        ledger = self.form.day_ledger(self.values)
        return choices.entities(ledger, asked.entity or "", self.taizhang.language, asked.spec)

    def _entity(self, asked: FormField, id: str) -> choices.Item | None:
        ledger = self.form.day_ledger(self.values)
        found = choices.described(ledger, asked.entity or "", [id], self.taizhang.language)
        return found[0] if found else None

    def on_mount(self) -> None:
        """Begin at the first question that has to be answered, or else at the first that can be;
        with a draft where it ends.
        """
        needed = {q.name for q in self.form.questions if q.required}
        filled = [e for n, e in self._editors.items() if self.values[n] != self.form.values[n]]
        empty = [e for n, e in self._editors.items() if n in needed and not self.values[n]]
        blank = [e for n, e in self._editors.items() if not self.values[n]]
        for editor in [*filled[-1:], *empty, *blank, *self._editors.values()][:1]:
            editor.focus()
        self._look()

    # Changes

    def renew(self, *, key: str | None = None, step: bool = False) -> None:
        """Renews the form where the day has turned: answers that nobody typed go along, and all is tried on
        the new day.
        """
        fresh = {n: v for n, v in self.form.fresh().items() if self.form.values[n] != v}
        for name, answer in fresh.items():
            untouched = name not in self._typed and self.values[name] == self.form.values[name]
            self.form.values[name] = answer
            if untouched:
                self.values[name] = answer
                editor = self._editors[name]
                assert isinstance(editor, TextEditor)
                editor.value = answer
        if fresh:
            self._look()

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        if self.values.get(event.name) == event.value:
            return
        self.values[event.name] = event.value
        self._touched.add(event.name)
        self._typed.add(event.name)
        self._keep()
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE, self._look)

    def _keep(self) -> None:
        """Has the draft on disk, whatever happens next."""
        if self._drafts is None or self._saving or self.receipt is not None:
            return
        form = self.form
        # A day that somebody typed is kept also where it is that on which the form began.
        days = self._typed & form.fresh().keys()
        typed = {n: v for n, v in self.values.items() if v != form.values[n] or n in days}
        try:
            if not typed:
                self._forget()
            else:
                self._draft = self._drafts.save(
                    form.key,
                    typed,
                    form.given,
                    subjects=form.subjects(self.values),
                    now=self.desk.ws.ambient.now(),
                    before=self._draft,
                )
        except OSError as error:
            self.taizhang.tell(
                "草稿写不下：{why}|the draft cannot be written: {why}", "error", why=error.strerror
            )

    def _forget(self) -> None:
        if self._drafts is not None and self._draft is not None:
            self._drafts.drop(self._draft)
        self._draft = None

    def _problems(self) -> dict[str, list[Problem]]:
        found = {q.name: self.form.check(q.name, self.values) for q in self.form.questions}
        return {name: problems for name, problems in found.items() if problems}

    def _look(self) -> None:
        """Checks the answers, and tries them when all are in order."""
        problems = self._problems()
        self._show({n: p for n, p in problems.items() if n in self._touched})
        if self.form.untouched(self.values):
            self._tell(
                Trial(
                    self.say(
                        "改动之后，这里显示将要登记的更正|what would be corrected appears here"
                    )
                )
            )
        elif missing := set(problems) - {REASON}:
            self._tell(Trial(self._left(missing) if self._touched else self.say(EMPTY)))
        elif self.receipt is None:
            self._try()

    def _left(self, missing: set[str]) -> str:
        """The questions that have still to be answered before anything can be tried."""
        language = self.taizhang.language
        left = [q for q in self.form.questions if q.name in missing - self._touched]
        names = self.say("、|, ").join(q.label.text(language) for q in left)
        return (
            self.say("还要填：{names}|still to be filled: {names}").format(names=names)
            if left
            else ""
        )

    def _show(self, problems: Mapping[str, Sequence[Problem]]) -> None:
        language = self.taizhang.language
        for place in self.query(".form--problem").results():
            found = problems.get(place.name or "", ())
            editor = self._editors[place.name or ""]
            if isinstance(editor, GridEditor):
                editor.mark(found)
            if isinstance(place, Words):
                place.update(told(found, language))
                continue
            assert isinstance(place, Static)
            words = "；".join(p.rule.text(language) for p in found)
            candidates = [c for p in found for c in p.candidates]
            if candidates:
                words += "：" + "、".join(candidates[:4])
            place.update(Content(f"✗ {cells.clean(words)}" if words else ""))

    @work(exclusive=True, group="try")
    async def _try(self) -> None:
        values = dict(self.values)
        try:
            receipt = await self.desk.do(self.form.attempt(values, commit=False))
        except BilingualError as error:
            trial = failed(self.desk.view, error, self.taizhang.language)
        else:
            trial = tried(self.desk.view, receipt, self.taizhang.language, bool(values.get(REASON)))
        if values == self.values:
            self._tell(trial)

    def _tell(self, trial: Trial) -> None:
        # The answer of a trial may come when the form has just been left.
        for place in self.query("#form-trial").results(Words):
            # Before anything was answered, what stands in the way is nobody's mistake.
            place.set_class(trial.refused and bool(self._touched), "-refused")
            place.set_class(trial.soft, "-soft")
            place.update(trial.text)

    # Leaving

    def action_save(self) -> None:
        """Record it, unless something is wrong."""
        if self._saving:
            return
        if self.desk.past:
            self.taizhang.records.refused()
            return
        problems = self._problems()
        self._touched |= set(self.values)
        self._show(problems)
        if problems:
            self._go_to(next(iter(problems)))
            return
        self._saving = True
        self._save()

    @work(group="save")
    async def _save(self) -> None:
        try:
            receipt = await self.desk.do(self.form.attempt(dict(self.values), commit=True))
        except (TaizhangError, BilingualError) as error:
            self._saving = False
            self._refused(error)
            return
        self._saving = False
        self.receipt = receipt
        self._forget()
        self.taizhang.records.saved(receipt, self.form, self.form.subjects(self.values))
        self.dismiss()

    def _refused(self, error: BilingualError) -> None:
        if isinstance(error, Invalid):
            found: dict[str, list[Problem]] = {}
            for problem in error.problems:
                found.setdefault(self._named(problem), []).append(problem)
            self._show(found)
            self._go_to(next(iter(found)))
        elif isinstance(error, NeedsReason):
            self._go_to(REASON)
        self._tell(failed(self.desk.view, error, self.taizhang.language))
        self.query_one("#form-trial").scroll_visible()

    def _named(self, problem: Problem) -> str:
        """The question that a problem is of: in the form of one line that of the line's field."""
        return (
            problem.cell[1]
            if problem.cell and problem.field not in self._editors
            else problem.field
        )

    def _go_to(self, name: str) -> None:
        if name in self._editors:
            self._editors[name].focus()

    def action_discard(self) -> None:
        """Forget the draft and begin anew."""
        self._forget()
        form, app = self.form, self.taizhang
        self.dismiss()
        app.push_screen(FormScreen(form))

    def action_back(self) -> None:
        """Leave; what was typed stays as a draft."""
        if self._drafts is not None and self.values != self.form.values:
            self.taizhang.tell("草稿已保留|the draft is kept")
        self.dismiss()
