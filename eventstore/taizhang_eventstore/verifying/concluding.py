"""What a verification proved and what it could not (核验结论), in words that need no training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang_eventstore.recorders import still
from taizhang_eventstore.verifying.scanning import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from taizhang_eventstore.verifying.judging import Bearing
    from taizhang_eventstore.verifying.report import Report
    from taizhang_eventstore.verifying.scanning import Scan


def conclude(
    report: Report, scan: Scan, path: Path, bearings: Sequence[Bearing], *, given: bool
) -> None:
    """Says in plain words what was proved and what was not."""
    proved, unproved = report.proved, report.unproved
    if report.sealed:
        proved += _vouched(report, bearings, given=given)
        fitting = sum(b.fits and 0 < b.seal.size <= report.sealed for b in bearings)
        if fitting > 1:
            proved.append(
                (
                    f"{fitting} 份封存彼此一致：后一份都只是在前一份之后续写。",
                    f"{fitting} seals agree with one another: each later one only adds to the earlier.",
                )
            )
    if not report.bad:
        proved.append(
            (
                "数据库文件完好；序号不断；每项操作完整；事件编号不重复；标签索引与事件一致。",
                "The database file is sound; numbers have no gap; every action is whole; no id occurs "
                "twice; the index of tags agrees with the events.",
            )
        )
    rest = report.events - report.sealed
    if rest > 0 and not report.bad:
        unproved.append(
            (
                f"最后 {rest:,} 条尚未封存：只查了形式，改动看不出来。",
                f"The last {rest:,} events are not sealed yet: only their form was checked, a change would not show.",
            )
        )
    if not given and not any(b.given and b.fits for b in bearings):
        unproved.append(
            (
                "公钥和封存都取自这份账本身：若有人连同密钥一起换掉，这里看不出来。请用另处保存的公钥（--key）或封存（--seal）再核一次。",
                "Key and seals come from inside the store: had somebody replaced them together with the "
                "events, it would not show here. Verify with a key (--key) or a seal (--seal) kept elsewhere.",
            )
        )
    unproved.append(
        (
            "没有更新的封存存在：这份账若是旧副本，只有另处保存的较新封存能看出来。",
            "That no newer seal exists: an older copy shows only against a newer seal kept elsewhere.",
        )
    )
    if still.is_wal(path) and not still.beside(path, "-wal").exists():
        unproved.append(
            (
                "旁边没有 events.db-wal：正常关闭后本来就没有；若复制时漏了它，最后一次封存之后的事件会不知不觉少掉。",
                "There is no events.db-wal: rightly so after an orderly close; had it been left behind in "
                "copying, events after the last seal would be missing unnoticed.",
            )
        )
    unproved.append(
        (
            "所记是否属实、登记时间是否准确：那是登记者的说法。",
            "That what was recorded is true and its times right: that is what the writers say.",
        )
    )
    if scan.set_back:
        report.findings.append(
            Finding(
                "clock", scan.set_back_at, f"登记时间往回走过，共 {scan.set_back:,} 条：时钟被拨回，或几台机器的钟不齐",
                f"times of recording go back, {scan.set_back:,} events in all: a clock was set back, or "
                "clocks of several machines differ", bad=False,
            )
        )  # fmt: skip


def _vouched(report: Report, bearings: Sequence[Bearing], *, given: bool) -> list[tuple[str, str]]:
    """Tells which events are as they were sealed, by each authority: one from elsewhere, and the store's own key."""
    yours = max((b.seal.size for b in bearings if b.given and b.fits), default=0)
    by, by_en = "凭你给的封存", "by the seal that you gave"
    if given:
        yours, by, by_en = report.sealed, "凭你给的公钥", "by the key that you gave"
    elif not yours:
        yours, by, by_en = report.sealed, "凭本账自己的密钥", "by the store's own key"
    yours = min(yours, report.sealed)
    n = f"{yours:,}"
    said = [
        (
            f"第 1 至 {n} 号事件，逐字节、按次序，就是封存时的那些，一条不少（{by}）。",
            f"Events 1 to {n} are, byte for byte and in order, those that were sealed; none is missing ({by_en}).",
        )
    ]
    if yours < report.sealed:
        n, m = f"{yours + 1:,}", f"{report.sealed:,}"
        said.append(
            (
                f"第 {n} 至 {m} 号事件也是封存时的那些，但只有本账自己的密钥作证：你给的封存不含它们，换掉密钥的人也能重做。",
                f"Events {n} to {m} are those that were sealed, too, by the store's own key only: the seal that you gave "
                "does not cover them, and whoever replaced the key could have made them.",
            )
        )
    return said
