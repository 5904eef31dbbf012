"""Editors of one answer each: a text, a day, a choice, an entity. All of one line, all plain text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from taizhang_tui import cells
from taizhang_tui.forms.choices import Item, Provider, matching
from taizhang_tui.words import language_of, say


class Edited(Message):
    """An answer has changed."""

    def __init__(self, name: str, value: str) -> None:
        super().__init__()
        self.name, self.value = name, value


class AnswerRow(Horizontal):
    """A label, an editor, and room for what is wrong; marked while it has the focus."""

    DEFAULT_CSS = """
    AnswerRow {
        height: auto;
        & > .form--label { width: 19; color: $foreground 75%; }
        &.-here > .form--label { color: $primary; text-style: bold; }
        & > Input.-textual-compact { width: 1fr; background: $foreground 6%; padding: 0 1; }
        & > Input.-textual-compact:focus { background: $primary 18%; }
        & > PickedEditor { width: 1fr; background: $foreground 6%; padding: 0 1; }
        & > PickedEditor:focus { background: $primary 18%; }
        & > .form--problem {
            width: auto; max-width: 40%; height: auto; color: $error; padding-left: 1;
        }
    }
    """

    def on_descendant_focus(self) -> None:
        """Mark it."""
        self.set_class(True, "-here")

    def on_descendant_blur(self) -> None:
        """Unmark it."""
        self.set_class(False, "-here")


class TextEditor(Input):
    """A line of text; the arrows go to the neighbours."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down,enter", "app.focus_next", show=False),
    ]

    WHOLE: ClassVar[bool] = False
    """True where typing takes the place of the whole text; it is selected on coming here."""

    def __init__(self, name: str, value: str, hint: str = "") -> None:
        super().__init__(
            value, placeholder=hint, name=name, compact=True, select_on_focus=self.WHOLE
        )

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(Edited(self.name or "", event.value))


class DateEditor(TextEditor):
    """A day; up and down with ctrl step it. Who types one types the whole of it."""

    WHOLE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+up", "day(1)", show=False),
        Binding("ctrl+down", "day(-1)", show=False),
    ]

    def action_day(self, days: int) -> None:
        """A day on, or back."""
        try:
            self.value = (
                dt.date.fromisoformat(self.value.strip()) + dt.timedelta(days)
            ).isoformat()
        except (ValueError, OverflowError):
            return


