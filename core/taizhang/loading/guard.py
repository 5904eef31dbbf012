"""The guard (看护): how the code of plugins is called, so that its faults stay its own.

Whatever a plugin raises becomes a :class:`PluginFault` that names it, and puts it into quarantine. A
rule that it states (:class:`TaizhangError`) passes, and so does Ctrl-C, which is told from a plugin's own
``KeyboardInterrupt`` by a flag. Isolation is from faults, not from malice: plugins run with full rights.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from msgspec import Struct

from taizhang import interrupts
from taizhang.errors import TaizhangError
from taizhang.loading.quarantine import Fault, Marks, Quarantine

PATIENCE = 3.0
"""Seconds after which a call that has not come back leaves a mark on disk."""

LOOK = 0.5
"""Seconds between two looks at it."""


class PluginFault(TaizhangError):
    """A plugin's code failed; the plugin is in quarantine, everything else goes on."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        zh, _, en = fault.said().partition("|")
        super().__init__(
            "插件 {name} {zh}；它已被隔离，其余照常。修好后用 taizhang plugins release {name} 放行"
            "|the plugin {name} {en}; it is quarantined and everything else goes on. "
            "Once mended: taizhang plugins release {name}",
            name=fault.plugin,
            zh=zh,
            en=en,
        )


class Guard:
    """Calls the code of the plugins of one open store."""

    def __init__(self, quarantine: Quarantine | None = None, marks: Marks | None = None) -> None:
        self.quarantine = quarantine or Quarantine(None)
        self._marks = marks or Marks(None)
        self._codes: dict[str, str] = {}

    def know(self, plugin: str, code: str) -> None:
        """From now on calls of ``plugin`` are guarded; the core's own slices never are."""
        self._codes[plugin] = code

    def knows(self, plugin: str) -> bool:
        """Whether calls of ``plugin`` are guarded."""
        return plugin in self._codes

    def faulty(self, plugin: str) -> bool:
        """Whether the plugin has failed since it was loaded, and is left alone from then on."""
        return self.quarantine.of(plugin, self._codes.get(plugin, "")) is not None

    @contextmanager
    def calling(self, plugin: str, doing: str, seq: int | None = None) -> Iterator[None]:
        """Runs the block as ``plugin``'s code, ``doing`` (``中文|English``) at event ``seq``.

        Raises :class:`PluginFault`. Generators have to be used up inside the block.
        """
        if plugin not in self._codes:
            yield
            return
        with self.watching(plugin, doing):
            try:
                yield
            except BaseException as error:
                if passes(error):
                    raise
                raise PluginFault(self.note(plugin, doing, error, seq)) from error

    def watching(self, plugin: str, doing: str) -> AbstractContextManager[None]:
        """Marks ``plugin`` on disk if the block does not come back; its errors are the caller's."""
        code = self._codes.get(plugin)
        return _UNWATCHED if code is None else _Watched(_Call(self._marks, plugin, code, doing))

    def note(self, plugin: str, doing: str, error: BaseException, seq: int | None = None) -> Fault:
        """Puts the plugin into quarantine for ``error``."""
        return self.quarantine.put(
            plugin, self._codes.get(plugin, ""), doing, reason_of(error), seq
        )


def reason_of(error: BaseException) -> str:
    """An error in one line. Its text may hold people's data, so it stays in the store."""
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__


def passes(error: BaseException) -> bool:
    """Whether an error is not the plugin's fault: a rule that it states, or somebody's wish to stop."""
    return isinstance(error, TaizhangError) or stops(error)


def stops(error: BaseException) -> bool:
    """Whether an error is somebody's wish to stop."""
    if isinstance(error, KeyboardInterrupt):
        return interrupts.pressed is not False
    # Not imported for this question: where nobody has asyncio, nobody is cancelled by it.
    asyncio = sys.modules.get("asyncio")
    cancelled = asyncio is not None and isinstance(error, asyncio.CancelledError)
    return cancelled or isinstance(error, GeneratorExit)


class _Call(Struct, eq=False):
    """One call of a plugin's code that is going on."""

    marks: Marks
    plugin: str
    code: str
    doing: str
    since: float = 0.0
    done: bool = False


class _Watch:
    """Marks calls that do not come back. One thread looks after all stores of a process; it is started
    by the first call of a plugin.
    """

    def __init__(self) -> None:
        self.calls: dict[int, _Call] = {}
        """What each thread is doing."""
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Has somebody look."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._look, name="plugin-watch", daemon=True)
            self._thread.start()

    def _look(self) -> None:
        marked: list[tuple[_Call, Path | None]] = []
        while True:
            time.sleep(LOOK)
            for call, mark in [m for m in marked if m[0].done]:
                call.marks.clear(mark)
                marked.remove((call, mark))
            for call in list(self.calls.values()):
                known = any(c is call for c, _ in marked)
                if not known and time.monotonic() - call.since > PATIENCE:
                    marked.append((call, call.marks.set(call.plugin, call.code, call.doing)))


_WATCH = _Watch()
_UNWATCHED: AbstractContextManager[None] = nullcontext()


class _Watched:
    """Looks after one call. Calls within calls belong to the outermost of their thread.

    A rebuild enters one for every event of a plugin: a class, for a generator would cost twice as much.
    """

    __slots__ = ("_call", "_thread")

    def __init__(self, call: _Call) -> None:
        self._call = call
        self._thread = 0

    def __enter__(self) -> None:
        thread = threading.get_ident()
        if thread not in _WATCH.calls:
            self._thread = thread
            self._call.since = time.monotonic()
            _WATCH.calls[thread] = self._call
            _WATCH.start()

    def __exit__(self, *_: object) -> None:
        if self._thread:
            self._call.done = True
            del _WATCH.calls[self._thread]
