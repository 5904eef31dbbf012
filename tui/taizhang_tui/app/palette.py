"""Choosing what to do: the command palette (screens, tables, every action, by name, pinyin or initials), and what
to enter anew. Both are imported when they are first asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from taizhang_tui.app.recording import Recording
from taizhang_tui.app.shell import Shell, top
from taizhang_tui.app.table import OFFERS
from taizhang_tui.forms.choices import Item, action_items, actions_for, matching, subjects_first
from taizhang_tui.screens.base import Context
from taizhang_tui.screens.board import BoardScreen
from taizhang_tui.screens.tables import TableScreen
from taizhang_tui.widgets.chooser import Chooser
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry


def items(registry: Registry, context: Context, language: str) -> list[Item]:
    """Everything to choose from, each keyed by ``do:``, ``screen:``, ``action:`` or ``table:`` and its name.

    Args:
        registry: what is declared.
        context: the screen that it is opened over.
        language: ``zh`` or ``en``.
    """
    found = [
        Item(f"do:{row.name}", say(row.listed, language), row.hint, row.listed)
        for row in OFFERS
        if row.listed
    ]
    found += [
        Item(f"screen:{s.full}", s.label.text(language), p.label.text(language), s.label.en)
        for p in registry.programmes.values()
        for s in p.screens.values()
    ]
    found += [
        Item(f"action:{i.key}", i.text, i.hint, i.words)
        for i in action_items(actions_for(registry, list(context.entities)), language)
    ]
    found += [
        Item(f"table:{t.name}", t.label.text(language), t.name, t.label.en)
        for t in registry.tables.values()
    ]
    return found


def choose_command(shell: Shell, recording: Recording, run: Callable[[str], object]) -> None:
    """Asks for anything that can be done, and does it.

    Args:
        shell: The app.
        recording: Opens the form of an action.
        run: Runs an action of the app's by its name.
    """
    registry, context = shell.desk.ws.registry, context_of(shell)

    def chosen(key: str | None) -> None:
        what, _, name = (key or "").partition(":")
        if what == "do":
            run(name)
        elif what == "action":
            recording.open_form(registry.actions[name], context)
        elif what == "screen":
            owner, _, name = name.partition(".")
            shell.push_screen(BoardScreen(registry.programmes[owner].screens[name]))
        elif what == "table":
            shell.push_screen(TableScreen(registry.tables[name]))

    found = matching(items(registry, context, shell.language))
    shell.push_screen(Chooser(say("命令|Commands", shell.language), found), chosen)


def choose_new(shell: Shell, recording: Recording) -> None:
    """Asks what to enter, those actions first that are about what is in view, and opens its form."""
    if recording.refused():
        return
    registry, context = shell.desk.ws.registry, context_of(shell)
    kinds: list[str] = [k for k in subjects_first(registry) if k in context.entities]
    kinds += [k for k in context.entities if k not in kinds]
    actions = actions_for(registry, kinds)
    actions.sort(key=lambda a: a.name != context.first)

    def chosen(name: str | None) -> None:
        if name is not None:
            recording.open_form(registry.actions[name], context)

    offered = matching(action_items(actions, shell.language))
    shell.push_screen(Chooser(say("新建|New", shell.language), offered), chosen)


def context_of(shell: Shell) -> Context:
    """Returns the entities that the screen in view stands on."""
    screen = top(shell)
    return screen.context() if screen is not None else Context()
