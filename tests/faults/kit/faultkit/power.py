"""Loss of power, simulated: what a process wrote, as strace saw it, replayed with parts left out.

What was written to a file and not yet synced may reach the disk or not, each write by itself, the last
ones torn at a sector. Names (made, renamed, removed) reach it in order, as on a file system with a
journal, up to some point after the directory's last sync. So a file may be there and empty, and an old
one may be back.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CALLS = "pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink,openat,mkdir"
OPTIONS = ("-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "16000000", "-e", f"trace={CALLS}")
SECTOR = 512
HALF = 0.5

_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_HANDLE = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2})*)>(\(deleted\))?")

Write = tuple[int, bytes | None]
"""Where, and what; at a length and None is a truncation."""


@dataclass
class File:
    """A file's bytes on the disk, and what was written since its last sync."""

    durable: bytes = b""
    pending: list[Write] = field(default_factory=list)

    def survived(self, chance: random.Random, share: float) -> bytes:
        """The bytes after the loss, each unsynced write kept with a probability of ``share``."""
        content = bytearray(self.durable)
        for at, data in self.pending:
            if data is None:
                # Sizes are the file system's own and reach the disk in order.
                if at < len(content):
                    del content[at:]
                content.extend(bytes(at - len(content)))
                continue
            if chance.random() >= share:
                continue
            if chance.random() < 0.1:
                data = data[: chance.randrange(len(data) // SECTOR + 1) * SECTOR]
            content.extend(bytes(max(0, at + len(data) - len(content))))
            content[at : at + len(data)] = data
        return bytes(content)

    def sync(self) -> None:
        """Everything written is on the disk."""
        self.durable = self.survived(random.Random(0), 1.0) if self.pending else self.durable
        self.pending.clear()


Name = tuple[str, str, File | None]
"""What happened to a name: ("link", name, file) or ("unlink", name, None)."""


class Disk:
    """One directory as the process saw it, and as it is on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = str(root)
        found = {str(p): File(p.read_bytes()) for p in root.rglob("*") if p.is_file()}
        self.names = dict(found)
        self.durable_names = dict(found)
        self.pending_names: list[Name] = []

    def mine(self, path: str) -> bool:
        """Whether a file is in the store; shared memory does not outlive the power."""
        return path.startswith(self.root + "/") and not path.endswith("-shm")

    def link(self, path: str, file: File) -> None:
        """A name for a file."""
        self.names[path] = file
        self.pending_names.append(("link", path, file))

    def unlink(self, path: str) -> None:
        """A name that goes."""
        if self.names.pop(path, None) is not None:
            self.pending_names.append(("unlink", path, None))

    def sync_names(self, directory: str) -> None:
        """Names in a directory are on the disk: with a journal, so is all that happened before."""
        if directory == self.root or self.mine(directory):
            self._apply(self.durable_names, self.pending_names)
            self.pending_names.clear()

    @staticmethod
    def _apply(names: dict[str, File], happened: Sequence[Name]) -> None:
        for _, path, file in happened:
            if file is None:
                names.pop(path, None)
            else:
                names[path] = file

    def crash(self, target: Path, chance: random.Random, share: float) -> None:
        """Writes what survived to ``target``."""
        names = dict(self.durable_names)
        pending = self.pending_names
        upto = len(pending) if share >= 1 else 0 if share <= 0 else chance.randint(0, len(pending))
        self._apply(names, pending[:upto])
        (target / "seals").mkdir(parents=True)
        for path, file in names.items():
            there = target / Path(path).relative_to(self.root)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_bytes(file.survived(chance, share))


@dataclass(frozen=True)
class Call:
    """One system call that succeeded."""

    name: str
    handle: int
    path: str
    strings: tuple[bytes, ...]
    numbers: tuple[int, ...]
    flags: str


def calls(trace: Path) -> Iterator[Call]:
    """The calls that strace noted, in order."""
    for line in trace.read_text("ascii", "replace").splitlines():
        found = _LINE.match(line)
        if found is None or found[3].startswith("-"):
            continue
        name, words, _ = found.groups()
        handle = _HANDLE.match(words)
        strings = tuple(map(_decoded, _STRING.findall(words)))
        rest = _STRING.sub("", words[handle.end() :] if handle else words)
        numbers = tuple(map(int, re.findall(r"(?<![\w|])\d+(?![\w|])", rest)))
        path = "" if handle is None or handle[3] else _decoded(handle[2]).decode()
        yield Call(name, int(handle[1]) if handle else -1, path, strings, numbers, rest)


def _decoded(hexed: str) -> bytes:
    return bytes.fromhex(hexed.replace("\\x", ""))


def replay(disk: Disk, trace: Sequence[Call]) -> Iterator[list[str]]:
    """Takes one call after the other; gives the lines that the process had said by then."""
    said = ""
    for call in trace:
        if call.name == "write" and call.handle == 1:
            said += call.strings[0].decode()
        elif call.name in ("pwrite64", "write") and disk.mine(call.path):
            file = disk.names[call.path]
            # Without a place it goes to the end of what was written: such files are written once.
            at = call.numbers[1] if call.name == "pwrite64" else _end(file)
            file.pending.append((at, call.strings[0]))
        elif call.name == "ftruncate" and disk.mine(call.path):
            disk.names[call.path].pending.append((call.numbers[0], None))
        elif call.name in ("fsync", "fdatasync"):
            if call.path in disk.names:
                disk.names[call.path].sync()
            else:
                disk.sync_names(call.path)
        elif call.name == "openat" and "O_CREAT" in call.flags:
            path = call.strings[-1].decode()
            if disk.mine(path) and path not in disk.names:
                disk.link(path, File())
        elif call.name == "rename":
            old, new = (s.decode() for s in call.strings)
            if disk.mine(new) and old in disk.names:
                disk.link(new, disk.names[old])
                disk.unlink(old)
        elif call.name == "unlink":
            disk.unlink(call.strings[0].decode())
        yield said.splitlines()


def _end(file: File) -> int:
    return len(file.survived(random.Random(0), 1.0))
