"""Nothing is forked beside a thread, also one that Python's own list does not have."""

import _thread
import threading

import pytest

from taizhang_eventstore import forking


def test_a_thread_that_nobody_lists_forbids_forking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forking.os, "sched_getaffinity", lambda _: {0, 1, 2})
    before, listed = forking.threads(), threading.active_count()
    begun, done = _thread.allocate_lock(), _thread.allocate_lock()
    begun.acquire()
    done.acquire()

    def wait() -> None:
        begun.release()
        done.acquire()

    _thread.start_new_thread(wait, ())
    try:
        begun.acquire()
        assert threading.active_count() == listed
        assert forking.threads() == before + 1
        assert forking.shared_by() == 1
    finally:
        done.release()
    monkeypatch.setattr(forking, "threads", lambda: 1)
    assert forking.shared_by() == 3
    monkeypatch.setattr(forking.sys, "platform", "darwin")
    assert forking.shared_by() == 1