class PickedEditor(Widget, can_focus=True):
    """An editor that shows another text than it keeps: the common part of choices and entities."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    PickedEditor { height: 1; width: 1fr; }
    PickedEditor > .picked--value { color: $foreground; }
    PickedEditor > .picked--dim { color: $foreground 50%; }
    PickedEditor > .picked--focus { background: $primary 25%; text-style: bold; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"picked--value", "picked--dim", "picked--focus"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("enter", "enter", show=False),
        Binding("space", "open", "选择|Choose"),
        Binding("backspace,delete", "empty", show=False),
    ]
    value: reactive[str] = reactive("")

    def __init__(self, name: str, value: str, title: str) -> None:
        super().__init__(name=name)
        self.title = title
        self.set_reactive(PickedEditor.value, value)

    def provider(self) -> Provider:
        """The items that can be chosen."""
        raise NotImplementedError

    def words(self, width: int) -> list[tuple[str, str]]:
        """The pieces that are shown, each with the name of its style."""
        raise NotImplementedError

    def watch_value(self, old: str, new: str) -> None:
        """Say so."""
        if old != new:
            self.post_message(Edited(self.name or "", new))

    def render_line(self, y: int) -> Strip:
        """Paint it."""
        width = self.size.width
        styled = [
            Segment(text, self.get_component_rich_style(f"picked--{style}"))
            for text, style in self.words(width)
        ]
        return Strip(styled).adjust_cell_length(width, self.rich_style)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters begin to search; they are no shortcuts here."""
        return character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """A letter opens the list with that letter typed."""
        if event.character and event.is_printable and event.key != "space":
            event.stop()
            event.prevent_default()
            self.typed(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """Takes a paste: an input method's commit arrives as one."""
        event.stop()
        self.typed(event.text)

    def on_click(self) -> None:
        """Open the list."""
        self.action_open()

    def typed(self, text: str) -> None:
        """Letters were typed."""
        self._choose(text)

    def action_enter(self) -> None:
        """Open the list, or if it is answered go on."""
        if self.value:
            self.app.action_focus_next()
        else:
            self.action_open()

    def action_open(self) -> None:
        """Open the list."""
        self._choose("")

    def action_empty(self) -> None:
        """Take the answer away."""
        self.value = ""

    def _choose(self, text: str) -> None:
        from taizhang_tui.widgets.chooser import Chooser

        def chosen(key: str | None) -> None:
            if key is not None:
                self.value = key
                self.app.action_focus_next()

        self.app.push_screen(Chooser(self.title, self.provider(), text=text), chosen)

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Paint anew."""
        super().watch_has_focus(_has_focus)
        self.refresh()


class ChoiceEditor(PickedEditor):
    """One of a short list, all of it in view where there is room."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "turn(-1)", show=False),
        Binding("right", "turn(1)", "换一个|Next"),
    ]

    def __init__(
        self,
        name: str,
        value: str,
        title: str,
        choices: Sequence[tuple[str, str]],
        hint: str = "未选|none",
    ) -> None:
        super().__init__(name, value, title)
        self.choices, self.hint = tuple(choices), hint

    def provider(self) -> Provider:
        """The list."""
        return matching([Item(key, text) for key, text in self.choices])

    def typed(self, text: str) -> None:
        """A digit chooses at once."""
        if text.isdigit() and 0 < int(text) <= len(self.choices):
            self.value = self.choices[int(text) - 1][0]
        else:
            super().typed(text)

    def action_turn(self, by: int) -> None:
        """The next of the list."""
        keys = [key for key, _ in self.choices]
        at = keys.index(self.value) + by if self.value in keys else (0 if by > 0 else -1)
        self.value = keys[at % len(keys)]

    def words(self, width: int) -> list[tuple[str, str]]:
        """All choices, or the chosen one and how many there are."""
        chosen = "focus" if self.has_focus else "value"
        listed = [f"{i} {text}" for i, (_, text) in enumerate(self.choices, 1)]
        if self.has_focus and sum(map(cells.width, listed)) + 2 * len(listed) <= width:
            made = []
            for (key, _), text in zip(self.choices, listed, strict=True):
                made += [(text, "focus" if key == self.value else "dim"), ("  ", "dim")]
            return made
        text = dict(self.choices).get(self.value, self.value)
        if not text:
            return [(say(self.hint, language_of(self)), "dim" if not self.has_focus else "focus")]
        return [(cells.clip(cells.clean(text), width), chosen)]


class EntityEditor(PickedEditor):
    """An entity, found by name, pinyin or initials; shown with where it belongs."""

    def __init__(
        self,
        name: str,
        value: str,
        title: str,
        provide: Callable[[], Provider],
        describe: Callable[[str], Item | None],
    ) -> None:
        super().__init__(name, value, title)
        self._provide, self._describe = provide, describe

    def provider(self) -> Provider:
        """The living entities of the kind."""
        return self._provide()

    def words(self, width: int) -> list[tuple[str, str]]:
        """Its name, and where it belongs."""
        style = "focus" if self.has_focus else "value"
        if not self.value:
            hint = say("输入名称或首字母|type a name or initials", language_of(self))
            return [(cells.clip(hint, width), "focus" if self.has_focus else "dim")]
        item = self._describe(self.value)
        name = cells.clip(cells.clean(item.text if item else self.value), width)
        room = width - cells.width(name) - 2
        hint = cells.clip(cells.clean(item.hint), room) if item and room > 4 else ""
        return [(name, style), (f"  {hint}" if hint else "", "dim")]
