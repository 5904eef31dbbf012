"""The seal's state in the words of the top line: a mark and a word for each, colour only besides."""

from __future__ import annotations

from taizhang_tui.desk.sealstate import SealState
from taizhang_tui.widgets.frame import Seal
from taizhang_tui.words import say


def seal_words(state: SealState, language: str) -> Seal:
    """Returns the seal for the top line: sealed to the end, events since, never, failed, or cut off."""
    if state.older is not None:
        return Seal(
            say("✗ 日志是旧的，不能登记|✗ older log, nothing is recorded", language),
            say("✗ 旧日志|✗ older log", language),
            "broken",
        )
    if state.torn:
        return Seal(
            say("✗ 日志短于封存 #{n}|✗ log shorter than seal #{n}", language).format(
                n=f"{state.sealed:,}"
            ),
            say("✗ 封存|✗ seal", language),
            "broken",
        )
    if state.trouble is not None:
        return Seal(say("✗ 封存未成|✗ not sealed", language), "✗", "broken")
    if not state.sealed:
        return Seal(say("未封存|never sealed", language), say("未封|unsealed", language), "due")
    sealed = say("封存|sealed", language) + f" #{state.sealed:,}"
    if state.since:
        since = say("未封 {n}|{n} since", language).format(n=f"{state.since:,}")
        return Seal(f"{sealed} {since}", since)
    return Seal(f"{sealed} ✓", say("封存 ✓|sealed ✓", language))
