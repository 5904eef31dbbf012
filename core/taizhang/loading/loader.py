"""Loading: the core's slices always; other programmes as far as they are wanted, trusted and sound.

Disabled means not imported at all, which is the same as uninstalled. One that fails is named with its
reason, goes into quarantine, and stops nothing else.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
from collections.abc import Collection
from pathlib import Path
from types import ModuleType

import pluggy
from msgspec import Struct

from taizhang import __version__
from taizhang.declarations.absent import Absent
from taizhang.declarations.programme import Programme
from taizhang.declarations.registry import Registry
from taizhang.isolation.guard import Guard, PluginFault
from taizhang.isolation.marks import Marks
from taizhang.isolation.quarantine import Quarantine
from taizhang.loading import hooks
from taizhang.loading.admission import take_in, vocabulary_of
from taizhang.loading.admitting import Wanted, admit
from taizhang.loading.installed import points
from taizhang.loading.settings import configure
from taizhang.loading.sources import DISTRIBUTION, SLICES, Candidate, candidates
from taizhang.loading.table_checks import unused
from taizhang.loading.trouble import Examined
from taizhang.loading.trust import trusted
from taizhang.store import paths as store
from taizhang.store.paths import StorePaths
from taizhang.words.errors import TaizhangError, Usage
from taizhang.words.labels import Label

IMPORTING = "载入|loading"


class PluginState(Struct, frozen=True):
    """One programme and what became of it.

    ``state``: loaded, disabled, untrusted (a store's file that was not trusted), refused (it asks for
    what is not here, or for a name that is taken), failed (its code cannot be run), quarantined (it
    failed before). ``source``: bundled, installed or store; ``origin`` the distribution or the file.
    """

    name: str
    label: Label
    version: str
    source: str
    state: str
    reason: str = ""
    """``中文|English``, or nothing."""
    origin: str = ""

    @property
    def warning(self) -> Label | None:
        """The warning that users need of a programme that ought to be here and is not."""
        if self.state not in ("failed", "quarantined", "refused"):
            return None
        why = Label.of(self.reason)
        return Label(
            f"插件 {self.name} 没有载入：{why.zh}",
            f"the plugin {self.name} is not loaded: {why.en}",
        )


class Loaded(Struct, frozen=True):
    """A set of loaded programmes: the vocabulary, the state of every programme, and who implements which
    hook.
    """

    registry: Registry
    states: list[PluginState]
    hooks: pluggy.PluginManager


def wanted_of(paths: StorePaths | None, disabled: Collection[str] | None = None) -> Wanted:
    """Reads what the store's settings and the environment say about programmes.

    ``config.toml``: ``disabled = [...]``, ``plugins = [...]`` (these alone). Environment:
    ``TAIZHANG_DISABLE`` and ``TAIZHANG_PLUGINS``, names with commas between; they narrow further.
    """
    off = set(disabled or ())
    only: set[str] | None = None
    if paths is not None:
        off |= paths.disabled() if disabled is None else set()
        only = paths.only()
    off |= set(filter(None, os.environ.get("TAIZHANG_DISABLE", "").split(",")))
    if (given := os.environ.get("TAIZHANG_PLUGINS")) is not None:
        these = set(filter(None, given.split(",")))
        only = these if only is None else only & these
    return Wanted(frozenset(off), None if only is None else frozenset(only))


def load(
    disabled: Collection[str] | None = None,
    *,
    paths: StorePaths | None = None,
    read_only: bool = False,
) -> Loaded:
    """Loads everything that may be loaded for the store at ``paths``, or for none.

    Args:
        disabled: The programmes that are off, in place of what the store says about it.
        paths: The store.
        read_only: No file of the store is run and nothing is written.
    """
    registry = core_registry()
    folder = None if paths is None else paths.root
    quarantine = Quarantine(folder, read_only=read_only)
    marks = Marks(folder, read_only=read_only)
    quarantine.left(marks.left())
    registry.guard = guard = Guard(quarantine, marks)
    plugins = hooks.manager()
    found = candidates(None if paths is None or read_only else paths.plugins)
    needed = any(c.source == "store" for c in found)
    order, out = admit(
        found,
        wanted_of(paths, disabled),
        trusted() if needed else (),
        quarantine,
        list(registry.programmes),
    )
    states = [_state(c, v.state, v.reason) for c, v in out]
    for candidate in order:
        guard.know(candidate.name, candidate.code)
        try:
            with guard.watching(candidate.name, IMPORTING):
                programme = _taken(candidate, registry, plugins, guard)
        except PluginFault as error:
            states.append(_state(candidate, "failed", error.fault.said()))
        except TaizhangError as error:
            states.append(_state(candidate, "refused", "|".join(error.pair)))
        else:
            said = list(unused(Examined(programme, None, registry)))
            reason = said[0].label if said else Label("", "")
            states.append(
                _state(
                    candidate, "loaded", f"{reason.zh}|{reason.en}" if said else "", programme.label
                )
            )
    guard.end()  # until a programme is run again: most commands run none
    if paths is not None:
        configure(paths, registry)
    registry.absent = {
        s.name: Absent(s.name, s.state, s.label)
        for s in states
        if s.name not in registry.programmes
    }
    states.sort(key=lambda s: (s.name, s.origin))
    return Loaded(registry, states, plugins)


def kept_out(paths: StorePaths) -> list[PluginState]:
    """The programmes that are not loaded in a store, and why, as far as that is known without running any:
    what a programme does when it is loaded is not. Nothing is written.
    """
    quarantine = Quarantine(paths.root, read_only=True)
    quarantine.left(Marks(paths.root, read_only=True).left())
    there = core_registry().programmes
    _, out = admit(candidates(paths.plugins), wanted_of(paths), trusted(), quarantine, there)
    return [_state(c, v.state, v.reason) for c, v in out]


def core_registry() -> Registry:
    """A vocabulary of the slices that are installed, new at each call: the core's own, then those of other
    distributions, which are trusted as the core is. Raises :class:`Usage` for one without a ``programme``.
    """
    registry = vocabulary_of([store.programme])
    for name in slices():
        module = importlib.import_module(name)
        programme = getattr(module, "programme", None)
        if not isinstance(programme, Programme):
            raise Usage(
                "{module} 里没有 programme|there is no `programme` in {module}", module=name
            )
        programme.version = __version__
        programme.code = _code(module)
        take_in(registry, programme)
    return registry


def slices() -> list[str]:
    """The modules of all slices, in the order in which they are taken in."""
    found = sorted(
        points(SLICES), key=lambda p: (p.distribution != DISTRIBUTION, p.distribution, p.name)
    )
    return [name for point in found for name in point.load()]


def _code(module: ModuleType) -> str:
    """Hash of a slice's source, so that changed code rebuilds its own tables."""
    file = Path(str(module.__file__))
    files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()


