"""The leaf of the tree: a fixed layout, and no two events with the same bytes."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from taizhang_eventstore.seals.merkle import leaf_bytes, leaf_hash

events = st.tuples(
    st.text("ab", max_size=3),
    st.lists(st.text("ab", max_size=2), max_size=3),
    st.binary(max_size=3),
)


def test_layout() -> None:
    """Byte for byte as the README describes it, so that it cannot change unnoticed."""
    length = b"\0\0\0\0\0\0\0"
    expected = (
        b"taizhang.event.leaf\n\x01"
        + (length + b"\x03" + b"a@1")
        + (length + b"\x02")
        + (length + b"\x03" + "党".encode())
        + (length + b"\x00")
        + (length + b"\x02" + b"{}")
    )
    assert leaf_bytes("a@1", ["党", ""], b"{}") == expected
    assert leaf_hash("a@1", ["党", ""], b"{}") == hashlib.sha256(b"\0" + expected).digest()
    assert (
        leaf_hash("a@1", [], b"{}").hex()
        == "a3fed9870627183d27f2449096424110bf5567fb1532ae31629a9eaa3480c0ac"
    )


@given(events, events)
def test_different_events_have_different_leaves(one: object, other: object) -> None:
    assert (leaf_bytes(*one) == leaf_bytes(*other)) == (one == other)  # type: ignore[misc]
