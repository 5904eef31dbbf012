"""The tree: roots as Certificate Transparency published them, every proof up to 130 leaves."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang_eventstore.seals import tree
from taizhang_eventstore.seals.merkle import hashed
from taizhang_eventstore.seals.tree import EMPTY, HASH, Range, node

# From the reference tests of certificate-transparency: leaves, and the roots over the first of them.
LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
MOST = 130


def leaves(count: int) -> bytes:
    return b"".join(hashed(b"%d" % k) for k in range(count))


def plain_root(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962, 2.1 writes it down."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY
    half = 1
    while 2 * half < len(hashes):
        half *= 2
    return node(plain_root(hashes[:half]), plain_root(hashes[half:]))


def split(joined: bytes) -> list[bytes]:
    return [joined[k : k + HASH] for k in range(0, len(joined), HASH)]


def test_the_empty_tree() -> None:
    assert tree.root(b"") == EMPTY == Range().root() == sha256(b"").digest()
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_of_certificate_transparency(size: int) -> None:
    joined = b"".join(hashed(bytes.fromhex(leaf)) for leaf in LEAVES[:size])
    assert tree.root(joined).hex() == ROOTS[size - 1]


def test_proofs_of_certificate_transparency() -> None:
    joined = b"".join(hashed(bytes.fromhex(leaf)) for leaf in LEAVES)
    assert [h.hex()[:16] for h in tree.inclusion(joined, 0)] == [
        "96a296d224f285c6",
        "5f083f0a1a33ca07",
        "6b47aaf29ee3c2af",
    ]
    assert [h.hex()[:16] for h in tree.inclusion(joined, 5)] == [
        "bc1a0643b12e4d2d",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]
    assert [h.hex()[:16] for h in tree.consistency(joined, 6)] == [
        "0ebc5d3437fbe2db",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]


@pytest.mark.parametrize("size", range(1, MOST + 1))
def test_every_proof(size: int) -> None:
    joined = leaves(size)
    root = tree.root(joined)
    assert root == plain_root(split(joined))
    other = hashed(b"other")
    for index, leaf in enumerate(split(joined)):
        path = tree.inclusion(joined, index)
        assert tree.includes(root, size, index, leaf, path)
        assert not tree.includes(root, size, index, other, path)
        assert not tree.includes(root, size, index, leaf, [*path, other])
        assert not path or not tree.includes(root, size, index, leaf, path[:-1])
        assert not tree.includes(root, size, size, leaf, path)
        assert not path or not tree.includes(root, size, index ^ 1, leaf, path)
    for old in range(size + 1):
        path = tree.consistency(joined, old)
        before = tree.root(joined[: old * HASH])
        assert tree.continues(before, old, root, size, path)
        assert not tree.continues(other, old, root, size, path)
        # No leaf at all begins every tree.
        assert tree.continues(before, old, other, size, path) == (old == 0)
        assert not tree.continues(before, old, root, size, [*path, other])
        assert not path or not tree.continues(before, old, root, size, path[:-1])


@given(st.lists(st.integers(0, 40), max_size=12))
def test_growing_in_any_steps_is_building_at_once(steps: list[int]) -> None:
    joined, grown = leaves(sum(steps)), Range()
    done = 0
    for step in steps:
        grown.extend(joined[done * HASH : (done + step) * HASH])
        done += step
        assert grown.size == done
        # What is written to the file of peaks and read again goes on as well.
        grown = Range.of(done, grown.hashes())
        assert grown.root() == tree.root(joined[: done * HASH])


@given(st.integers(1, 60), st.data())
def test_a_proof_fits_nothing_but_its_own_leaf(size: int, data: st.DataObject) -> None:
    joined = leaves(size)
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(joined, index)
    if path:
        k = data.draw(st.integers(0, len(path) - 1))
        path[k] = hashed(path[k])
        leaf = split(joined)[index]
        assert not tree.includes(tree.root(joined), size, index, leaf, path)


def test_out_of_range() -> None:
    for index in (-1, 3):
        with pytest.raises(IndexError):
            tree.inclusion(leaves(3), index)
    with pytest.raises(IndexError):
        tree.consistency(leaves(3), 4)
    for size, hashes in ((3, [EMPTY]), (1, [b"short"]), (0, [EMPTY])):
        with pytest.raises(ValueError, match="peaks"):
            Range.of(size, hashes)
    assert not tree.continues(EMPTY, 3, EMPTY, 2, [])
    assert not tree.continues(leaves(1), 1, leaves(1), 2, [])
