"""Holding the lists beside a log against its seals (清单核对): who looked, and that no such line was taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.seals.chained import Head, of_sealed, walk
from taizhang_eventstore.verifying.scanning import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.verifying.report import Report


def hold(report: Report, root: Path, seals: Iterable[Seal]) -> None:
    """Holds each list that a seal names against the file beside the log; tells in `report` what was found.

    Args:
        report: the report.
        root: the directory of the store.
        seals: those that fit the log and are believed.
    """
    sealed: dict[str, set[Head]] = {}
    for seal in seals:
        for name, head in filter(None, map(of_sealed, seal.checkpoint.extensions)):
            sealed.setdefault(name, set()).add(head)
    for name, wanted in sorted(sealed.items()):
        n = max(head.lines for head in wanted)
        if not (root / name).exists() and not (root / "keys.db").exists():
            # A log with its seals that was handed on: nobody has taken the list out of a store.
            report.unproved.append(
                (
                    f"{name} 不在这里：封存时它有 {n:,} 行。",
                    f"{name} is not here: it had {n:,} lines when it was sealed.",
                )
            )
            continue
        found = _broken(root / name, name, wanted)
        if found is not None:
            report.findings.append(found)
            continue
        report.proved.append(
            (
                f"{name} 的前 {n:,} 行就是封存时的那些，一行不少。",
                f"The first {n:,} lines of {name} are those that were sealed; none is missing.",
            )
        )


def _broken(path: Path, name: str, wanted: set[Head]) -> Finding | None:
    left = {head.lines: head for head in wanted if head.lines}
    try:
        for head, fits in walk(path):
            n = head.lines
            if not fits:
                return _said(
                    f"{name} 第 {n:,} 行与前一行接不上：有人删过、改过或插过行",
                    f"line {n:,} of {name} does not follow the one before: lines were deleted, changed or put in",
                )
            if left.pop(n, head) != head:
                return _said(
                    f"{name} 的前 {n:,} 行不是封存时的那些",
                    f"the first {n:,} lines of {name} are not those that were sealed",
                )
    except StoreError as error:
        return _said(*error.pair)
    if left:
        n = min(left)
        return _said(
            f"{name} 封存时有 {n:,} 行，现在没有这么多：有人删过",
            f"{name} had {n:,} lines when it was sealed and has fewer now: some were deleted",
        )
    return None


def _said(zh: str, en: str) -> Finding:
    return Finding("list", None, zh, en)
