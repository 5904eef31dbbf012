"""One action for many subjects (多人同办): whom people named, and all of them tried in one attempt.

Each subject is decided behind the ones before it, so that the ledger comes out as if the same actions had
been recorded one by one. What is wrong is collected from all of them before anything is refused.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from taizhang.decisions.batches import together
from taizhang.decisions.decision import Attempt, run
from taizhang.decisions.opened import Opened
from taizhang.decisions.parsing import once_there, parse_date, parse_value
from taizhang.decisions.requests import Receipt, Request, requested
from taizhang.declarations.kinds import Bad
from taizhang.isolation.guard import PluginFault
from taizhang.words.errors import Invalid, Problem, TaizhangError, Usage
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.declarations.declared import ActionDeclaration
    from taizhang.ledger.view import LedgerView

BETWEEN = re.compile(r"[,，、]")
"""What stands between names in a list."""

JOINED = 3
"""A name may itself hold such marks: of so many pieces one after the other it is looked for."""


class Subjects(Struct, frozen=True):
    """The subjects that an action is for: the reference field, and the names or ids given in it."""

    field: str
    names: tuple[str, ...]


def subject_field(declaration: ActionDeclaration, name: str | None = None) -> str:
    """The field in which an action's subjects are given: ``name``, or else its first required reference.

    Raises :class:`Usage` when that is no reference, or when there is none.
    """
    fields = declaration.fields
    if name is not None:
        if name in fields and fields[name].entity is None:
            raise Usage(
                "“{field}”不是人或组织一类的字段，不能给出多个"
                "|{name} is no reference, only one can be given",
                field=fields[name].label.zh,
                name=name,
            )
        return name
    references = [n for n, s in fields.items() if s.entity is not None]
    for found in [*(n for n in references if fields[n].required), *references]:
        return found
    raise Usage(
        "操作 {action} 没有可以给出多个的字段|{action} has no field that many can be given in",
        action=declaration.name,
    )


def several(
    declaration: ActionDeclaration, fields: Mapping[str, Any], ledger: LedgerView
) -> Subjects | None:
    """The one field of ``fields`` that names several subjects, split; None where each names one.

    A name is looked up whole before it is split, so that one with a comma in it stays whole.
    Raises :class:`Usage` when two fields name several.

    Args:
        declaration: The action.
        fields: What was given for it, by field.
        ledger: Knows which names there are.
    """
    found: list[Subjects] = []
    for name, spec in declaration.fields.items():
        text = fields.get(name)
        if spec.entity is None or not isinstance(text, str) or BETWEEN.search(text) is None:
            continue
        if not once_there(spec, text, ledger):
            names = tuple(split(text, functools.partial(once_there, spec, ledger=ledger)))
            found.append(Subjects(name, names))
    return only(declaration, found)


def only(declaration: ActionDeclaration, found: Sequence[Subjects]) -> Subjects | None:
    """The only one of these, if there is one. Raises :class:`Usage` for two."""
    if len(found) > 1:
        labels = [declaration.fields[s.field].label for s in found]
        raise Usage(
            "只能有一个字段给出多个，这里有 {zh}|only one field can name several, here {en} do",
            zh="、".join(label.zh for label in labels),
            en=", ".join(s.field for s in found),
        )
    return found[0] if found else None


def split(text: str, known: Callable[[str], bool]) -> Iterator[str]:
    """The names in a list; pieces that together are a ``known`` name stay together."""
    ends = [0, *(m.end() for m in BETWEEN.finditer(text)), len(text) + 1]
    at = 0
    while at < len(ends) - 1:
        for to in range(min(at + JOINED, len(ends) - 1), at, -1):
            piece = clean(text[ends[at] : ends[to] - 1])
            if to == at + 1 or known(piece):
                if piece:
                    yield piece
                at = to
                break


def record_many(
    store: Opened,
    action: str,
    subjects: Iterable[str],
    fields: Mapping[str, Any] | None = None,
    *,
    field: str | None = None,
    partial: bool = False,
    commit: bool = True,
    accept: bool = False,
    progress: Callable[[int, int], None] | None = None,
    **words: Any,
) -> Receipt:
    """Records one action for each of many subjects, in one append, as one batch.

    Args:
        store: the open store.
        action: the action's name.
        subjects: ids or names, in the order in which they are recorded.
        fields: the other fields, the same for all.
        field: the reference field that names the subject; the first required one if not given.
        partial: records those that stand; the receipt lists the others in ``refused``.
        commit: append; otherwise it is a preview.
        accept: takes soft findings without a reason.
        progress: told how many of how many subjects are tried.
        words: ``on`` (today), ``reason``, ``document``, ``cause``.

    Raises:
        Invalid: with the problems of all subjects, each with whose it is; nothing is recorded.
        Usage: for an action or field that there is not, or no subject.
    """
    name = subject_field(store.registry.action(action), field)
    given = [one for one in map(clean, subjects) if one]
    if not given:
        raise Usage("没有给出任何一个对象|no subject was given")
    today, others = store.today(), dict(fields or {})
    requests = [requested(action, {**others, name: one}, words, today) for one in given]
    refused: tuple[Problem, ...] = ()

    def plan(attempt: Attempt) -> None:
        nonlocal refused
        refused = plan_many(
            attempt, requests, name, partial=partial, accept=accept, progress=progress
        )

    with together(store):
        receipt = run(store, plan, commit=commit)
    return replace(receipt, refused=refused)


def plan_many(
    attempt: Attempt,
    requests: Sequence[Request],
    field: str,
    *,
    partial: bool = False,
    accept: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Problem, ...]:
    """Tries one request after the other, and adds those that stand.

    Args:
        attempt: the attempt that they become part of.
        requests: the same action each time, with another subject.
        field: the reference field that names the subject.
        partial: whether those that stand are kept where others do not.
        accept: whether soft findings are taken without a reason.
        progress: called with how many were tried, and of how many.

    Returns:
        What is wrong with those that were left out, each problem with its subject; empty but for ``partial``.

    Raises:
        Invalid: with all problems of all subjects, unless ``partial``.
        Usage: for what is wrong with the call itself.
        PluginFault: when the programme of the action fails.
    """
    problems: list[Problem] = []
    seen: set[str] = set()
    for i, request in enumerate(requests, 1):
        who = str(request.fields[field])
        try:
            _once(attempt, request, field, seen)
            _try(attempt, request, who, accept=accept)
        except (Usage, PluginFault):
            raise  # Of no subject in particular.
        except TaizhangError as error:
            label = attempt.store.registry.action(request.action).label
            problems += _problems(error, who, label)
        if progress is not None:
            progress(i, len(requests))
    if problems and not partial:
        raise Invalid(problems)
    return tuple(problems)


def _once(attempt: Attempt, request: Request, field: str, seen: set[str]) -> None:
    """Refuses a subject that was given before, by whichever name."""
    spec = attempt.store.registry.action(request.action).fields[field]
    try:
        id = parse_value(spec, request.fields[field], attempt.ledger(parse_date(request.on)))
    except (Bad, Invalid):
        return  # What is wrong with it, or with the day, is said where it is decided.
    if id in seen:
        raise Invalid([Problem(field, spec.label, Label("给了两次", "was given twice"))])
    seen.add(id)


def _try(attempt: Attempt, request: Request, who: str, *, accept: bool) -> None:
    """Decides and adds one action; refused, it leaves no id and no key behind."""
    made, keys = attempt.notes.made, attempt.store.keyring
    ids, pending = len(made), keys.made
    try:
        decided = attempt.decide(request)
        decided.notices = tuple(replace(n, who=who) for n in decided.notices)
        attempt.add(decided, accept=accept)
    except TaizhangError:
        del made[ids:]
        keys.unmake(pending)
        raise


def _problems(error: TaizhangError, who: str, label: Label) -> list[Problem]:
    if isinstance(error, Invalid):
        return [replace(p, who=who) for p in error.problems]
    zh, en = error.pair
    return [Problem("", label, Label(zh, en), who=who)]
