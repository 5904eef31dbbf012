"""Worker processes: started, let go together, killed, and run under strace with faults injected."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

import pytest

WORKER = Path(__file__).parents[2] / "worker.py"


class Said:
    """What a worker said, line by line."""

    def __init__(self, text: str, code: int, err: str) -> None:
        self.out = text
        # A line that a kill has cut short says nothing.
        self.lines = [line.split() for line in text.splitlines(True) if line.endswith("\n")]
        self.code = code
        self.err = err

    @property
    def acknowledged(self) -> dict[str, tuple[int, ...]]:
        """Positions by action."""
        return {w[1]: tuple(map(int, w[2:])) for w in self.lines if w[0] == "ack"}

    @property
    def refused(self) -> dict[str, str]:
        """The kind of error by action."""
        return {w[1]: w[2] for w in self.lines if w[0] == "refused"}

    @property
    def sentences(self) -> list[str]:
        """What the errors said."""
        return [" ".join(w[3:]) for w in self.lines if w[0] == "refused"]

    @property
    def unread(self) -> list[str]:
        """Errors that no person could read, a traceback among them."""
        found = [" ".join(w) for w in self.lines if w[0] == "refused" and w[2].startswith("!")]
        return found + ([self.err] if "Traceback" in self.err else [])


def start(
    *words: object, under: Sequence[str] = (), said: IO[str] | int = subprocess.PIPE
) -> subprocess.Popen[str]:
    """Starts a worker, perhaps under another program; ``said`` takes what it says."""
    return subprocess.Popen(
        [*under, sys.executable, str(WORKER), *map(str, words)],
        stdin=subprocess.PIPE,
        stdout=said,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*words: object, under: Sequence[str] = ()) -> Said:
    """Runs a worker to its end."""
    process = start(*words, under=under)
    out, err = process.communicate("\n", timeout=300)
    return Said(out, process.returncode, err)


def interrupted(place: Path, when: int, *words: object) -> Said:
    """Runs a worker and kills it as it is about to say its ``when``-th line.

    It speaks into a file, ``place``, so that the call is chosen by its file and not by counting: what
    else a worker writes, and when, is no affair of the test.
    """
    with place.open("w") as file:
        under = injected("write", "signal=KILL", when, place)
        process = start(*words, under=under, said=file)
        _, err = process.communicate("\n", timeout=300)
    return Said(place.read_text(), process.returncode, err)


def together(processes: Iterable[subprocess.Popen[str]]) -> list[Said]:
    """Lets all go at once when each is ready; what each said."""
    started = list(processes)
    heads = []
    for process in started:
        assert process.stdout is not None
        heads.append(process.stdout.readline())
    for process, head in zip(started, heads, strict=True):
        assert process.stdin is not None
        if head == "ready\n":
            process.stdin.write("\n")
            process.stdin.flush()
    found = []
    for process, head in zip(started, heads, strict=True):
        assert process.stdout is not None
        assert process.stderr is not None
        out = process.stdout.read()
        err = process.stderr.read()
        found.append(Said(("" if head == "ready\n" else head) + out, process.wait(), err))
    return found


def strace(*options: str) -> list[str]:
    """The words before a command that is to run under strace; skips where there is none."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    # Not with --seccomp-bpf, under which strace 6.1 sends no signals.
    return ["strace", "-f", "-qq", "-o", "/dev/null", *options]


def injected(call: str, fault: str, when: int | str, *only: Path) -> list[str]:
    """A fault in the call that comes ``when``-th, as strace counts; ``only`` on these files."""
    paths = [word for path in only for word in ("-P", str(path))]
    return strace(*paths, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={when}")