def _taken(
    candidate: Candidate, registry: Registry, plugins: pluggy.PluginManager, guard: Guard
) -> Programme:
    """Imports one and takes in what it declares and hooks; all of it or nothing."""
    with guard.calling(candidate.name, IMPORTING):
        module = _module(candidate)
    programme = getattr(module, "programme", None)
    if not isinstance(programme, Programme) or programme.id != candidate.name:
        raise Usage(
            "{module} 里的 programme 不是 Programme(“{name}”)"
            "|`programme` in {module} is not a Programme('{name}')",
            module=candidate.module,
            name=candidate.name,
        )
    if programme.nouns:
        raise Usage("nouns 只供平台自己的模块使用|nouns are for the core's own slices only")
    programme.code = candidate.code
    if programme.version == "0":
        programme.version = candidate.version or "0"
    with guard.calling(candidate.name, IMPORTING):
        hooks.register(plugins, module, candidate.name)
    try:
        with guard.calling(candidate.name, IMPORTING):
            take_in(registry, programme)
    except BaseException:
        plugins.unregister(name=candidate.name)
        raise
    return programme


def _module(candidate: Candidate) -> ModuleType:
    if candidate.source != "store":
        return importlib.import_module(candidate.module)
    spec = importlib.util.spec_from_file_location(candidate.module, candidate.file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[candidate.module] = module  # declarations look their annotations up there
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[candidate.module]
        raise
    return module


def _state(
    candidate: Candidate, state: str, reason: str = "", label: Label | None = None
) -> PluginState:
    return PluginState(
        candidate.name,
        label or candidate.label,
        candidate.version,
        candidate.source,
        state,
        reason,
        candidate.origin,
    )


__all__ = ["Loaded", "PluginState", "core_registry", "kept_out", "load", "wanted_of"]
