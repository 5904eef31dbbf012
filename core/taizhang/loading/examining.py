"""Examining (查验): the static checks on programmes that are installed, or on one where its author has it.

The heading is read first. A programme that asks for what is not here is not run; one that is runs with
all the rights of whoever examines it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from taizhang.declarations.programme import API, Programme
from taizhang.declarations.registry import Registry
from taizhang.isolation.guard import reason_of, stops
from taizhang.isolation.quarantine import Quarantine
from taizhang.loading.admission import taken
from taizhang.loading.admitting import Wanted, admit
from taizhang.loading.checking import Static, troubles
from taizhang.loading.heading import heading_of
from taizhang.loading.loader import core_registry, load
from taizhang.loading.places import located
from taizhang.loading.sources import candidates
from taizhang.loading.trouble import Examined, Trouble
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

Checked = dict[str, list[Trouble]]
"""What is wrong with each programme, by its name."""


def examine_all(also: Sequence[Static] = ()) -> Checked:
    """All programmes that are bundled or installed, each with those before it, held to further checks too."""
    registry = core_registry()
    order, out = admit(candidates(None), Wanted(), (), Quarantine(None), list(registry.programmes))
    checked: Checked = {}
    for candidate in order:
        checked[candidate.name] = _imported(candidate.name, candidate.module, registry, also)
    for candidate, verdict in out:
        what = Label.of(verdict.reason)
        checked.setdefault(candidate.name, []).append(
            Trouble("heading", candidate.name, candidate.origin, what)
        )
    return dict(sorted(checked.items()))


def examine_at(path: Path, also: Sequence[Static] = ()) -> Checked:
    """The programmes at a path: a module's file, a package, or a project with entry points; held to further
    checks too.
    """
    checked: Checked = {}
    for place in located(path.resolve()):
        module = place.module
        try:
            heading = heading_of(place.file.read_text("utf-8"))
        except (Usage, OSError, UnicodeDecodeError) as error:
            said = error.pair if isinstance(error, Usage) else (str(error), str(error))
            checked[module] = [Trouble("heading", module, "", Label(*said))]
            continue
        found = checked.setdefault(heading.id, [])
        # A single file of a store is called as its programme; so is an entry point.
        called = place.expected or (heading.id if place.package else module)
        if called not in (heading.id, f"taizhang_{heading.id}"):
            what = Label(
                f"名为 {called}，里面的 Programme 却是 {heading.id}",
                f"it is called {called}, but its Programme is {heading.id}",
            )
            found.append(Trouble("heading", heading.id, "", what))
        before = load({heading.id}).registry
        lacking = [n for n in heading.needs if n not in before.programmes]
        if heading.api != API or lacking:
            what = (
                Label(
                    f"要求接口版本 {heading.api}，本程序为 {API}",
                    f"it asks for interface version {heading.api}, this is {API}",
                )
                if heading.api != API
                else Label(
                    f"需要 {lacking[0]}，它没有载入", f"it needs {lacking[0]}, which is not loaded"
                )
            )
            found.append(Trouble("heading", heading.id, "", what))
            continue
        sys.path.insert(0, str(place.folder))
        try:
            found += _imported(heading.id, module, before, also)
        finally:
            sys.path.remove(str(place.folder))
    return checked


def _imported(name: str, module: str, registry: Registry, also: Sequence[Static]) -> list[Trouble]:
    """Imports a module and examines its programme, which the registry then takes in."""
    try:
        found = importlib.import_module(module)
    except BaseException as error:
        if stops(error):
            raise
        why = reason_of(error)
        return [Trouble("heading", name, "", Label(f"不能载入：{why}", f"cannot be loaded: {why}"))]
    programme = vars(found).get("programme")
    if not isinstance(programme, Programme):
        what = Label("模块里没有 programme", "the module has no `programme`")
        return [Trouble("heading", name, "", what)]
    it = Examined(programme, found, registry)
    return troubles(it) or list(taken(it)) or [trouble for check in also for trouble in check(it)]
