"""Signed notes and checkpoints: the published examples, and everything that is not one."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.seals.checkpoint import (
    Checkpoint,
    CheckpointMalformed,
    ConsistencyProof,
    InclusionProof,
    Seal,
)
from taizhang_eventstore.seals.note import (
    KeyMalformed,
    Note,
    NoteMalformed,
    NoteUnverified,
    Signer,
    Verifier,
    signed,
)

# The example of Go's package note, which C2SP's signed-note describes.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SKEY = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()  # fmt: skip

# The example of C2SP's tlog-checkpoint. Its public key is not published.
CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
).encode()  # fmt: skip

# The example of C2SP's signed-note: empty lines in the text, and signed by an unpublished key.
POEM = (
    "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n"
    "— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
).encode()  # fmt: skip

LINE = NOTE.decode().splitlines()[-1]


def test_the_published_note_verifies_and_is_signed_alike() -> None:
    key = Verifier.parse(VKEY)
    note = Note.parse(NOTE)
    assert note.text == TEXT
    assert note.check([key]) == [key]
    assert note.encode() == NOTE
    signer = Signer.parse(SKEY)
    assert signer.verifier.encode() == VKEY
    assert signer.encode() == SKEY
    assert signed(TEXT, signer).encode() == NOTE
    assert "AYEK" not in repr(signer)


def test_the_published_checkpoint_is_read_and_written_alike() -> None:
    seal = Seal.parse(CHECKPOINT)
    assert (seal.checkpoint.origin, seal.size) == ("example.com/behind-the-sofa", 20852163)
    assert seal.checkpoint.root.hex()[:8] == "0ac5186a"
    assert seal.encode() == CHECKPOINT
    assert seal.note.signatures[0].key_id.hex() == "033de0ae"


def test_the_published_poem_keeps_its_empty_lines() -> None:
    note = Note.parse(POEM)
    assert note.text.endswith(":\n\ned è subito sera.\n")
    assert note.encode() == POEM


def test_other_signatures_are_left_alone() -> None:
    known, other = Signer("known", b"k" * 32), Signer("other", b"o" * 32)
    note = Note.parse(signed("text\n", other, known).encode())
    assert note.check([known.verifier]) == [known.verifier]
    assert note.check([other.verifier, known.verifier]) == [other.verifier, known.verifier]
    with pytest.raises(NoteUnverified) as refused:
        note.check([Signer("known", b"x" * 32).verifier])
    assert "known+" in refused.value.text("en")
    assert refused.value.exit_code == 3
    # A witness whose signature does not fit spoils the note only for those who know it.
    false = Note("text\n", (signed("other text\n", other).signatures[0], *note.signatures[1:]))
    assert false.check([known.verifier]) == [known.verifier]
    with pytest.raises(NoteUnverified, match=r"other\+"):
        false.check([known.verifier, other.verifier])


def test_a_changed_text_is_refused() -> None:
    changed = Note.parse(NOTE.replace(b"answer", b"Answer"))
    with pytest.raises(NoteUnverified):
        changed.check([Verifier.parse(VKEY)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"text\n",
        b"text\n\n",
        TEXT.encode() + b"\n" + LINE.encode(),
        (TEXT + LINE + "\n").encode(),
        NOTE.replace(b"If", b"\tIf"),
        NOTE.replace(b"If", b"\rIf"),
        NOTE + b"\xff",
        NOTE.replace("—".encode(), b"-"),
        NOTE.replace(b"PeterNeumann x08", b"PeterNeumann  x08"),
        NOTE.replace(b"PeterNeumann x08", b"Peter+Neumann x08"),
        NOTE.replace(b"PeterNeumann x08", "Peter\u2003Neumann x08".encode()),
        NOTE.replace(b"nAM=", b"nAM"),
        NOTE.replace(b"nAM=", b"nAN="),
        NOTE.replace(b"x08go/", b"x08g*/"),
        f"{TEXT}\n— PeterNeumann x08gow==\n".encode(),
        NOTE + (LINE + "\n").encode() * 100,
        b"x" * 1_000_001,
    ],
)
def test_what_is_not_a_note(data: bytes) -> None:
    with pytest.raises(NoteMalformed) as refused:
        Note.parse(data)
    assert "|" not in refused.value.text("zh")
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PeterNeumann",
        VKEY.replace("c74f20a3", "c74f20a4"),
        VKEY.replace("c74f20a3", "C74F20A3"),
        VKEY.replace("Peter", "peter"),
        VKEY.replace("+ARpc", "+Apc"),
        VKEY[:-4],
        SKEY,
        f"{base64.b64encode(b'x' * 33).decode()}+1+2",
    ],
)
def test_what_is_not_a_key(text: str) -> None:
    with pytest.raises(KeyMalformed):
        Verifier.parse(text)
    with pytest.raises(KeyMalformed):
        Signer.parse(text.removeprefix("PRIVATE+KEY+"))


@pytest.mark.parametrize(
    "text",
    [
        "\n",
        "a\n1\n",
        "\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n01\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n-1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n１\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "a\n1\nCsUY\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nx\n",
        "a\n1\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=",
    ],
)
def test_what_is_not_a_checkpoint(text: str) -> None:
    with pytest.raises(CheckpointMalformed):
        Checkpoint.parse(text)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_but_a_sentence_comes_out_of_rubbish(data: bytes) -> None:
    for parse in (Seal.parse, InclusionProof.parse, ConsistencyProof.parse):
        for prefix in (b"", b"c2sp.org/tlog-proof@v1\n", b"old 1\n"):
            with pytest.raises(StoreError):
                parse(prefix + data)


names = st.text(min_size=1, max_size=20).filter(
    lambda s: not any(c.isspace() or c == "+" or c < " " or "\ud800" <= c <= "\udfff" for c in s)
)


@given(names, st.integers(0, 10**17), st.binary(min_size=32, max_size=32), st.data())
def test_a_seal_is_read_as_it_was_written(
    name: str, size: int, root: bytes, data: st.DataObject
) -> None:
    signer = Signer(name, data.draw(st.binary(min_size=32, max_size=32)))
    seal = Seal.make(Checkpoint(name, size, root), signer)
    again = Seal.parse(seal.encode())
    assert again == seal
    assert again.note.check([Verifier.parse(signer.verifier.encode())]) == [signer.verifier]
