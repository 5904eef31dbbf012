"""The leaf of the tree over the log (封存树的叶): which bytes stand for one event.

A leaf is made of what is stored, byte for byte: nothing is parsed or written anew to hash it.
The layout is part of the file format, in eventstore/README.md; a change of it is a new
algorithm id.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

DOMAIN: Final = b"taizhang.event.leaf\n"
"""Begins every leaf, so that no leaf is the bytes of something else."""

ALGORITHM: Final = b"\x01"
"""1: SHA-256, tree as in RFC 6962, layout as in `leaf_bytes`."""

_LEAF_PREFIX: Final = b"\x00"


def _prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(8) + part


def leaf_bytes(type_: str, tags: Sequence[str], data: bytes) -> bytes:
    """The bytes of one event: domain, algorithm, type, number of tags, tags, data.

    Texts in UTF-8; type, each tag and data are preceded by their length in bytes, the tags by
    their number; lengths and number are 8 bytes, big-endian. Tags are in stored order.

    Args:
        type_: The stored type.
        tags: The tags, in stored order.
        data: The stored bytes.
    """
    parts = [DOMAIN, ALGORITHM, _prefixed(type_.encode()), len(tags).to_bytes(8)]
    parts += [_prefixed(tag.encode()) for tag in tags]
    parts.append(_prefixed(data))
    return b"".join(parts)


def leaf_hash(type_: str, tags: Sequence[str], data: bytes) -> bytes:
    """The RFC 6962 hash of the leaf, 32 bytes: SHA-256 over 0x00 and `leaf_bytes`.

    Args:
        type_: The stored type.
        tags: The tags, in stored order.
        data: The stored bytes.
    """
    return hashed(leaf_bytes(type_, tags, data))


def hashed(leaf: bytes) -> bytes:
    """The RFC 6962 hash of a leaf's bytes."""
    return hashlib.sha256(_LEAF_PREFIX + leaf).digest()


def leaf_parts(leaf: bytes) -> tuple[str, list[str], bytes] | None:
    """Type, tags and data of a leaf, as `leaf_bytes` put them together; None if it is none."""
    head = DOMAIN + ALGORITHM
    at = len(head)

    def number() -> int:
        nonlocal at
        at += 8
        return int.from_bytes(leaf[at - 8 : at])

    def part() -> bytes:
        nonlocal at
        size = number()
        at += size
        return leaf[at - size : at]

    try:
        type_ = part().decode()
        count = number()
        # More tags than bytes: not a leaf, and not worth counting them.
        tags = [part().decode() for _ in range(count)] if count <= len(leaf) else []
        data = part()
    except UnicodeDecodeError:
        return None
    return (type_, tags, data) if leaf == leaf_bytes(type_, tags, data) else None
