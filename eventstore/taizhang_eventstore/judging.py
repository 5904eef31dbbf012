"""Holding seals against a log that was read (封存比对): who signed them, and do they fit.

A seal by itself tells only that something among its events is not as it was. Which one, the
hashes in ``seals/leaves.bin`` tell, as soon as the seal's own root comes out of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taizhang_eventstore import still
from taizhang_eventstore.note import NoteUnverified
from taizhang_eventstore.scanning import Finding
from taizhang_eventstore.tree import HASH, Range

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from taizhang_eventstore.checkpoint import Seal
    from taizhang_eventstore.note import Verifier
    from taizhang_eventstore.report import Report
    from taizhang_eventstore.scanning import Scan
    from taizhang_eventstore.seals import Seals
    from taizhang_eventstore.verifying import Comparison


@dataclass(slots=True)
class Bearing:
    """A seal, where it comes from, and what became of it."""

    name: str
    seal: Seal
    given: bool
    """Kept elsewhere and handed in, not found in the store."""

    signed: bool = False
    fits: bool = False


def judge(
    report: Report,
    store: Seals,
    bearings: Sequence[Bearing],
    comparison: Comparison,
    known: Sequence[Verifier],
    *,
    given: bool,
) -> None:
    """Holds every seal against the log; tells in `report` what does not fit."""
    report.seals = len(bearings)
    if not bearings:
        report.findings.append(
            Finding(
                "unsealed", None, "没有任何封存可以比对", "there is no seal to hold the log against"
            )
        )
    for bearing in bearings:
        _signatures(report, bearing, known, given)
        head = bearing.seal.checkpoint
        bearing.fits = comparison.roots.get(head.size) == head.root if head.size else False
    _contradictions(report, bearings)
    if bearings and not known and not any(b.given for b in bearings):
        report.findings.append(
            Finding(
                "key",
                None,
                "没有公钥,封存上的签名无从核对",
                "there is no public key to check the signatures with",
            )
        )
    report.sealed = max((b.seal.size for b in bearings if b.fits and b.signed), default=0)
    if not comparison.size and not report.events and any(f.code == "damaged" for f in report.bad):
        return
    wrong = sorted((b for b in bearings if not b.fits), key=lambda b: b.seal.size)
    ours = [b for b in wrong if not _foreign(report, b, known)]
    if ours:
        _locate(
            report,
            store,
            ours,
            comparison,
            max((b.seal.size for b in bearings if b.fits), default=0),
        )
    elif comparison.differs is not None and comparison.differs < report.sealed:
        report.findings.append(
            Finding(
                "leaves", None, "seals/leaves.bin 与封存不符,事件相符;删去此文件,下次封存会重做",
                "seals/leaves.bin does not fit the seals, the events do; delete that file, the next "
                "sealing makes it anew", bad=False,
            )
        )  # fmt: skip


def _signatures(report: Report, bearing: Bearing, known: Sequence[Verifier], given: bool) -> None:
    if not known:
        # A seal that somebody kept elsewhere speaks by its root.
        bearing.signed = bearing.given
        return
    try:
        bearing.seal.note.check(known)
        bearing.signed = True
    except NoteUnverified as error:
        zh, en = error.pair
        if not given:
            more = ("库内的公钥可能被换过", "the key in the store may have been replaced")
        else:
            more = (
                "封存树可能被没有私钥的人重做过",
                "the tree may have been rebuilt without the key",
            )
        report.findings.append(
            Finding(
                "signature",
                None,
                f"封存 {bearing.name}:{zh}{more[0]}。",
                f"seal {bearing.name}: {en} Perhaps {more[1]}.",
            )
        )


def _contradictions(report: Report, bearings: Sequence[Bearing]) -> None:
    """Two seals over as many events with different roots: two histories were signed."""
    seen: dict[int, Bearing] = {}
    for bearing in bearings:
        other = seen.setdefault(bearing.seal.size, bearing)
        if other.seal.checkpoint.root != bearing.seal.checkpoint.root:
            report.findings.append(
                Finding(
                    "contradiction", None,
                    f"封存 {other.name} 与 {bearing.name} 条数相同而树根不同:封存过两种历史",
                    f"seals {other.name} and {bearing.name} are over as many events and have "
                    "different roots: two histories were sealed",
                )
            )  # fmt: skip


def _foreign(report: Report, bearing: Bearing, known: Sequence[Verifier]) -> bool:
    """Whether the seal is of another log: another name, that no key of this store bears."""
    origin = bearing.seal.checkpoint.origin
    if origin == report.origin or any(key.name == origin for key in known):
        return False
    report.findings.append(
        Finding(
            "foreign", None, f"封存 {bearing.name} 属于另一本账 {origin},不是 {report.origin or '–'}",
            f"seal {bearing.name} is of another log, {origin}, not of {report.origin or '–'}",
        )
    )  # fmt: skip
    return True


def _locate(
    report: Report,
    store: Seals,
    wrong: Sequence[Bearing],
    comparison: Comparison,
    sound: int,
) -> None:
    """Names the first event that does not fit the seals in `wrong`, as closely as can be."""
    vouched, vouching = _vouched(store, wrong)
    first = wrong[0]
    at = comparison.differs
    if at is not None and at < vouched:
        zh, en = _what_happened(store, comparison, at, vouched)
        zh += f"(封存 {vouching})"
        en += f" (by seal {vouching})"
        report.findings.append(Finding("changed", at + 1, zh, en))
        return
    count = comparison.size
    short = [b for b in wrong if b.seal.size > count]
    changed = [b for b in wrong if b.seal.size <= count]
    if changed:
        bearing = changed[0]
        low, high = sound + 1, bearing.seal.size
        zh = f"第 {low:,} 至 {high:,} 号中有事件与封存 {bearing.name} 不符"
        en = f"among events {low:,} to {high:,} some do not fit seal {bearing.name}"
        if low < high:
            zh += ",没有可信的逐条哈希,指不出是哪一条"
            en += "; which one cannot be told, for want of leaves that the seal vouches for"
        report.findings.append(Finding("changed", low, zh, en))
        return
    if short:
        bearing = max(short, key=lambda b: b.seal.size)
        zh, en = _lost(report, bearing, count)
        report.findings.append(Finding("lost", count + 1, zh, en))
        return
    report.findings.append(
        Finding(
            "seal", None, f"封存 {first.name} 不含任何事件", f"seal {first.name} covers no event"
        )
    )


def _vouched(store: Seals, wrong: Sequence[Bearing]) -> tuple[int, str]:
    """How many of the kept leaves some seal vouches for, and which seal."""
    best, name = 0, ""
    tree, done = Range(), 0
    longest = max(b.seal.size for b in wrong)
    leaves = store.sealed_leaves(longest)
    for bearing in sorted(wrong, key=lambda b: b.seal.size):
        size = bearing.seal.size
        if size * HASH > len(leaves):
            break
        tree.extend(leaves[done * HASH : size * HASH])
        done = size
        if tree.root() == bearing.seal.checkpoint.root:
            best, name = size, bearing.name
    return best, name


def _what_happened(store: Seals, comparison: Comparison, at: int, vouched: int) -> tuple[str, str]:
    """What stands in the place of sealed leaf `at`."""
    leaves = store.sealed_leaves(vouched)
    found = leaves.find(comparison.instead)
    while found >= 0 and found % HASH:
        found = leaves.find(comparison.instead, found + 1)
    if found < 0:
        return (
            "内容、类型或标签与封存时不同,被改动过",
            "its content, type or tags are not what was sealed: it was changed",
        )
    other = found // HASH + 1
    if comparison.instead_at == other:
        return (
            f"这条不在了,后面是第 {other:,} 号:它被删除了",
            f"it is missing, event {other:,} follows: it was deleted",
        )
    return (
        f"在它位置上的是封存时的第 {other:,} 号:次序被换过,或它被删除而后面的补了上来",
        f"in its place stands what was sealed as event {other:,}: rows were swapped, or it was "
        "deleted and later ones moved up",
    )


def _lost(report: Report, bearing: Bearing, count: int) -> tuple[str, str]:
    size = bearing.seal.size
    zh = f"封存 {bearing.name} 有 {size:,} 条事件,这里只有 {count:,} 条:末尾的 {size - count:,} 条不在了"
    en = (
        f"seal {bearing.name} is over {size:,} events and here are {count:,}: the last "
        f"{size - count:,} are missing"
    )
    return (
        f"{zh};可能是较旧的副本,或复制时漏了 events.db-wal",
        f"{en}; perhaps this is an older copy, or was copied without its events.db-wal",
    )


def conclude(
    report: Report, scan: Scan, path: Path, bearings: Sequence[Bearing], *, given: bool
) -> None:
    """Says in plain words what was proved and what was not."""
    proved, unproved = report.proved, report.unproved
    if report.sealed:
        n = f"{report.sealed:,}"
        proved.append(
            (
                f"第 1 至 {n} 号事件,逐字节、按次序,就是封存时的那些,一条不少。",
                f"Events 1 to {n} are, byte for byte and in order, those that were sealed; none is missing.",
            )
        )
        fitting = sum(b.fits for b in bearings)
        if fitting > 1:
            proved.append(
                (
                    f"{fitting} 份封存彼此一致:后一份都只是在前一份之后续写。",
                    f"{fitting} seals agree with one another: each later one only adds to the earlier.",
                )
            )
    if not report.bad:
        proved.append(
            (
                "数据库文件完好;序号不断;每项操作完整;事件编号不重复;标签索引与事件一致。",
                "The database file is sound; numbers have no gap; every action is whole; no id occurs "
                "twice; the index of tags agrees with the events.",
            )
        )
    rest = report.events - report.sealed
    if rest > 0 and not report.bad:
        unproved.append(
            (
                f"最后 {rest:,} 条尚未封存:只查了形式,改动看不出来。",
                f"The last {rest:,} events are not sealed yet: only their form was checked, a change would not show.",
            )
        )
    if not given and not any(b.given and b.fits for b in bearings):
        unproved.append(
            (
                "公钥和封存都取自这份账本身:若有人连同密钥一起换掉,这里看不出来。请用另处保存的公钥(--key)或封存(--seal)再核一次。",
                "Key and seals come from inside the store: had somebody replaced them together with the "
                "events, it would not show here. Verify with a key (--key) or a seal (--seal) kept elsewhere.",
            )
        )
    unproved.append(
        (
            "没有更新的封存存在:这份账若是旧副本,只有另处保存的较新封存能看出来。",
            "That no newer seal exists: an older copy shows only against a newer seal kept elsewhere.",
        )
    )
    if still.is_wal(path) and not still.beside(path, "-wal").exists():
        unproved.append(
            (
                "旁边没有 events.db-wal:正常关闭后本来就没有;若复制时漏了它,最后一次封存之后的事件会不知不觉少掉。",
                "There is no events.db-wal: rightly so after an orderly close; had it been left behind in "
                "copying, events after the last seal would be missing unnoticed.",
            )
        )
    unproved.append(
        (
            "所记是否属实、登记时间是否准确:那是登记者的说法。",
            "That what was recorded is true and its times right: that is what the writers say.",
        )
    )
    if scan.set_back:
        report.findings.append(
            Finding(
                "clock", scan.set_back_at, f"登记时间往回走过,共 {scan.set_back:,} 条:时钟被拨回,或几台机器的钟不齐",
                f"times of recording go back, {scan.set_back:,} events in all: a clock was set back, or "
                "clocks of several machines differ", bad=False,
            )
        )  # fmt: skip
