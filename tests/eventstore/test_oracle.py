"""The SQLite recorder does what the library's recorder in memory does, on random histories."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem, DCBRecorder
from eventsourcing.dcb.popo import InMemoryDCBRecorder
from eventsourcing.persistence import IntegrityError
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang_eventstore.recorders import portable, reading
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

types = st.sampled_from(["a@1", "a@2", "ab@1", "b@1", ""])
tags = st.sampled_from(["x", "y", "z", "党员", "x'y", ""])
events = st.builds(DCBEvent, types, st.binary(max_size=4), st.lists(tags, max_size=4))
items = st.builds(DCBQueryItem, st.lists(types, max_size=3), st.lists(tags, max_size=3))
queries = st.builds(DCBQuery, st.lists(items, max_size=4))
positions = st.none() | st.integers(0, 30)
conditions = st.none() | st.builds(DCBAppendCondition, queries, positions)
appends = st.lists(st.tuples(st.lists(events, min_size=1, max_size=5), conditions), max_size=8)
reads = st.lists(
    st.tuples(st.none() | queries, positions, st.none() | st.integers(0, 12)), max_size=8
)


def outcome(recorder: DCBRecorder, batch: list[DCBEvent], condition: Any) -> int | str:
    try:
        return recorder.append(batch, condition)
    except IntegrityError:
        return "refused"


def plain(event: DCBEvent) -> tuple[str, bytes, tuple[str, ...]]:
    """An event without repeated tags: ours stores each once, in the order of the first."""
    return event.type, event.data, tuple(dict.fromkeys(event.tags))


@settings(max_examples=100, deadline=None)
@given(appends, reads, st.integers(1, 4))
def test_same_as_in_memory(history: Any, questions: Any, page: int) -> None:
    before = reading.PAGE
    reading.PAGE = page  # type: ignore[misc]
    try:
        with (
            tempfile.TemporaryDirectory() as directory,
            SQLiteDCBRecorder(Path(directory, "events.db")) as ours,
        ):
            oracle = InMemoryDCBRecorder()
            for batch, condition in history:
                assert outcome(ours, batch, condition) == outcome(oracle, batch, condition)
            for query, after, limit in questions:
                mine = ours.read(query, after=after, limit=limit)
                theirs = oracle.read(query, after=after, limit=limit)
                assert [(s.position, plain(s.event)) for s in mine] == [
                    (s.position, plain(s.event)) for s in theirs
                ]
                assert mine.head == theirs.head
            assert ours.head() == portable.head(oracle)
            assert ours.counts() == portable.counts(oracle)
    finally:
        reading.PAGE = before  # type: ignore[misc]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(events, min_size=1, max_size=25),
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.integers(0, 8),
            st.sampled_from(["", "a", "a@", "ab", "c", "%"]),
            st.none() | tags,
        ),
        max_size=8,
    ),
    st.lists(st.tuples(st.lists(items, max_size=3), positions, positions), max_size=5),
)
def test_portable_is_the_same(history: Any, looks: Any, questions: Any) -> None:
    """What other backends do with the port alone, and SQLite by itself, agree."""
    with (
        tempfile.TemporaryDirectory() as directory,
        SQLiteDCBRecorder(Path(directory, "events.db")) as ours,
    ):
        oracle = InMemoryDCBRecorder()
        ours.append(history)
        oracle.append(history)
        for until, limit, prefix, tag in looks:
            mine = ours.backwards(before=until + 1, limit=limit, prefix=prefix, tag=tag)
            theirs = portable.backwards(oracle, min(until, 25), limit, prefix, tag)
            assert [s.position for s in mine] == [s.position for s in theirs]
            every = ours.positions(until=until, prefix=prefix, tag=tag)
            assert every == portable.positions(oracle, min(until, 25), prefix, tag)
            all_of_them = ours.backwards(before=until + 1, limit=30, prefix=prefix, tag=tag)
            assert list(every) == [s.position for s in all_of_them][::-1]
        for asked, after, until in questions:
            end = ours.head() if until is None else until
            mine = list(ours.read(DCBQuery(asked), after=after, until=until))
            theirs = list(portable.read(oracle, asked, after or 0, end, size=3))
            assert [s.position for s in mine] == [s.position for s in theirs]
