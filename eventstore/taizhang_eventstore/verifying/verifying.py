"""Verifying a store (核验): is the log the one that was sealed, and nothing added, lost or changed.

Reads the log once, offline and without a trace, and holds it against every seal: those in the
store and those that were kept elsewhere. Knows nothing of what events mean.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from taizhang_eventstore.errors import (
    StoreAltered,
    StoreDamaged,
    StoreError,
    not_found,
    translated,
    translating,
)
from taizhang_eventstore.files import opened
from taizhang_eventstore.recorders import still
from taizhang_eventstore.recorders.schema import recognise
from taizhang_eventstore.seals.checkpoint import succeeded
from taizhang_eventstore.seals.note import KeyMalformed
from taizhang_eventstore.seals.seals import Seals, load_file, origin_of
from taizhang_eventstore.verifying import judging, lists
from taizhang_eventstore.verifying.comparing import Comparison
from taizhang_eventstore.verifying.concluding import conclude
from taizhang_eventstore.verifying.erasures import doubts
from taizhang_eventstore.verifying.helping import helping
from taizhang_eventstore.verifying.judging import Bearing
from taizhang_eventstore.verifying.report import Report
from taizhang_eventstore.verifying.scanning import LAST, Finding, Scan
from taizhang_eventstore.verifying.tags import first_disagreement, tags_sum

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from taizhang_eventstore.seals.note import Verifier

_CACHE: Final = "PRAGMA cache_size = -16384"


class _Integrity(threading.Thread):
    """SQLite's own check of its pages and indexes, beside the reading: it needs no Python."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(daemon=True)
        self._connection = connection
        self.said: list[str] = []

    def run(self) -> None:
        try:
            rows = self._connection.execute("PRAGMA integrity_check(20)").fetchall()
            self.said = [str(row[0]) for row in rows if row[0] != "ok"]
        except sqlite3.Error as error:
            self.said = [str(error)]


def verify(
    root: str | os.PathLike[str],
    *,
    seals: Sequence[str | os.PathLike[str]] = (),
    keys: Sequence[Verifier] = (),
) -> Report:
    """Verifies a store. What speaks against the log stands in the report.

    Args:
        root: The directory of the store.
        seals: Files of seals that were kept elsewhere.
        keys: Public keys that were kept elsewhere; without one, those that the store itself names.

    Raises:
        StoreError: There is nothing to look at: no log, or a seal file that is not there.
    """
    store = Seals(root)
    path = store.root / "events.db"
    report = Report(str(path))
    # Before the log: what is sealed meanwhile covers events that are not looked at.
    bearings = _bearings(report, store, seals)
    ranked = sorted((b.seal for b in bearings), key=lambda seal: seal.size)
    known = succeeded(ranked, keys) if keys else _own_keys(report, store)
    comparison, scan = Comparison([], None), None
    try:
        read = partial(_read, store, [b.seal.size for b in bearings], known)
        found, scan, comparison = still.undisturbed(path, read, log=False)
        report.findings += found.findings
        report.events, report.last = scan.count, scan.last
    except StoreDamaged as error:
        report.findings.append(Finding("damaged", None, *error.pair))
    if comparison.size:
        report.origin = origin_of(comparison.first_leaf)
    judging.judge(report, store, bearings, comparison, known, given=bool(keys))
    if scan is not None:
        lists.hold(report, store.root, [b.seal for b in bearings if b.fits and b.rank])
        conclude(report, scan, path, bearings, given=bool(keys))
    return report


def _read(
    store: Seals, sizes: Sequence[int], known: Sequence[Verifier], connect: still.Open
) -> tuple[Report, Scan, Comparison]:
    """Reads the log once, as it is at one time; what there is to say of it stands in a report of its own."""
    path = store.root / "events.db"
    report = Report(str(path))
    try:
        with translating(path):
            if not recognise(connect(), path):
                raise not_found(path)
    except StoreAltered as error:
        # The events are read all the same where they stand where they stood.
        if not error.readable:
            raise
        report.findings.append(Finding("layout", None, *error.pair))
        report.findings += _unnumbered(connect())
    extent = _extent(connect)
    kept = opened(store.leaves)
    comparison = Comparison(sizes, kept)
    try:
        scan = _scan(report, connect, comparison, extent)
    finally:
        if kept is not None:
            kept.close()
    _numbers(report, scan, extent)
    if comparison.size:
        origin = origin_of(comparison.first_leaf)
        with suppress(sqlite3.Error, TypeError, ValueError, RecursionError):  # told by the scan
            report.findings += doubts(store, connect(), origin, known)
    return report, scan, comparison


def _unnumbered(connection: sqlite3.Connection) -> list[Finding]:
    """Rows of a changed table whose position is no number: nothing else would find them."""
    sql = "SELECT rowid FROM events WHERE typeof(seq) <> 'integer' LIMIT 20"
    try:
        rows = connection.execute(sql).fetchall()
    except sqlite3.Error:
        return []
    return [
        Finding(
            "form", row, "这一行的序号不是整数，被别的工具改写过",
            "the position of this row is no number: another tool has written it",
        )
        for (row,) in rows
    ]  # fmt: skip


