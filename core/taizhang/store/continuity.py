"""Continuity (日志连续): is the log that is here the one that was here before, and has it all its events?

A synchronised folder, a restored disk or a copy from last week puts an older ``events.db`` under newer seals,
or under a ledger that has seen more. Whoever went on recording would write a second event of the same number.
So what is known of a newer log is held against this one at every opening and before every append; where they
part it is said by every command, nothing is recorded until somebody has decided, and what was seen stands in
:data:`MARK` even after the ledger has been built anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taizhang.store.paths import StorePaths
from taizhang.store.remembering import Memory
from taizhang.words.errors import TaizhangError
from taizhang.words.labels import Label
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import put, read
from taizhang_eventstore.log import Log
from taizhang_eventstore.seals.merkle import leaf_hash
from taizhang_eventstore.seals.reach import MARK, reach

_REPLACED = Label(
    "事件日志在程序打开着的时候被换成了另一个文件",
    "the log was replaced by another file while the program was open",
)


class OlderLog(TaizhangError):
    """The log is older than what is known of it. Nothing is recorded until somebody has decided."""

    exit_code = 3


_OLDER = (
    "{zh}。没有登记任何内容：请放回较新的 events.db（连同 events.db-wal），或由备份恢复（taizhang restore --over）；"
    "确实要用这份日志接着记，执行 taizhang continue --reason 事由"
    "|{en}. Nothing was recorded: put back the newer events.db (with its events.db-wal) or restore a backup (taizhang "
    "restore --over); to go on with this log all the same, run taizhang continue --reason TEXT"
)


class Continuity:
    """The knowledge of a log, held against the one of an open store."""

    def __init__(self, paths: StorePaths, log: Log, *, read_only: bool) -> None:
        self._paths, self._log, self._read_only = paths, log, read_only
        self._mark = paths.root / MARK
        self._memory = Memory(paths.root)
        self._deciding = False
        self._found: Label | None = None
        self.look()

    def look(self) -> None:
        """Holds seals, earlier findings and the log's own numbers against the log.

        What cannot be read here is others' to say.
        """
        try:
            self._found = self._marked() or self._sealed() or self._cut() or self._remembered()
        except StoreError:
            self._found = None

    def strayed(self, position: int, id: str) -> None:
        """Takes note that an event was seen here which the log does not have."""
        self._found = self._found or _seen(position, self._log.head())
        if not self._read_only and read(self._mark) is None:
            said = json.dumps({"position": position, "id": id})
            put(self._mark, f"{said}\n".encode(), mode=0o600)

    @property
    def trouble(self) -> Label | None:
        """In which way the log is older than what is known of it; None where it is not."""
        return _REPLACED if self._log.replaced else self._found

    def require(self) -> None:
        """Raises :class:`OlderLog` where somebody has to decide first."""
        trouble = self.trouble
        if trouble is not None and not self._deciding:
            raise OlderLog(_OLDER, zh=trouble.zh, en=trouble.en)

    @contextmanager
    def deciding(self) -> Iterator[None]:
        """Somebody has decided to go on with this log: what is recorded inside says so."""
        self._deciding = True
        try:
            yield
        finally:
            self._deciding = False

    def decided(self) -> list[Path]:
        """Forgets what contradicts the log, and puts away the seals that do; returns where they are now."""
        from taizhang_eventstore.seals.sealing import set_aside
        from taizhang_eventstore.seals.seals import Seals

        moved = set_aside(Seals(self._paths.root), self._log.recorder)
        self._mark.unlink(missing_ok=True)
        self._memory.forget()
        self.look()
        return moved

    def _marked(self) -> Label | None:
        data = read(self._mark)
        if data is None:
            return None
        try:
            said = json.loads(data)
            position, id = int(said["position"]), str(said["id"])
        except (ValueError, KeyError, TypeError):
            return Label(f"{MARK} 读不出来", f"{MARK} cannot be read")
        if not self._log.has(position, id):
            return _seen(position, self._log.head())
        # The newer log was put back.
        if not self._read_only:
            self._mark.unlink(missing_ok=True)
        return None

    def _sealed(self) -> Label | None:
        known = reach(self._paths.root)
        if not known.size:
            return None
        row = next(iter(self._log.recorder.read(after=known.position - 1, limit=1)), None)
        if row is not None and row.position == known.position:
            event = row.event
            if known.leaf in (b"", leaf_hash(event.type, event.tags, event.data)):
                return None
        from taizhang_eventstore.seals.sealing import contradiction
        from taizhang_eventstore.seals.seals import Seals

        found = contradiction(Seals(self._paths.root), self._log.recorder)
        if found is None:
            return None
        size, zh, en = (found.values[name] for name in ("size", "what", "what_en"))
        return Label(
            f"事件日志比封存旧：封存过 {size} 条，{zh}",
            f"the log is older than its seals: {size} events were sealed, {en}",
        )

    def _remembered(self) -> Label | None:
        """The whole directory was put back, or another one stands in its place."""
        seen = self._memory.last()
        if seen is None:
            return None
        row = next(iter(self._log.recorder.read(after=seen.position - 1, limit=1)), None)
        if row is not None and row.position == seen.position:
            event = row.event
            if leaf_hash(event.type, event.tags, event.data).hex() == seen.leaf:
                return None
            return Label(
                f"事件日志不是你上次在这里见过的那一份：那时封存过 {seen.size} 条，第 {seen.position} 号事件不同",
                f"the log is not the one that you last saw here: {seen.size} events were sealed, and event {seen.position} differs",
            )
        head = self._log.head()
        if not head:
            return None  # it is being made, where another one was
        return Label(
            f"事件日志比你上次在这里见过的旧：那时封存到第 {seen.position} 号，现在只到第 {head} 号",
            f"the log is older than the one that you last saw here: it was sealed up to event {seen.position}, and ends at {head}",
        )

    def _cut(self) -> Label | None:
        given, head = self._log.given(), self._log.head()
        # In this order what is appended meanwhile is no loss.
        if given <= head:
            return None
        return Label(
            f"事件日志曾编到第 {given} 号，现在只到第 {head} 号：末尾的事件不在了",
            f"the log has given numbers up to {given} and ends at {head}: events at its end are gone",
        )


def _seen(position: int, head: int) -> Label:
    return Label(
        f"事件日志比台账旧：这里见过的第 {position} 号事件不在日志里，日志到第 {head} 号",
        f"the log is older than its ledger: event {position}, which was seen here, is not in the log, which ends at {head}",
    )


__all__ = ["Continuity", "OlderLog"]
