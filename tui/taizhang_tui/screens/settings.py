"""Settings (设置) of one programme: what it decides by in this store, and changing that."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from taizhang.declarations.programme import Programme
from taizhang.declarations.settings import Setting
from taizhang.loading.settings import InForce, change, in_force, problem, undeclared
from taizhang.words.errors import Invalid, Problem, TaizhangError
from taizhang.words.labels import Label
from taizhang_eventstore.errors import BilingualError
from taizhang_tui import cells
from taizhang_tui.screens.base import Framed
from taizhang_tui.widgets.editors import AnswerRow, ChoiceEditor, DateEditor, Edited, TextEditor
from taizhang_tui.wordwrap import Words

YES = (Label("是", "yes"), Label("否", "no"))

SAVED = (
    "已保存，从现在起按新值；已登记的不变。别处正开着的本账册，下次打开起生效"
    "|Saved. It counts from now on; what is recorded stays. Where this store is open elsewhere it "
    "counts from the next opening"
)


class SettingsScreen(Framed):
    """A row for each setting, with what holds, the default and how it is called in config.toml."""

    DEFAULT_CSS = """
    SettingsScreen {
        & #settings { padding: 1 1 0 1; scrollbar-size-vertical: 1; }
        & .settings--about { padding-left: 19; margin-bottom: 1; color: $foreground 65%; }
        & .settings--wrong { padding-left: 19; color: $warning; }
        & #settings-undeclared { color: $warning; }
    }
    """
    ABOUT = (
        "插件在本账册的设置，存于 config.toml：现值、默认值和键名在每项下方，写错的一并说明。"
        "Ctrl+S 保存，从现在起按新值，已登记的不变；清空即恢复默认。看过去或只读时只能查看。"
        "|The settings of a programme in this store, kept in config.toml: below each, its value, its "
        "default, its key and what is written wrongly. Ctrl+S saves; it counts from now on and what is "
        "recorded stays. An empty value goes back to the default. In the past, or read-only, they can "
        "only be looked at."
    )
    UNOFFERED = ("undo", "why", "difference", "new")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "保存|Save", priority=True),
        Binding("ctrl+r", "default", "恢复默认|Default", priority=True),
        Binding("escape", "back", "返回|Back"),
    ]

    def __init__(self, programme: Programme) -> None:
        super().__init__()
        self.programme = programme
        self.values: dict[str, str] = {}
        """As they stand in the editors; empty means the default."""
        self._before: dict[str, str] = {}
        self._editors: dict[str, Widget] = {}
        self._saving = False

    def title_words(self) -> str:
        """Names whose settings they are."""
        label = self.programme.label.text(self.taizhang.language)
        return self.say("设置|Settings") + f" {self.programme.id} {label}"

    def compared(self) -> None:
        """Settings are in no ledger."""

    # Building

    def content(self) -> ComposeResult:
        """A row for each setting, then what config.toml has besides."""
        with VerticalScroll(id="settings", can_focus=False):
            for one in self._read():
                setting = one.setting
                self.values[setting.name] = self._before[setting.name] = setting.spec.show(
                    one.value
                )
                with AnswerRow():
                    label = cells.clean(setting.label.text(self.taizhang.language))
                    yield Static(Content(label), classes="form--label")
                    editor = self._editors[setting.name] = self._editor(setting)
                    yield editor
                    yield Static("", classes="form--problem", name=setting.name)
                yield Words(classes="settings--wrong", id=f"wrong-{setting.name}")
                yield Words(classes="settings--about", id=f"about-{setting.name}")
            yield Words(id="settings-undeclared")

    def _read(self) -> list[InForce]:
        return in_force(self.desk.ws.registry, self.programme.id)

    def _editor(self, setting: Setting) -> Widget:
        spec, language = setting.spec, self.taizhang.language
        name, value = setting.name, self.values[setting.name]
        hint = self.say("默认 {value}|default {value}")
        hint = hint.format(value=spec.show(spec.default, language))
        choices = YES if spec.kind.widget == "yes" else spec.choices
        if choices:
            listed = [(c.zh, c.text(language)) for c in choices]
            return ChoiceEditor(name, value, setting.label.text(language), listed, hint)
        return (DateEditor if spec.kind.widget == "date" else TextEditor)(name, value, hint)

    def on_mount(self) -> None:
        """Begin at the first, unless they can only be looked at."""
        if not self.desk.past:
            next(iter(self._editors.values())).focus()

    def renew(self, *, key: str | None = None, step: bool = False) -> None:
        """Shows below each editor the value that holds; what is being typed is left alone."""
        language = self.taizhang.language
        for one in self._read():
            name = one.setting.name
            wrong = self.query_one(f"#wrong-{name}", Words)
            wrong.update(one.wrong.text(language) if one.wrong is not None else "")
            wrong.display = one.wrong is not None
            self.query_one(f"#about-{name}", Words).update(self._about(one))
            self._editors[name].disabled = self.desk.past
        rest = undeclared(self.desk.ws.registry, self.programme.id)
        self.query_one("#settings-undeclared", Words).update(
            "\n".join(label.text(language) for label in rest)
        )

    def _about(self, one: InForce) -> str:
        spec, language = one.setting.spec, self.taizhang.language
        words = "现值 {value}，默认 {default}，键名 {key}|now {value}, default {default}, key {key}"
        said = self.say(words).format(
            value=spec.show(one.value, language),
            default=spec.show(spec.default, language),
            key=one.setting.name,
        )
        return said if spec.help is None else f"{said}\n{spec.help.text(language)}"

    # Changes

    @on(Edited)
    def _edited(self, event: Edited) -> None:
        event.stop()
        if self.values.get(event.name) != event.value:
            self.values[event.name] = event.value
            self._show(self._problems())

    def _changed(self) -> dict[str, str]:
        return {n: v for n, v in self.values.items() if v != self._before[n]}

    def _problems(self) -> dict[str, Problem]:
        found = {n: problem(self.programme.settings[n], v) for n, v in self._changed().items()}
        return {name: wrong for name, wrong in found.items() if wrong is not None}

    def _show(self, problems: dict[str, Problem]) -> None:
        for place in self.query(".form--problem").results(Static):
            wrong = problems.get(place.name or "")
            words = wrong.rule.text(self.taizhang.language) if wrong is not None else ""
            place.update(Content(f"✗ {cells.clean(words)}" if words else ""))

    def action_default(self) -> None:
        """Empty the editor that has the focus: its setting goes back to the default."""
        if self.taizhang.records.refused():
            return
        editor = self.focused
        if isinstance(editor, TextEditor | ChoiceEditor):
            editor.value = ""

    def action_save(self) -> None:
        """Write what was changed, all or none."""
        if self._saving or self.taizhang.records.refused():
            return
        changed = self._changed()
        if not changed:
            self.taizhang.tell("没有改动|nothing was changed")
            return
        self._saving = True
        self._save(changed)

    @work(group="save")
    async def _save(self, changed: dict[str, str]) -> None:
        name = self.programme.id
        try:
            await self.desk.do(lambda ws: change(ws.paths, ws.registry, name, changed))
        except Invalid as error:
            self._show({p.field: p for p in error.problems})
            self._editors[error.problems[0].field].focus()
        except (TaizhangError, BilingualError) as error:
            self.notify(error.text(self.taizhang.language), severity="warning")
        except OSError as error:
            words = "没有写成：{why}|it could not be written: {why}"
            self.taizhang.tell(words, "error", why=error.strerror or type(error).__name__)
        else:
            self._before |= changed
            self._settle(changed)
            self.taizhang.tell(SAVED)
            self.taizhang.following.renew()
        finally:
            self._saving = False

    def _settle(self, saved: dict[str, str]) -> None:
        """Shows saved values as they are understood; what was typed meanwhile stays."""
        for one in self._read():
            name = one.setting.name
            editor = self._editors[name]
            if name in saved and self.values[name] == saved[name]:
                self.values[name] = self._before[name] = one.setting.spec.show(one.value)
                if isinstance(editor, TextEditor | ChoiceEditor):
                    editor.value = self.values[name]

    def action_back(self) -> None:
        """Leave; what is not saved is asked about."""
        if self._saving:
            return
        if not self._changed():
            self.dismiss()
            return
        from taizhang_tui.screens.confirm import Confirm

        def answered(wanted: bool | None) -> None:
            if wanted:
                self.dismiss()

        title = self.say("不保存就离开？|Leave without saving?")
        text = self.say("改动还没有写入 config.toml。|The changes are not in config.toml yet.")
        self.taizhang.push_screen(Confirm(title, text), answered)
