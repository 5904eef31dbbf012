"""Following a log: own appends, those of others, and a log that is closed meanwhile."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from eventsourcing.dcb.api import DCBEvent, DCBQuery, DCBQueryItem

from taizhang_eventstore.errors import (
    StoreError,
)
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from pathlib import Path


def event(type_: str = "a@1", *tags: str) -> DCBEvent:
    return DCBEvent(type_, b"{}", list(tags))


def tagged(*tags: str) -> DCBQuery:
    return DCBQuery([DCBQueryItem(tags=[tag]) for tag in tags])


def test_subscription_sees_other_processes(recorder: SQLiteDCBRecorder, path: Path) -> None:
    """A recorder of its own stands for another process: it wakes nobody here."""
    with (
        SQLiteDCBRecorder(path) as other,
        recorder.subscribe(tagged("x"), after=0) as subscription,
    ):
        other.append([event("a@1", "y"), event("a@1", "x")])
        assert next(subscription).position == 2
        timer = threading.Timer(0.3, other.append, [[event("a@1", "x")]])
        timer.start()
        assert next(subscription).position == 3
        timer.join()


def test_subscription_misses_nothing(recorder: SQLiteDCBRecorder, path: Path) -> None:
    with SQLiteDCBRecorder(path) as other, recorder.subscribe() as subscription:

        def work() -> None:
            for k in range(300):
                (other if k % 2 else recorder).append([event()])

        thread = threading.Thread(target=work)
        thread.start()
        assert [next(subscription).position for _ in range(300)] == list(range(1, 301))
        thread.join()


def test_subscription_tells_of_a_closed_log(path: Path) -> None:
    recorder = SQLiteDCBRecorder(path)
    with recorder.subscribe() as subscription:
        recorder.close()
        with pytest.raises(StoreError):
            next(subscription)
