"""Sealing: what it costs, what it leaves on the disk, when it refuses; proofs of what was sealed."""

from __future__ import annotations

import shutil
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest

from taizhang_eventstore.errors import StoreDamaged, StoreError, StoreFull, StoreNotFound
from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder
from taizhang_eventstore.seals import sealing, tree
from taizhang_eventstore.seals.checkpoint import ConsistencyProof, InclusionProof, ProofMalformed
from taizhang_eventstore.seals.merkle import leaf_bytes, leaf_parts
from taizhang_eventstore.seals.sealing import SealMismatch, seal
from taizhang_eventstore.seals.seals import SealKeyMissing
from taizhang_eventstore.verifying.proving import prove_continuation, prove_event, verify_proof

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_what_is_left_on_the_disk(sealed: Any) -> None:
    names = {p.name for p in sealed.seals.directory.iterdir()}
    assert names == {
        "000000000010.seal", "000000000020.seal", "000000000030.seal", "leaves.bin", "range",
        "seal.pub",
    }  # fmt: skip
    assert stat.S_IMODE(sealed.seals.key.stat().st_mode) == 0o600
    assert sealed.seals.signer().verifier == sealed.seals.verifiers()[0]
    assert sealed.seals.leaves_kept() == 30
    text = sealed.seals.path(30).read_text("utf-8")
    assert len(text.encode()) < 220
    assert text.split("\n")[0] == sealed.seals.verifiers()[0].name == sealed.verify().origin


def test_every_seal_is_the_root_of_its_leaves(sealed: Any) -> None:
    for size in sealed.seals.sizes():
        root = sealed.seals.load(size).checkpoint.root
        assert tree.root(sealed.seals.sealed_leaves(size)) == root


def test_nothing_new_is_not_sealed_again(sealed: Any) -> None:
    before = {
        p: p.stat().st_mtime_ns for p in sealed.seals.directory.iterdir() if p.suffix != ".bin"
    }
    assert sealed.seal().size == 30
    assert {p: p.stat().st_mtime_ns for p in before} == before


