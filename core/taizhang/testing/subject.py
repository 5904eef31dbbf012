"""The subject of a contract (受试项目): one programme, with what its checks need, made when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from taizhang.declarations.programme import Programme
from taizhang.declarations.registry import Registry
from taizhang.loading.admission import take_in
from taizhang.loading.loader import core_registry
from taizhang.loading.trouble import Examined, Trouble
from taizhang.testing.stores import module_of, narrowed, needed, registry_of
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

Given = Mapping[str, Mapping[str, Any]]
"""Values of fields by action, in place of drawn ones."""

History = Sequence[Mapping[str, Any]]
"""What is recorded first, as lines of ``record --from-json``: ``action``, ``on``, fields."""


class Broken(Exception):
    """A check does not hold, for one reason."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        super().__init__(trouble.label.zh)


@dataclass
class Subject:
    """One programme under test, with samples of what older versions of it have stored."""

    programme: Programme
    samples: Path | None = None
    given: Given = field(default_factory=dict)
    history: History = ()
    fixed: bool = False
    """Whether the same histories are drawn each time, and none that fails is made smaller."""

    @cached_property
    def module(self) -> ModuleType:
        """The module with the heading. Raises :class:`Usage` when there is none."""
        return module_of(self.programme)

    @cached_property
    def registry(self) -> Registry:
        """The vocabulary of the core, the programme and its needs."""
        return registry_of(self.programme)

    @cached_property
    def narrow(self) -> Registry:
        """Makes a subject that has the programme's own tables only."""
        return narrowed(self.registry, self.programme.id)

    @cached_property
    def before(self) -> Registry:
        """Makes a subject without the programme."""
        registry = core_registry()
        try:
            for one in needed([self.programme]):
                if one is not self.programme:
                    take_in(registry, one)
        except Usage:
            pass  # What it needs is not there: the check of its heading says so.
        return registry

    @property
    def examined(self) -> Examined:
        """The programme as static checks look at it."""
        try:
            module = self.module
        except Usage:
            return Examined(self.programme, None, self.before)
        return Examined(self.programme, module, self.before)

    @property
    def tables(self) -> list[str]:
        """Its tables that events feed: those that histories can reach."""
        return sorted(name for name, table in self.programme.tables.items() if table.feeds)

    def broken(self, check: str, where: str, zh: str, en: str, culprit: str = "") -> Broken:
        """Makes what a check raises.

        Args:
            check: its name.
            where: the table, event or field that it is about.
            zh: the sentence in Chinese.
            en: in English.
            culprit: whose fault it is, if not the programme's: that of one which it needs.
        """
        return Broken(Trouble(check, culprit or self.programme.id, where, Label(zh, en)))


def first(troubles: Sequence[Trouble]) -> None:
    """Raises :class:`Broken` for the first of some troubles."""
    for trouble in troubles:
        raise Broken(trouble)
