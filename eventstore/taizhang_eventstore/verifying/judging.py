"""Holding seals against a log that was read (封存比对): who signed them, and do they fit.

A seal by itself tells only that something among its events is not as it was. Which one, the
hashes in ``seals/leaves.bin`` tell, as soon as the seal's own root comes out of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taizhang_eventstore.seals.note import NoteUnverified
from taizhang_eventstore.seals.tree import HASH, Range
from taizhang_eventstore.verifying.scanning import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.seals.note import Verifier
    from taizhang_eventstore.seals.seals import Seals
    from taizhang_eventstore.verifying.comparing import Comparison
    from taizhang_eventstore.verifying.report import Report


@dataclass(slots=True)
class Bearing:
    """A seal, where it comes from, and what became of it."""

    name: str
    seal: Seal
    given: bool
    """Kept elsewhere and handed in, not found in the store."""

    rank: int = 0
    """What it is worth: 2 by a key or a hand from elsewhere, 1 by the store's own key, 0 nothing."""

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
        bearing.rank = _rank(report, bearing, known, given)
        head = bearing.seal.checkpoint
        bearing.fits = comparison.roots.get(head.size) == head.root if head.size else False
    if bearings and not known and not any(b.given for b in bearings):
        report.findings.append(
            Finding(
                "key", None, "没有公钥，封存上的签名无从核对",
                "there is no public key to check the signatures with",
            )
        )  # fmt: skip
    if not comparison.size and any(f.code == "damaged" for f in report.bad):
        return
    ours = [b for b in bearings if b.fits or not _foreign(report, b, known)]
    wrong = sorted((b for b in ours if not b.fits and b.rank), key=lambda b: (-b.rank, b.seal.size))
    # A seal that is worth less cannot speak for events that a better one speaks against.
    best = max((b.rank for b in ours), default=0)
    limit = min((b.seal.size for b in wrong if b.rank == best), default=None)
    if known or any(b.given for b in ours):
        report.sealed = max(
            (
                b.seal.size
                for b in ours
                if b.fits and 0 < b.rank == best and (limit is None or b.seal.size < limit)
            ),
            default=0,
        )
    if wrong:
        wrong = [b for b in wrong if b.rank == wrong[0].rank]
        _contradictions(report, ours, wrong[0])
        low = [b.seal.size for b in ours if b.fits and b.rank >= wrong[0].rank]
        sound = max((size for size in low if size < wrong[0].seal.size), default=0)
        _locate(report, store, wrong, comparison, sound)
    elif comparison.differs is not None and comparison.differs < report.sealed:
        report.findings.append(
            Finding(
                "leaves", None, "seals/leaves.bin 与封存不符，事件相符；删去此文件，下次封存会重做",
                "seals/leaves.bin does not fit the seals, the events do; delete that file, the next "
                "sealing makes it anew", bad=False,
            )
        )  # fmt: skip


def _rank(report: Report, bearing: Bearing, known: Sequence[Verifier], given: bool) -> int:
    """Judges what a seal is worth; a signature that is missing or false is told."""
    if not known:
        # A seal that somebody kept elsewhere speaks by its root.
        return 2 if bearing.given else 1
    try:
        bearing.seal.note.check(known)
    except NoteUnverified as error:
        zh, en = error.pair
        if given:
            more = ("树可能被没有私钥的人重做过", "the tree was rebuilt without the key")
        else:
            more = ("库内的公钥可能被换过", "the public key in the store was replaced")
        report.findings.append(
            Finding(
                "signature", None, f"封存 {bearing.name}：{zh}{more[0]}。",
                f"seal {bearing.name}: {en} Perhaps {more[1]}.",
            )
        )  # fmt: skip
        return 2 if bearing.given and not given else 0
    return 2 if given else 1


def _contradictions(report: Report, bearings: Sequence[Bearing], wrong: Bearing) -> None:
    """A seal that fits over more events than one that does not: two histories were sealed."""
    for other in bearings:
        if other.fits and other.rank >= wrong.rank and other.seal.size >= wrong.seal.size:
            report.findings.append(
                Finding(
                    "contradiction", None,
                    f"封存 {other.name} 与 {wrong.name} 不能都对：封存过两种历史",
                    f"seals {other.name} and {wrong.name} cannot both be right: two histories were "
                    "sealed",
                )
            )  # fmt: skip
            return


def _foreign(report: Report, bearing: Bearing, known: Sequence[Verifier]) -> bool:
    """Tells if the seal is of another log: another name, that no key of this store bears."""
    origin = bearing.seal.checkpoint.origin
    if origin == report.origin or any(key.name == origin for key in known):
        return False
    report.findings.append(
        Finding(
            "foreign", None, f"封存 {bearing.name} 属于另一本账 {origin}，不是 {report.origin or '–'}",
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
        zh += f"（封存 {vouching}）"
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
            zh += "，没有可信的逐条哈希，指不出是哪一条"
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
    """Tells how many of the kept leaves some seal vouches for, and which seal."""
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
    """Says what stands in the place of sealed leaf `at`."""
    leaves = store.sealed_leaves(vouched)
    found = leaves.find(comparison.instead)
    while found >= 0 and found % HASH:
        found = leaves.find(comparison.instead, found + 1)
    if found < 0:
        return (
            "内容、类型或标签与封存时不同，被改动过",
            "its content, type or tags are not what was sealed: it was changed",
        )
    other = found // HASH + 1
    if comparison.instead_at == other:
        return (
            f"这条不在了，后面是第 {other:,} 号：它被删除了",
            f"it is missing, event {other:,} follows: it was deleted",
        )
    return (
        f"在它位置上的是封存时的第 {other:,} 号：次序被换过，或它被删除而后面的补了上来",
        f"in its place stands what was sealed as event {other:,}: rows were swapped, or it was "
        "deleted and later ones moved up",
    )


def _lost(report: Report, bearing: Bearing, count: int) -> tuple[str, str]:
    size = bearing.seal.size
    zh = f"封存 {bearing.name} 有 {size:,} 条事件，这里只有 {count:,} 条：末尾的 {size - count:,} 条不在了"
    en = (
        f"seal {bearing.name} is over {size:,} events and here are {count:,}: the last "
        f"{size - count:,} are missing"
    )
    return (
        f"{zh}；可能是较旧的副本，或复制时漏了 events.db-wal",
        f"{en}; perhaps this is an older copy, or was copied without its events.db-wal",
    )
