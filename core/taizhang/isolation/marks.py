"""Marks (运行标记): which plugin's code a process is in at this moment, for the case that it never leaves it.

Each plugin has a file of its own in each process that runs it. Its first byte says whether the process is
inside: entering and leaving write that one byte, which takes 1 µs each, so every call can be marked from its
beginning. What was written outlives the process, however that ends: at the next start the plugin is named.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
import weakref
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read

PATIENCE = 3.0
"""Seconds after which a call counts as hanging."""

HANGS = b"!"
"""Stands behind the text of a mark whose call hangs."""

INSIDE, OUTSIDE = b"{", b" "
"""The first byte: the mark is JSON only while the process is inside."""

ROOM = 512
"""Bytes of a file, so that a shorter mark leaves nothing of a longer one; longer ones are not padded."""

_NUMBERS = count(1)
_LIVE: weakref.WeakSet[Marks] = weakref.WeakSet()
"""The marks of all stores of this process."""

_OWN: set[Path] = set()
"""Files of this very process: they are no sign that anybody has gone."""


def entered(folder: str | os.PathLike[str]) -> bool:
    """Tells if a process is in a plugin's code, or was when it went; nothing is read but first bytes."""
    for name in os.listdir(folder):
        if name.startswith(".running-"):
            with (
                contextlib.suppress(FileNotFoundError),
                open(os.path.join(folder, name), "rb") as file,
            ):
                if file.read(1) == INSIDE:
                    return True
    return False


class Mark:
    """The file of one plugin. Where it cannot be written nothing is marked, and nothing fails."""

    def __init__(self, folder: Path | None, plugin: str, code: str) -> None:
        self._folder = folder
        self._plugin = plugin
        self._code = code
        self._lock = threading.Lock()
        self._file: Path | None = None
        self._fd = -1
        self._doing = ""
        self._said: dict[str, bytes] = {}
        self._inside = 0
        self._since = 0.0
        self._hangs = False

    def enter(self, doing: str) -> None:
        """Says that the plugin's code is run from now on. Of calls on several threads the first is named."""
        if self._folder is None:
            return
        with self._lock:
            self._inside += 1
            if self._inside > 1:
                return
            self._since = time.monotonic()
            with contextlib.suppress(OSError):
                if doing == self._doing:
                    os.pwrite(self._fd, INSIDE, 0)
                else:
                    self._write(self._folder, doing)

    def leave(self) -> None:
        """Ends :meth:`enter`."""
        if self._folder is None:
            return
        with self._lock:
            self._inside -= 1
            if not self._inside and self._fd >= 0:
                with contextlib.suppress(OSError):
                    os.pwrite(self._fd, OUTSIDE, 0)
                    if self._hangs:
                        os.ftruncate(self._fd, ROOM)
                        self._hangs, self._doing = False, ""

    def hangs(self, now: float) -> tuple[str, str, float] | None:
        """``(plugin, doing, seconds)`` of a call that has lasted long by now, which the mark says from then on;
        None where there is none. Called in the midst of one: it waits for no lock.
        """
        if not self._inside or now - self._since < PATIENCE:
            return None
        if not self._hangs and self._fd >= 0:
            self._hangs = True
            with contextlib.suppress(OSError):
                os.pwrite(self._fd, HANGS, max(ROOM, len(self._said.get(self._doing, b""))))
        return self._plugin, self._doing, now - self._since

    def ran(self, code: str, doing: str) -> bool:
        """Tells if a call of that name came back in this process."""
        return self._code == code and doing in self._said and not self._inside

    def forked(self) -> None:
        """Leaves the file to the process that has it: a call here is marked in another one."""
        self._fd, self._file, self._doing, self._inside = -1, None, "", 0
        self._hangs = False

    def _write(self, folder: Path, doing: str) -> None:
        if self._fd < 0:
            file = folder / f".running-{self._plugin}-{next(_NUMBERS)}-{os.getpid()}"
            self._fd = os.open(file, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600)
            self._file = file
            _OWN.add(file)
        said = self._said.get(doing)
        if said is None:
            told = json.dumps({"plugin": self._plugin, "code": self._code, "doing": doing}).encode()
            said = self._said[doing] = told.ljust(ROOM)
        os.pwrite(self._fd, said, 0)
        self._doing = doing

    def end(self) -> None:
        """Takes the file away, but for a call that hangs on another thread; it is made again if need be."""
        with self._lock:
            hangs = self.hangs(time.monotonic())
            if self._fd >= 0 and self._file is not None and not hangs:
                _OWN.discard(self._file)
                with contextlib.suppress(OSError):
                    self._file.unlink()
                with contextlib.suppress(OSError):
                    os.close(self._fd)
                self._fd, self._doing = -1, ""


