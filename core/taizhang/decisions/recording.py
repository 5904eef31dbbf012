"""Recording requests: one, or many in one append."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from taizhang.decisions.decision import Attempt, run
from taizhang.decisions.opened import Opened
from taizhang.decisions.requests import Receipt, Request


def record(
    store: Opened,
    requests: Sequence[Request],
    *,
    commit: bool = True,
    accept: bool = False,
    action_id: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Receipt:
    """Decides requests one after the other, each seeing what those before it did, and appends them all or none.

    Args:
        store: the open store.
        requests: what is wanted.
        commit: append; otherwise it is a preview.
        accept: take soft findings without a reason.
        action_id: of a single request: recorded under it already, nothing is recorded again.
        progress: told how many of how many are decided.

    Raises:
        TaizhangError: one of them is refused; then nothing is recorded.
    """

    def plan(attempt: Attempt) -> Receipt | None:
        # Here, and not before: another process may be recording the very same.
        if action_id is not None and (done := _done(store, action_id)) is not None:
            return done
        for i, request in enumerate(requests, 1):
            decided = attempt.decide(request)
            decided.action_id = action_id
            attempt.add(decided, accept=accept)
            if progress is not None:
                progress(i, len(requests))
        return None

    return run(store, plan, commit=commit)


def _done(store: Opened, action_id: str) -> Receipt | None:
    events = list(store.log.read(tags=[f"action:{action_id}"]))
    if not events:
        return None
    return Receipt(tuple(e.position for e in events), {}, (), tuple(events), (action_id,))


__all__ = ["record"]
