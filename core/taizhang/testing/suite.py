"""The contract (契约): what has to hold for any programme, one test for each check, by name.

``test_contract = contract(programme)`` in a test file is all that it takes. A check that rests on another
is skipped while that one fails, so that one defect has one name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli.words import LANGUAGE
from taizhang.declarations.programme import Programme
from taizhang.loading import checking
from taizhang.loading.admission import taken
from taizhang.testing import intime, inuse, versions
from taizhang.testing.reads import reads
from taizhang.testing.subject import Broken, Given, History, Subject, first
from taizhang.words.errors import Usage


def _static(name: str, subject: Subject) -> None:
    first(list(checking.STATIC[name](subject.examined)))


def _heading(subject: Subject) -> None:
    try:
        assert subject.module is not None
    except Usage as error:
        raise subject.broken("heading", "", *error.pair) from None
    _static("heading", subject)


def _names(subject: Subject) -> None:
    """Names are the programme's own, and nobody has them already."""
    _static("names", subject)
    try:
        first(list(taken(subject.examined)))
    finally:
        vars(subject).pop("before", None)


@dataclass(frozen=True, slots=True)
class ContractCheck:
    """One check, and the ones without which it cannot be judged."""

    run: Callable[[Subject], None]
    after: tuple[str, ...] = ()


LOADED = ("heading", "forbidden", "upcasters", "names")

CHECKS: dict[str, ContractCheck] = {
    "heading": ContractCheck(_heading),
    "forbidden": ContractCheck(partial(_static, "forbidden")),
    "labels": ContractCheck(partial(_static, "labels")),
    "hooks": ContractCheck(partial(_static, "hooks"), ("heading",)),
    "upcasters": ContractCheck(versions.total, ("heading",)),
    "names": ContractCheck(_names, ("heading", "forbidden", "upcasters")),
    "reads": ContractCheck(reads, LOADED),
    "deterministic": ContractCheck(intime.deterministic, LOADED),
    "rebuild": ContractCheck(intime.rebuild, ("deterministic",)),
    "order": ContractCheck(intime.order, ("rebuild",)),
    "amendments": ContractCheck(intime.amendments, ("order",)),
    "actions": ContractCheck(inuse.actions, ("hooks", "deterministic")),
    "hostile": ContractCheck(inuse.hostile, ("actions",)),
}
"""The checks of the contract, by name."""


class Verdicts:
    """The results of each check of one programme; each is run once."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self._found: dict[str, Broken | str | None] = {}

    def of(self, name: str) -> Broken | str | None:
        """None where the check holds, what is broken, or the name of the check that it waits for."""
        if name not in self._found:
            self._found[name] = self._judge(name)
        return self._found[name]

    def _judge(self, name: str) -> Broken | str | None:
        check = CHECKS[name]
        for earlier in check.after:
            found = self.of(earlier)
            if found is not None:
                return found if isinstance(found, str) else earlier
        try:
            check.run(self.subject)
        except Broken as broken:
            return broken
        return None


def contract(
    programme: Programme, *, samples: Path | None = None, given: Given | History | None = None
) -> Callable[..., Any]:
    """A test of everything that has to hold for a programme: ``test_contract = contract(programme)``.

    ``samples`` is a file of JSON lines with what older versions of its events have stored; ``given``
    says values, ``{action: {field: value}}``, where drawn ones would not be accepted, or a history,
    ``[{"action": ..., "on": ..., field: value}, ...]``, that is recorded before anything is drawn, for actions
    that rest on others in ways which drawing does not hit upon. The checks of
    time draw a share of the examples that the hypothesis profile asks for: ``--hypothesis-profile deep``, or
    HYPOTHESIS_PROFILE=deep, asks for ten times as many.
    """
    values, history = (given, ()) if isinstance(given, Mapping) else ({}, given or ())
    verdicts = Verdicts(Subject(programme, samples, values, history))

    @pytest.mark.parametrize("check", [pytest.param(n, id=n) for n in CHECKS])
    @pytest.mark.xdist_group(f"contract-{programme.id}")
    def test_contract(check: str) -> None:
        found = verdicts.of(check)
        if isinstance(found, str):
            pytest.skip(f"not judged before `{found}` holds")
        if found is not None:
            said = found.trouble.label.text(LANGUAGE)
            smallest = f"\n{found.__cause__}" if found.__cause__ is not None else ""
            pytest.fail(said + smallest, pytrace=False)

    return test_contract
