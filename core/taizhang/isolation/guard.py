"""The guard (看护): how the code of plugins is called, so that its faults stay its own.

Whatever a plugin raises becomes a :class:`PluginFault` that names it, and puts it into quarantine. A
rule that it states (:class:`TaizhangError`) passes, and so does Ctrl-C, which is told from a plugin's own
``KeyboardInterrupt`` by a flag. Isolation is from faults, not from malice: plugins run with full rights.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TextIO

from taizhang.isolation import interrupts, ticking
from taizhang.isolation.boundary import Misgiven
from taizhang.isolation.marks import Mark, Marks
from taizhang.isolation.quarantine import Fault, Quarantine
from taizhang.words.errors import TaizhangError
from taizhang.words.labels import clean


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
        self._mark_of: dict[str, Mark] = {}
        self._forked = False

    def know(self, plugin: str, code: str) -> None:
        """From now on calls of ``plugin`` are guarded; the core's own slices never are."""
        self._codes[plugin] = code
        self._mark_of[plugin] = self._marks.of(plugin, code)

    def end(self) -> None:
        """Takes away the files in which calls are marked; for who closes the store."""
        if not self._forked:  # what came back there says nothing of what was asked for
            self.quarantine.came_back(self._marks.ran)
        self._marks.end()

    def forked(self) -> None:
        """For a process that was forked: it marks calls in files of its own."""
        self._forked = True
        self._marks.forked()
        ticking.forked()

    def cleared(self, pid: int) -> None:
        """Takes away the marks of a process that was ended, or that ended, for no fault of a plugin."""
        self._marks.cleared(pid)

    def knows(self, plugin: str) -> bool:
        """Tells if calls of ``plugin`` are guarded."""
        return plugin in self._codes

    def faulty(self, plugin: str) -> bool:
        """Tells if the plugin has failed since it was loaded, and is left alone from then on."""
        return self.quarantine.of(plugin, self._codes.get(plugin, "")) is not None

    @contextmanager
    def calling(
        self, plugin: str, doing: str, seq: int | None = None, *, refuses: bool = True
    ) -> Iterator[None]:
        """Runs the block as a programme's code. Generators have to be used up inside the block, and what it
        gives back is looked at there (:mod:`taizhang.isolation.boundary`).

        Args:
            plugin: whose code it is.
            doing: what it does, ``中文|English``.
            seq: the event that it is about, if any.
            refuses: whether it may state a rule; where nothing is being decided one is an error like others.

        Raises:
            PluginFault: whatever else it raises.
        """
        if plugin not in self._codes:
            yield
            return
        with self.watching(plugin, doing):
            try:
                yield
            except BaseException as error:
                # Of a programme that it rests on, which is named already.
                other = isinstance(error, PluginFault)
                if other or stops(error) or (refuses and _states(error)):
                    raise
                raise PluginFault(self.note(plugin, doing, error, seq)) from error

    def watching(self, plugin: str, doing: str) -> AbstractContextManager[None]:
        """Marks ``plugin`` on disk while the block runs, so that one which takes the process with it, or
        hangs until somebody ends it, is named at the next start; its errors are the caller's.
        """
        mark = self._mark_of.get(plugin)
        return _UNWATCHED if mark is None else _Watched(mark, doing)

    def note(self, plugin: str, doing: str, error: BaseException, seq: int | None = None) -> Fault:
        """Puts the plugin into quarantine for ``error``.

        Args:
            plugin: Whose fault it is.
            doing: What it did, for people.
            error: What it raised.
            seq: The event at which it did.
        """
        return self.quarantine.put(
            plugin, self._codes.get(plugin, ""), doing, reason_of(error), seq
        )


def reason_of(error: BaseException) -> str:
    """An error in one line. Its text may hold people's data, so it stays in the store."""
    try:
        said = clean(next(iter(str(error).strip().splitlines()), ""))[:200]
    except Exception:  # It cannot even say what it is.
        said = ""
    if said and isinstance(error, Misgiven):
        return said
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _states(error: BaseException) -> bool:
    """Tells if an error is a rule that the programme states, in words that can be shown."""
    if not isinstance(error, TaizhangError):
        return False
    try:
        return all(isinstance(side, str) for side in error.pair)
    except Exception:
        return False


def stops(error: BaseException) -> bool:
    """Tells if an error is somebody's wish to stop."""
    if isinstance(error, KeyboardInterrupt):
        return interrupts.pressed is not False
    # Not imported for this question: where nobody has asyncio, nobody is cancelled by it.
    asyncio = sys.modules.get("asyncio")
    cancelled = asyncio is not None and isinstance(error, asyncio.CancelledError)
    return cancelled or isinstance(error, GeneratorExit)


_INSIDE: set[int] = set()
"""Threads that are in a plugin's code."""
_MAIN = threading.main_thread().ident
_UNWATCHED: AbstractContextManager[None] = nullcontext()


class _Watched:
    """Marks one call. Calls within calls belong to the outermost of their thread. What it prints goes to
    standard error meanwhile: the answer of a command is ours.

    A rebuild enters one for every event of a plugin: a class, for a generator would cost twice as much.
    """

    __slots__ = ("_doing", "_mark", "_out", "_thread")

    def __init__(self, mark: Mark, doing: str) -> None:
        self._mark = mark
        self._doing = doing
        self._out: TextIO | None = None
        self._thread = 0

    def __enter__(self) -> None:
        thread = threading.get_ident()
        if thread not in _INSIDE:
            self._thread = thread
            _INSIDE.add(thread)
            if thread == _MAIN:  # on others there is a screen, which takes care of that itself
                self._out, sys.stdout = sys.stdout, sys.stderr
            self._mark.enter(self._doing)

    def __exit__(self, *_: object) -> None:
        if self._thread:
            if self._thread == _MAIN and self._out is not None:
                sys.stdout = self._out
            self._mark.leave()
            _INSIDE.discard(self._thread)
