"""Stores for tests (试验账册): with the programmes under test as if they were installed, and no others."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from copy import copy
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from taizhang.declarations.programme import Programme
from taizhang.declarations.registry import Registry
from taizhang.loading.admission import take_in
from taizhang.loading.heading import heading_of
from taizhang.loading.loader import core_registry
from taizhang.loading.sources import GROUP, candidates
from taizhang.words.errors import Usage
from taizhang.workspace import Workspace

TODAY = dt.date(2012, 12, 31)
SINCE = dt.date(2010, 1, 1)
ACTOR = "测试员"
BRANCH = "第一支部"
PEOPLE = ("王小明", "李立", "赵工")


def module_of(programme: Programme) -> ModuleType:
    """The module whose text has the programme's heading; a test that imports it has not.

    Raises :class:`Usage` when there is none, which is why it could not be loaded either.
    """
    named = [m for m in list(sys.modules.values()) if vars(m).get("programme") is programme]
    for module in sorted(named, key=lambda m: m.__name__.count(".")):
        file = getattr(module, "__file__", None)
        if file is None:
            continue
        try:
            if heading_of(Path(file).read_text("utf-8")).id == programme.id:
                return module
        except (Usage, OSError, UnicodeDecodeError):
            continue
    raise Usage(
        "找不到写有 programme = Programme(“{id}”) 的模块"
        "|no module has `programme = Programme('{id}', ...)` at its top level, written out",
        id=programme.id,
    )


@contextmanager
def installed(modules: Iterable[ModuleType]) -> Iterator[None]:
    """As long as it lasts, the modules' programmes are found as installed ones are."""
    there = {c.module for c in candidates(None)}
    with TemporaryDirectory() as folder:
        for module in modules:
            if module.__name__ in there:
                continue
            name = module.__dict__["programme"].id
            info = Path(folder, f"taizhang_test_{name}-0.dist-info")
            info.mkdir(exist_ok=True)
            (info / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: taizhang-test-{name}\nVersion: 0\n", "utf-8"
            )
            (info / "entry_points.txt").write_text(
                f"[{GROUP}]\n{name} = {module.__name__}\n", "utf-8"
            )
        sys.path.append(folder)
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(folder)
            importlib.invalidate_caches()


def needed(programmes: Sequence[Programme]) -> list[Programme]:
    """The programmes with those that they need, each after its needs; the core's slices are not told."""
    known = set(core_registry().programmes)
    found = {c.name: c for c in candidates(None)}
    listed: dict[str, Programme] = {}

    def take(programme: Programme) -> None:
        for need in programme.needs:
            if need in known or need in listed or need in given:
                continue
            if need not in found:
                raise Usage(
                    "插件 {id} 需要 {need}，它没有安装"
                    "|programme {id} needs {need}, which is not installed",
                    id=programme.id,
                    need=need,
                )
            take(importlib.import_module(found[need].module).programme)
        listed.setdefault(programme.id, programme)

    given = {p.id for p in programmes}
    for programme in programmes:
        take(programme)
    return list(listed.values())


def registry_of(programme: Programme) -> Registry:
    """A vocabulary of the core, the programme, and what it needs."""
    registry = core_registry()
    for one in needed([programme]):
        take_in(registry, one)
    return registry


def narrowed(registry: Registry, owner: str) -> Registry:
    """Narrows a vocabulary to the tables of one owner, and those that its computed columns ask: a projection
    sees no others, and the checks of time make thousands of ledgers.
    """
    made = copy(registry)
    own = [t for t in registry.tables.values() if t.owner == owner]
    asked = " ".join(column.sql for table in own for column in table.computed.values())
    words = {word.removesuffix("_all") for word in re.findall(r"\w+", asked)}
    made.tables = {n: t for n, t in registry.tables.items() if t.owner == owner or n in words}
    made.entities = {k: e for k, e in registry.entities.items() if e.table.name in made.tables}
    made.checks = []
    return made


class Unloadable(Usage):
    """A programme cannot be loaded, for a reason that the loader gives."""

    def __init__(self, plugin: str, reason: str) -> None:
        self.plugin = plugin
        super().__init__(reason)


class Stores:
    """Makes stores in a folder; each kind of store is made once in ``templates`` and copied.

    They are closed, and their programmes taken out again, with ``stack``.
    """

    def __init__(self, templates: Path, folder: Path, stack: ExitStack) -> None:
        self._templates, self._folder, self._stack = templates, folder, stack
        self._number = itertools.count(1)

    def __call__(
        self,
        *programmes: Programme,
        people: bool = False,
        today: dt.date = TODAY,
        actor: str = ACTOR,
    ) -> Workspace:
        """A new store with ``programmes`` loaded, open; with ``people`` it has a branch and members.

        Raises :class:`Usage` with the loader's reason for one that cannot be loaded.
        """
        whole = needed(programmes)
        self._stack.enter_context(installed(module_of(p) for p in whole))
        names = [p.id for p in whole]
        template = self._templates / "-".join([*names, "people" * people, today.isoformat()])
        if not template.exists():
            _make(template, names, people, today)
        path = self._folder / f"store{next(self._number)}"
        shutil.copytree(template, path)
        ws = self._stack.enter_context(Workspace.open(path, actor=actor))
        states = {state.name: state for state in ws.plugins}
        # Each stands after what it needs: whose fault it is comes before who waits for it.
        for name in names:
            if states[name].state != "loaded":
                raise Unloadable(name, states[name].reason or states[name].state)
        return ws


def _make(path: Path, names: Sequence[str], people: bool, today: dt.date) -> None:
    part = path.with_name(path.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    listed = ", ".join(f'"{name}"' for name in names)
    (part / "config.toml").write_text(f"plugins = [{listed}]\n", "utf-8")
    with Workspace.init(part, name="试验", today=today, actor=ACTOR) as ws:
        if people:
            ws.record("organisation.found", {"name": BRANCH, "kind": "支部"}, on=SINCE)
            for name in PEOPLE:
                ws.record("member.register", {"name": name, "organisation": BRANCH}, on=SINCE)
    part.rename(path)
