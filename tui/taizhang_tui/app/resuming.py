"""Going on with a form that was left half filled."""

from __future__ import annotations

from taizhang_tui.app.shell import Shell
from taizhang_tui.forms.choices import matching
from taizhang_tui.forms.waiting import items
from taizhang_tui.widgets.chooser import Chooser
from taizhang_tui.words import say


def choose_draft(shell: Shell) -> None:
    """Asks which of one's drafts to go on with, and opens its form."""
    drafts = {draft.file.name: draft for draft in shell.desk.drafts.waiting()}

    def chosen(key: str | None) -> None:
        if key is not None:
            shell.records.resume(drafts[key])

    offered = matching(items(shell.desk.view, list(drafts.values()), shell.language))
    title, none = say("草稿|Drafts", shell.language), say("没有草稿|no drafts", shell.language)
    shell.push_screen(Chooser(title, offered, empty=none), chosen)