def test_only_new_events_are_read(sealed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hashed: list[str] = []
    real = sealing.leaf_hash

    def counting(type_: str, tags: list[str], data: bytes) -> bytes:
        hashed.append(type_)
        return real(type_, tags, data)

    sealed.append(1, 1, 1)
    monkeypatch.setattr(sealing, "leaf_hash", counting)
    assert sealed.seal().size == 33
    # Three new ones, and the last that was sealed.
    assert len(hashed) == 4


@pytest.mark.parametrize("lost", ["range", "leaves.bin", "both", "rubbish", "short"])
def test_helpers_are_made_anew(sealed: Any, lost: str) -> None:
    seals = sealed.seals
    whole = seals.leaves.read_bytes()
    if lost in ("range", "both"):
        seals.range.unlink()
    if lost in ("leaves.bin", "both"):
        seals.leaves.unlink()
    if lost == "rubbish":
        seals.range.write_bytes(b"\xff\n\n1")
    if lost == "short":
        seals.leaves.write_bytes(whole[:100])
    sealed.append(1)
    assert sealed.seal().size == 31
    assert seals.leaves.read_bytes()[:960] == whole
    assert seals.leaves_kept() == 31
    assert sealed.verify().verified
    assert not list(seals.directory.glob("*.part"))


def test_a_forged_range_is_not_believed(sealed: Any) -> None:
    lines = sealed.seals.range.read_text().split("\n")
    lines[3] = lines[4]
    sealed.seals.range.write_text("\n".join(lines))
    sealed.append(1)
    sealed.seal()
    assert sealed.verify().sealed == 31


def test_a_changed_log_is_not_sealed_anew(sealed: Any) -> None:
    kept = sealed.seals.leaves.read_bytes()
    sealed.seals.range.unlink()
    sealed.sql("UPDATE events SET type = 'x@1' WHERE seq = 7")
    sealed.append(1)
    with pytest.raises(SealMismatch) as refused:
        sealed.seal()
    assert refused.value.exit_code == 3
    # What names the event is still there.
    assert sealed.seals.leaves.read_bytes() == kept
    assert sealed.verify().first.position == 7


def test_a_change_below_the_last_seal_does_not_get_into_the_next(sealed: Any) -> None:
    sealed.sql("UPDATE events SET type = 'x@1' WHERE seq = 7")
    sealed.append(1)
    sealed.seal()
    report = sealed.verify()
    assert (report.first.position, report.sealed) == (7, 0)


def test_a_rolled_back_log_is_not_sealed(sealed: Any, tmp_path: Path) -> None:
    older = tmp_path / "older.db"
    shutil.copy(sealed.path, older)
    sealed.append(1, 1)
    sealed.seal()
    shutil.copy(older, sealed.path)
    with pytest.raises(SealMismatch):
        sealed.seal()
    sealed.append(1, 1, 1)
    with pytest.raises(SealMismatch, match="32"):
        sealed.seal()
    sealed.seals.range.unlink()
    with pytest.raises(SealMismatch):
        sealed.seal()


def test_keys(new_store: Callable[[str], Any]) -> None:
    store = new_store("store")
    SQLiteDCBRecorder(store.path).close()
    with pytest.raises(StoreError, match="没有事件"):
        store.create_key()
    store.append(1)
    with pytest.raises(SealKeyMissing) as refused:
        store.seal()
    assert "--new-key" in refused.value.text("en")
    first = store.create_key()
    with pytest.raises(StoreError, match="已经存在"):
        store.create_key()
    store.seal()
    second = store.create_key(anew=True)
    store.append(1)
    store.seal()
    assert store.seals.verifiers() == [first, second]
    assert store.verify().verified
    # The earlier key has signed for the later one: whoever kept it goes on with both.
    assert store.verify(keys=[first]).verified
    assert store.verify(keys=[first]).sealed == 2
    # A third one is nobody's heir: the second was lost.
    store.seals.key.unlink()
    third = store.create_key(anew=True)
    store.append(1)
    store.seal()
    report = store.verify(keys=[first])
    assert [f.code for f in report.bad] == ["signature"]
    assert store.verify(keys=[first, third]).verified


def test_two_that_seal_at_once(sealed: Any) -> None:
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(10):
                sealed_here = sealed.seal()
                assert sealed_here.size >= 30
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    with SQLiteDCBRecorder(sealed.path) as recorder:
        for _ in range(20):
            recorder.append(list(sealed._events(1)))
    for thread in threads:
        thread.join()
    assert failed == []
    sealed.seal()
    report = sealed.verify()
    assert report.verified
    assert report.findings == []
    assert report.sealed == 50


def test_no_room(sealed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    sealed.append(1)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreFull):
        sealed.seal()
    monkeypatch.undo()
    assert sealed.verify().verified
    assert sealed.seal().size == 31
    assert not list(sealed.seals.directory.glob("*.part"))


# Proofs


@pytest.mark.parametrize("position", [1, 7, 20, 30])
def test_a_proof_stands_alone(sealed: Any, tmp_path: Path, position: int) -> None:
    proof = prove_event(sealed.seals, position)
    file = tmp_path / "p.tlog-proof"
    file.write_bytes(proof.encode())
    assert InclusionProof.parse(file.read_bytes()) == proof
    shown = verify_proof(file, keys=sealed.seals.verifiers())
    assert shown.verified
    (row,) = sealed.sql("SELECT type, data FROM events WHERE seq = :s", s=position)
    assert shown.event is not None
    assert (shown.event["type"], shown.event["data"]) == (row[0], row[1].decode())
    assert f"number {position:,} of the 30" in shown.text("en")
    by_earlier = [size for size in (10, 20) if position <= size]
    for size in by_earlier:
        assert prove_event(sealed.seals, position, sealed.seals.load(size)).seal.size == size


def test_a_false_proof(sealed: Any, tmp_path: Path) -> None:
    proof = prove_event(sealed.seals, 7)
    type_, tags, data = leaf_parts(proof.leaf) or ("", [], b"")
    forged = InclusionProof(
        proof.index, proof.path, proof.seal, leaf_bytes(type_, tags, data.replace(b"\xe6", b"\xe7"))
    )
    moved = InclusionProof(proof.index + 1, proof.path, proof.seal, proof.leaf)
    for k, false in enumerate((forged, moved)):
        file = tmp_path / f"{k}"
        file.write_bytes(false.encode())
        shown = verify_proof(file, keys=sealed.seals.verifiers())
        assert shown.exit_code == 3
        assert "DOES NOT VERIFY" in shown.text("en")
    other = sealed.create_key(anew=True)
    file.write_bytes(proof.encode())
    assert verify_proof(file, keys=[other]).exit_code == 3
    unsigned = verify_proof(file)
    assert unsigned.verified
    assert "no key was given" in unsigned.text("en")


def test_what_cannot_be_proved(sealed: Any, tmp_path: Path) -> None:
    sealed.append(1)
    with pytest.raises(StoreError, match="还没有封存"):
        prove_event(sealed.seals, 31)
    with pytest.raises(StoreNotFound):
        prove_event(sealed.seals, 99)
    sealed.sql("UPDATE events SET type = 'x@1' WHERE seq = 7")
    with pytest.raises(StoreDamaged):
        prove_event(sealed.seals, 3)
    with pytest.raises(StoreNotFound):
        verify_proof(tmp_path / "nowhere")
    (tmp_path / "no").write_bytes(b"no proof")
    with pytest.raises(ProofMalformed):
        verify_proof(tmp_path / "no")


def test_a_later_seal_continues_an_earlier_one(sealed: Any, tmp_path: Path) -> None:
    old = sealed.seals.load(10)
    proof = prove_continuation(sealed.seals, old)
    assert ConsistencyProof.parse(proof.encode()) == proof
    file = tmp_path / "c"
    file.write_bytes(proof.encode())
    keys = sealed.seals.verifiers()
    shown = verify_proof(file, keys=keys, old=sealed.seals.path(10))
    assert shown.verified
    assert "begin with the 10" in shown.text("en")
    assert verify_proof(file, keys=keys, old=sealed.seals.path(20)).exit_code == 3
    with pytest.raises(StoreError, match="--seal"):
        verify_proof(file, keys=keys)
    with pytest.raises(StoreError):
        prove_continuation(sealed.seals, sealed.seals.load(30), old)


def test_leaves_come_apart_again() -> None:
    leaf = leaf_bytes("a@1", ["党", ""], b"{}")
    assert leaf_parts(leaf) == ("a@1", ["党", ""], b"{}")
    for broken in (b"", leaf[:-1], leaf + b"x", leaf.replace(b"\x01", b"\x02", 1), leaf[:30]):
        assert leaf_parts(broken) is None


def test_a_seal_that_nobody_asked_for_gives_way_to_the_next(sealed: Any) -> None:
    for size in (31, 32, 33):
        sealed.append(1)
        with SQLiteDCBRecorder(sealed.path) as recorder:
            assert seal(sealed.seals, recorder, passing=True).size == size
        assert sealed.seals.sizes() == [10, 20, 30, size]
        assert sealed.verify().sealed == size
    # One that was asked for stays, also where nothing came since.
    sealed.seal()
    sealed.append(1)
    with SQLiteDCBRecorder(sealed.path) as recorder:
        seal(sealed.seals, recorder, passing=True)
    assert sealed.seals.sizes() == [10, 20, 30, 33, 34]
    assert sealed.verify().verified


@pytest.mark.parametrize("torn", ["seal", "leaves", "range"])
def test_what_a_loss_of_power_leaves_of_such_a_seal_stops_nothing(sealed: Any, torn: str) -> None:
    sealed.append(1)
    with SQLiteDCBRecorder(sealed.path) as recorder:
        seal(sealed.seals, recorder, passing=True)
    if torn == "seal":
        sealed.seals.path(31).write_bytes(b"")
    elif torn == "leaves":
        kept = sealed.seals.leaves.read_bytes()
        sealed.seals.leaves.write_bytes(kept[:-32] + bytes(32))
    else:
        sealed.seals.range.write_bytes(b"taizhang.range 1\n31\n")
    assert not [f for f in sealed.verify().bad if f.code != "leaves"]
    sealed.append(1)
    with SQLiteDCBRecorder(sealed.path) as recorder:
        assert seal(sealed.seals, recorder, passing=True).size == 32
    report = sealed.verify()
    assert (report.verified, report.sealed) == (True, 32)
