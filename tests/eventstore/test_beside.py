"""A false alarm is as bad as none: a log in use is verified without a false word, whatever is done beside."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from taizhang_eventstore.recorders.examining import Examined, examined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Store = Any

LONG = 1_000_000
"""So many appends that the log is never opened anew."""


@pytest.fixture
def busy(
    new_store: Callable[[str], Store], worker: Callable[..., subprocess.Popen[str]]
) -> Iterator[Store]:
    """A sealed log to which four processes append: two keep it open, two open it anew again and again."""
    store = new_store("store")
    store.append(*[1] * 500)
    store.create_key()
    store.seal()
    processes = [
        worker("busy", store.path, name, times)
        for name, times in (("a", LONG), ("b", LONG), ("c", 3), ("d", 1))
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    yield store
    assert [p.poll() for p in processes] == [None] * 4, "one of them has failed"
    for process in processes:
        process.kill()


@pytest.fixture
def now_and_then(
    new_store: Callable[[str], Store], worker: Callable[..., subprocess.Popen[str]]
) -> Iterator[Store]:
    """A log that nobody has open most of the time: commands come and go, and take their write-ahead log along."""
    store = new_store("store")
    store.append(*[1] * 8_000)
    store.create_key()
    store.seal()
    process = worker("busy", store.path, "a", 1)
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    yield store
    assert process.poll() is None, "it has failed"
    process.kill()


def _without_a_false_word(store: Store, runs: int) -> None:
    heads = []
    for _ in range(runs):
        report = store.verify()
        assert report.findings == [], report.text("en")
        assert report.sealed >= 500
        heads.append(report.events)
    assert heads == sorted(heads)
    assert heads[-1] > heads[0], "nobody was at work"
    whole = examined(store.path, _soundness)
    assert whole == ([], True)


def _soundness(log: Examined) -> tuple[list[str], bool]:
    given = log.given()
    return log.faults(full=True), given <= log.head()


def test_a_log_in_use_verifies(busy: Store) -> None:
    _without_a_false_word(busy, 40)


def test_a_log_that_is_opened_and_closed_verifies(now_and_then: Store) -> None:
    _without_a_false_word(now_and_then, 8)


@pytest.mark.slow
def test_a_log_in_use_verifies_five_hundred_times(busy: Store) -> None:
    _without_a_false_word(busy, 500)
