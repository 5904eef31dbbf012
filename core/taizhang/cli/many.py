"""One action for many subjects on the command line: ``--member 王小明,张伟`` or ``--member @names.txt``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.options import given_text
from taizhang.cli.output import progress_bar
from taizhang.cli.words import LANGUAGE, say

if TYPE_CHECKING:
    from taizhang.decisions.many import Subjects
    from taizhang.decisions.requests import Receipt
    from taizhang.workspace import Workspace


def subjects_given(
    ws: Workspace, action: str, fields: Mapping[str, Any], on: str | None
) -> Subjects | None:
    """The field that names several subjects, or a file of them; None where each field names one.

    Raises ``Usage`` for two such fields, and for a file that cannot be read.
    """
    from taizhang.decisions.many import Subjects, only, several
    from taizhang.words.errors import Invalid

    declaration = ws.registry.action(action)
    listed = [
        Subjects(name, names_in(text[1:]))
        for name, text in fields.items()
        if isinstance(text, str)
        and text.startswith("@")
        and len(text) > 1
        and name in declaration.fields
        and declaration.fields[name].entity is not None
    ]
    written = {n: t for n, t in fields.items() if all(n != s.field for s in listed)}
    try:
        ledger = ws.at(on)
    except Invalid:
        ledger = ws.at()  # What is wrong with the day is said with everything else.
    found = several(declaration, written, ledger)
    return only(declaration, listed if found is None else [*listed, found])


def names_in(path: str) -> tuple[str, ...]:
    """The lines of a file that are not empty. Raises ``Usage`` where it cannot be read or has none."""
    from taizhang.words.errors import Usage
    from taizhang.words.labels import clean

    lines = given_text(path).splitlines()
    found = tuple(name for line in lines if (name := clean(line)))
    if not found:
        raise Usage("{path} 里没有名字|{path} has no names in it", path=path)
    return found


def record_subjects(
    ws: Workspace,
    action: str,
    subjects: Subjects,
    fields: Mapping[str, Any],
    words: Mapping[str, Any],
) -> Receipt:
    """Records or tries the action for all of them, with progress."""
    others = {name: text for name, text in fields.items() if name != subjects.field}
    with progress_bar(say("登记|recording")) as progress:
        return ws.record_many(
            action, subjects.names, others, field=subjects.field, progress=progress, **words
        )


def warn_refused(receipt: Receipt, *, dry: bool) -> None:
    """Of many subjects those that were left out, and what became of the others."""
    from taizhang.words.errors import sentences

    if not receipt.refused:
        return
    left = len({problem.who for problem in receipt.refused})
    for sentence in sentences(receipt.refused, LANGUAGE, named=True):
        click.echo(say("未登记：|not recorded: ") + sentence, err=True)
    if not receipt.seq:
        told = "{n} 个都没有登记|none of the {n} was recorded"
    elif dry:
        told = "{n} 个不能登记，其余的可以|{n} cannot be recorded, the others can"
    else:
        told = "{n} 个没有登记，其余的已经登记|{n} were not recorded, the others are"
    click.echo(say(told).format(n=left), err=True)
