"""Loading programmes: the core's slices always, installed ones through entry points unless disabled.

Disabled means not imported at all, which is the same as uninstalled. One that fails to import is named
with its reason and stops nothing else.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

import pluggy

from taizhang import __version__, hooks, store
from taizhang.errors import TaizhangError
from taizhang.programme import Programme
from taizhang.registry import Registry
from taizhang.slices import SLICES

GROUP = "taizhang.plugins"


@dataclass(frozen=True, slots=True)
class PluginState:
    """One programme and what became of it: ``state`` is loaded, disabled or failed."""

    name: str
    label: str
    version: str
    source: str
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded: the vocabulary, the state of every programme, and who implements which hook."""

    registry: Registry
    states: list[PluginState]
    hooks: pluggy.PluginManager


def load(disabled: Collection[str] = ()) -> Loaded:
    """Everything that may be loaded, but for the programmes named in ``disabled``."""
    registry = Registry([store.programme])
    plugins = hooks.manager()
    states: list[PluginState] = []
    for name in SLICES:
        module = importlib.import_module(name)
        programme = _hashed(module.programme, module)
        programme.version = __version__
        registry.add(programme)
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        version = point.dist.version if point.dist is not None else ""
        source = point.dist.name if point.dist is not None else ""
        if point.name in disabled:
            states.append(PluginState(point.name, point.name, version, source, "disabled"))
            continue
        try:
            programme, module = _imported(point)
            programme.version = programme.version if programme.version != "0" else version
            registry.add(programme)
            plugins.register(module, point.name)
        except TaizhangError as error:
            states.append(
                PluginState(point.name, point.name, version, source, "failed", str(error))
            )
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            reason = f"{type(error).__name__}: {error}"
            states.append(PluginState(point.name, point.name, version, source, "failed", reason))
        else:
            states.append(
                PluginState(point.name, programme.label.zh, programme.version, source, "loaded")
            )
    return Loaded(registry, states, plugins)


def _imported(point: EntryPoint) -> tuple[Programme, ModuleType]:
    loaded = point.load()
    module = loaded if isinstance(loaded, ModuleType) else sys.modules[point.module]
    programme = loaded if isinstance(loaded, Programme) else getattr(loaded, "programme", None)
    if not isinstance(programme, Programme):
        raise TypeError(f"{point.value} has no Programme called `programme`")
    return _hashed(programme, module), module


def _hashed(programme: Programme, module: ModuleType) -> Programme:
    """Notes the hash of the source, so that changed code rebuilds its own tables."""
    file = getattr(module, "__file__", None)
    if file is not None:
        files = (
            sorted(Path(file).parent.rglob("*.py"))
            if file.endswith("__init__.py")
            else [Path(file)]
        )
        content = b"\0".join(f.read_bytes() for f in files)
        programme.code = hashlib.sha256(content).hexdigest()[:16]
    return programme