class Marks:
    """The marks of one store; ``read_only`` leaves none, and leaves those that it finds where they are."""

    def __init__(self, folder: Path | None, *, read_only: bool = False) -> None:
        self._folder = folder
        self._read_only = read_only
        self._marks: list[Mark] = []
        _LIVE.add(self)
        # For who opens no books, and for the process's end.
        weakref.finalize(self, _end, self._marks)

    def of(self, plugin: str, code: str) -> Mark:
        """The mark of a plugin with this very code."""
        mark = Mark(None if self._read_only else self._folder, plugin, code)
        self._marks.append(mark)
        return mark

    def end(self) -> None:
        """Takes the files away; each is made again when its plugin is run again."""
        _end(self._marks)

    def forked(self) -> None:
        """For a process that was forked: it marks calls in files of its own."""
        for mark in self._marks:
            mark.forked()

    def cleared(self, pid: int) -> None:
        """Takes away the files of another process, which has ended."""
        if self._folder is not None and not self._read_only:
            for file in self._folder.glob(f".running-*-{pid}"):
                with contextlib.suppress(OSError):
                    file.unlink()

    def hanging(self, now: float) -> Iterator[tuple[str, str, float]]:
        """``(plugin, doing, seconds)`` of every call that has lasted long."""
        for mark in self._marks:
            if (found := mark.hangs(now)) is not None:
                yield found

    def ran(self, code: str, doing: str) -> bool:
        """Tells if a call of that name of a plugin's code came back in this process."""
        return any(mark.ran(code, doing) for mark in self._marks)

    def left(self) -> Iterator[tuple[str, str, str, bool]]:
        """``(plugin, code, doing, hung)`` of every mark whose process has gone; each is told once, to who may
        write that down.
        """
        if self._folder is None:
            return
        for file in sorted(self._folder.glob(".running-*-*")):
            pid = file.name.rpartition("-")[2]
            if file in _OWN or (pid.isdigit() and alive(int(pid))):
                continue
            try:
                text = (read(file) or b"").decode()
                if not self._read_only:
                    file.unlink()
                if text.startswith(INSIDE.decode()):
                    hung = text.endswith(HANGS.decode())
                    said = json.loads(text.rstrip("\0! "))
                    yield str(said["plugin"]), str(said["code"]), str(said["doing"]), hung
            except (StoreError, OSError, ValueError, KeyError, TypeError, RecursionError):
                continue


def hanging() -> list[tuple[str, str, float]]:
    """``(plugin, doing, seconds)`` of every call of this process that has lasted long."""
    now = time.monotonic()
    return [found for marks in list(_LIVE) for found in marks.hanging(now)]


def _end(marks: list[Mark]) -> None:
    for mark in marks:
        mark.end()


def alive(pid: int) -> bool:
    """Tells if another process with this number lives; one that has ended and that nobody waits for does not."""
    if pid == os.getpid():
        return False  # a mark of an earlier process that had this number
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    try:
        state = (
            Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
        )
    except (OSError, IndexError):
        return True
    return state != "Z"