def _bearings(
    report: Report, store: Seals, given: Sequence[str | os.PathLike[str]]
) -> list[Bearing]:
    """All seals, those of the store first. One of its own that cannot be read is a finding."""
    found: list[Bearing] = []
    for size in store.sizes():
        path = store.path(size)
        try:
            seal = store.load(size)
        except StoreError as error:
            zh, en = error.pair
            report.findings.append(Finding("seal", None, f"{path.name}:{zh}", f"{path.name}: {en}"))
            continue
        if seal is not None:
            found.append(Bearing(path.name, seal, given=False))
    return found + [Bearing(str(path), load_file(path), given=True) for path in given]


def _own_keys(report: Report, store: Seals) -> list[Verifier]:
    try:
        return store.verifiers()
    except KeyMalformed:
        report.findings.append(
            Finding(
                "key",
                None,
                "seals/seal.pub 里的公钥读不出来",
                "the public key in seals/seal.pub cannot be read",
            )
        )
        return []


class Extent(NamedTuple):
    """The positions that there were when verification began."""

    first: int
    last: int
    given: int
    """The last one that the file remembers having given."""


def _extent(connect: still.Open) -> Extent | None:
    """Of one moment: what is appended meanwhile is not looked at. None where the file does not tell."""
    sql = (
        "SELECT (SELECT min(seq) FROM events), (SELECT max(seq) FROM events), "
        "(SELECT seq FROM sqlite_sequence WHERE name = 'events')"
    )
    connection = connect()
    try:
        first, last, given = connection.execute(sql).fetchone()
        if not isinstance(first, int) or not isinstance(last, int):
            # Nothing there, or a changed table with positions that are no numbers.
            numbers = "SELECT min(seq), max(seq) FROM events WHERE typeof(seq) = 'integer'"
            first, last = connection.execute(numbers).fetchone()
    except sqlite3.Error:
        return None
    if last is None:
        first = last = 0
    return Extent(first, last, given if isinstance(given, int) else 0)


def _scan(
    report: Report, connect: still.Open, comparison: Comparison, extent: Extent | None
) -> Scan:
    """Reads every event once."""
    reading = connect()
    reading.text_factory = bytearray
    reading.execute(_CACHE)
    scan = Scan(reading, LAST if extent is None else extent.last)
    first, last = (0, 0) if extent is None else (extent.first, extent.last)
    with helping(connect, scan, first, last) as helper:
        integrity = _Integrity(connect())
        integrity.start()
        try:
            taken = None
            if helper is not None:
                for page in scan.pages(helper.cut):
                    comparison.take(page)
                taken = helper.take_over(scan)
            for page in scan.pages() if taken is None else taken[0]:
                comparison.take(page)
            scan.end()
        except sqlite3.Error as error:
            zh, en = translated(error, report.log).pair
            report.findings.append(
                Finding(
                    "damaged",
                    scan.last + 1,
                    f"文件从这里起读不出来：{zh}",
                    f"the file cannot be read from here: {en}",
                )
            )
        else:
            if taken is None or taken[1] != scan.tag_sum:
                _tags(report, connect(), scan)
        integrity.join()
    for said in integrity.said[:5]:
        report.findings.append(
            Finding("integrity", None, f"SQLite 自查：{said}", f"SQLite's own check: {said}")
        )
    report.findings += scan.findings
    return scan


def _tags(report: Report, connection: sqlite3.Connection, scan: Scan) -> None:
    try:
        connection.execute(_CACHE)
        if tags_sum(connection, scan.factor, scan.until) == scan.tag_sum:
            return
        first = first_disagreement(connection, scan.until)
    except sqlite3.Error:
        first = None
    report.findings.append(
        Finding(
            "tags", first, "标签索引 event_tags 与事件自己的标签不一致",
            "the index event_tags does not say what the events' own tags say",
        )
    )  # fmt: skip


def _numbers(report: Report, scan: Scan, extent: Extent | None) -> None:
    """Positions: gaps between them, and whether later ones were given once."""
    for first, last in scan.gaps[:20]:
        zh = "这条不在了" if first == last else f"第 {first:,} 至 {last:,} 号都不在了"
        en = "it is missing" if first == last else f"events {first:,} to {last:,} are missing"
        report.findings.append(
            Finding(
                "gap",
                first,
                f"{zh}，序号中断：有人删过",
                f"{en}, the numbers have a gap: rows were deleted",
            )
        )
    if extent is None:
        return
    given = extent.given
    if given > scan.last:
        zh = f"文件记得曾编到第 {given:,} 号，现在只到第 {scan.last:,} 号：末尾的事件被删除了"
        en = (
            f"the file remembers that numbers up to {given:,} were given, and it ends at "
            f"{scan.last:,}: events at the end were deleted"
        )
        report.findings.append(Finding("tail", scan.last + 1, zh, en))
    elif given < scan.last:
        zh = f"文件记得只编到第 {given:,} 号：后面的事件不是本程序写的"
        en = f"the file remembers numbers up to {given:,} only: taizhang did not write what follows"
        report.findings.append(Finding("numbers", given + 1, zh, en))
