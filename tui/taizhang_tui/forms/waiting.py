"""Drafts that wait, in words: which form, with whom, and when it was left, in China's time."""

from __future__ import annotations

from collections.abc import Sequence

from taizhang.ledger.naming import called
from taizhang.readmodels.events import label
from taizhang.store.paths import local_time
from taizhang_tui import cells
from taizhang_tui.desk.desk import View
from taizhang_tui.desk.drafts import Draft, correcting
from taizhang_tui.forms.choices import Item
from taizhang_tui.words import say

NAMED = 2
"""Subjects of a draft that are named at most."""


def form_of(view: View, draft: Draft, language: str) -> str:
    """The form that a draft is of, as its title says it.

    Args:
        view: the ledger that is looked at.
        draft: the draft.
        language: ``zh`` or ``en``.
    """
    if (amended := correcting(draft.form)) is not None:
        event = view.log.get(amended[0])
        what = "" if event is None else " " + label(view.registry, event, language)
        return say("更正|Correct", language) + f" #{amended[0]}{what}"
    action = view.registry.actions.get(draft.form)
    return cells.clean(draft.form) if action is None else action.label.text(language)


def whom(view: View, draft: Draft, language: str) -> str:
    """Names whom a draft is about, by name; empty where it names nobody.

    Args:
        view: the ledger that is looked at.
        draft: the draft.
        language: ``zh`` or ``en``.
    """
    ledger, entities, found = view.at(), view.registry.entities, []
    answers = draft.subjects or [
        f"{spec.entity}:{draft.values[name]}"
        for name, spec in getattr(view.registry.actions.get(draft.form), "fields", {}).items()
        if spec.entity and draft.values.get(name)
    ]
    for subject in answers:
        kind, _, id = subject.partition(":")
        if kind in entities:
            found.append(cells.clean(called(ledger, kind, id, language)))
    return say("、|, ", language).join(found[:NAMED]) + ("…" if len(found) > NAMED else "")


def said(view: View, draft: Draft, language: str) -> str:
    """With whom, and when: ``王小明 2012-12-31 17:30+08:00``.

    Args:
        view: the ledger that is looked at.
        draft: the draft.
        language: ``zh`` or ``en``.
    """
    return f"{whom(view, draft, language)} {local_time(draft.saved)}".strip()


def items(view: View, drafts: Sequence[Draft], language: str) -> list[Item]:
    """Drafts to choose from, keyed by their files.

    Args:
        view: the ledger that is looked at.
        drafts: the drafts that wait.
        language: ``zh`` or ``en``.
    """
    return [
        Item(
            draft.file.name,
            f"{form_of(view, draft, language)}  {whom(view, draft, language)}".rstrip(),
            local_time(draft.saved),
        )
        for draft in drafts
    ]


def notice(view: View, drafts: Sequence[Draft], language: str) -> str:
    """One line for the main screen: how many wait, and of each form, with whom, and when.

    Args:
        view: the ledger that is looked at.
        drafts: the drafts that wait.
        language: ``zh`` or ``en``.
    """
    if not drafts:
        return ""
    told = [f"{form_of(view, d, language)} {said(view, d, language)}" for d in drafts]
    head = say("草稿 {n} 份：|{n} drafts: ", language).format(n=len(drafts))
    return head + say("；|; ", language).join(told)
