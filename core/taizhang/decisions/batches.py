"""Batches (批次): what was recorded as one, and reverting it as one.

The events of a batch are appended together and bear one correlation. A revert goes through its actions
from the last to the first, each tried by itself: what the batch did in order is undone in the reverse
order, so that nothing stands in the way but what was recorded since. A revert is a batch as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.decisions.amendments import corrected_since, void_together
from taizhang.decisions.decision import Attempt, run
from taizhang.decisions.requests import Receipt
from taizhang.decisions.targets import Target, target_of, void_already
from taizhang.words.errors import Dependents, NotFound, TaizhangError, sentence
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.decisions.opened import Opened
    from taizhang_eventstore.recorded import Recorded


class Kept(Struct, frozen=True):
    """An event of a batch that a revert leaves as it is, and why."""

    seq: int
    why: Label


class Reverted(Struct, frozen=True):
    """The outcome of a revert: positions in the batch, and the receipt of what was recorded for it."""

    reverted: tuple[int, ...]
    kept: tuple[Kept, ...]
    already: tuple[int, ...]
    """Those that were void before."""
    receipt: Receipt


class Reverting:
    """The lists of a revert while it is planned; begun anew in every attempt."""

    def __init__(self) -> None:
        self.reverted: list[int] = []
        self.kept: list[Kept] = []
        self.already: list[int] = []

    def done(self, receipt: Receipt) -> Reverted:
        """The lists, in order of position."""
        kept = tuple(sorted(self.kept, key=lambda k: k.seq))
        already = tuple(sorted(self.already))
        return Reverted(tuple(sorted(self.reverted)), kept, already, receipt)


@contextmanager
def together(store: Opened) -> Iterator[None]:
    """Opens a batch: all that is recorded within belongs to it."""
    store.correlation = store.ambient.event_id()
    try:
        yield
    finally:
        store.correlation = None


def events_of(store: Opened, batch: str) -> list[Recorded]:
    """The events of a batch, in order. Raises :class:`NotFound`."""
    first, last = store.ledger.db.execute(
        "SELECT min(first), max(last) FROM _batches WHERE batch = ?", (batch,)
    ).fetchone()
    if first is None:
        raise NotFound("没有批次 {batch}|there is no batch {batch}", batch=batch)
    found = store.log.read(after=first - 1, until=last)
    return [e for e in found if e.envelope.correlation == batch]


def revert(
    store: Opened,
    batch: str,
    reason: str,
    *,
    commit: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Reverted:
    """Takes back every event of a batch on which nothing recorded since stands, in one append.

    Args:
        store: the open store.
        batch: the id that the batch's receipt names.
        reason: why.
        commit: append; otherwise it is a preview.
        progress: told how many of how many events were looked at.

    Returns:
        The positions that were reverted, those that were kept and why, and those void before. The batch of
        the receipt reverts the revert.

    Raises:
        NotFound: there is no such batch.
    """
    lists = Reverting()

    def plan(attempt: Attempt) -> None:
        nonlocal lists
        lists = plan_revert(attempt, batch, reason, progress)

    with together(store):
        receipt = run(store, plan, commit=commit)
    return lists.done(receipt)


def plan_revert(
    attempt: Attempt,
    batch: str,
    reason: str,
    progress: Callable[[int, int], None] | None = None,
) -> Reverting:
    """Adds a void of every event of a batch that nothing recorded since stands on.

    Args:
        attempt: the attempt that the voids become part of.
        batch: the batch's id.
        reason: why.
        progress: called with how many events were looked at, and of how many.

    Returns:
        The lists of what is reverted, kept, and was void before.

    Raises:
        NotFound: when there is no such batch.
    """
    made = Reverting()
    events = events_of(attempt.store, batch)
    actions = [list(some) for _, some in groupby(events, key=lambda e: e.envelope.action)]
    done = 0
    for action in reversed(actions):
        _revert(attempt, batch, action, reason, made)
        done += len(action)
        if progress is not None:
            progress(done, len(events))
    return made


def _revert(
    attempt: Attempt, batch: str, action: Sequence[Recorded], reason: str, made: Reverting
) -> None:
    """Voids what is left of one action, whole or not at all."""
    living: list[int] = []
    try:
        targets: list[Target] = []
        for event in action:
            target = target_of(attempt, event.position)
            if void_already(target):
                made.already.append(event.position)
            else:
                targets.append(target)
                living.append(event.position)
        if not targets:
            return
        if (why := _corrected(batch, targets)) is None:
            void_together(attempt, targets, reason)
            made.reverted += living
            return
    except TaizhangError as error:
        why = _why(error)
        known = {*made.already, *living}
        living += [e.position for e in action if e.position not in known]
    made.kept += [Kept(seq, why) for seq in living]


def _corrected(batch: str, targets: Sequence[Target]) -> Label | None:
    """Why a fact stays that was corrected since: the correction would go with it."""
    found = [c for t in targets for c in corrected_since(t) if c.envelope.correlation != batch]
    if not found:
        return None
    listed = " ".join(f"#{c.position}" for c in found)
    return Label(f"后来更正过（{listed}）", f"was corrected since ({listed})")


def _why(error: TaizhangError) -> Label:
    if isinstance(error, Dependents):
        zh, en = sentence(error.findings, "zh"), sentence(error.findings, "en")
        return Label(f"有依赖它的记录：{zh}", f"others depend on it: {en}")
    return Label(*error.pair)
