"""Proofs (证明): that an event is in a sealed log, that a sealed log continues an earlier one.

A proof is a text of some kilobytes that stands alone: whoever has it, and the public key from
elsewhere, needs neither the store nor this program.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from taizhang_eventstore.errors import StoreDamaged, StoreError, StoreNotFound, translating
from taizhang_eventstore.files import read
from taizhang_eventstore.recorders import still
from taizhang_eventstore.seals import tree
from taizhang_eventstore.seals.checkpoint import PROOF, ConsistencyProof, InclusionProof
from taizhang_eventstore.seals.merkle import hashed, leaf_bytes, leaf_parts
from taizhang_eventstore.seals.note import NoteUnverified
from taizhang_eventstore.seals.seals import load_file
from taizhang_eventstore.verifying.report import plain
from taizhang_eventstore.verifying.scanning import Scan

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_eventstore.seals.note import Verifier
    from taizhang_eventstore.seals.seals import Seals

_NOT_SEALED: Final = (
    "第 {position} 号事件还没有封存（封存到 {size} 条）；先用 taizhang seal 封存。"
    "|Event {position} is not sealed yet (sealed are {size} events); taizhang seal seals it."
)
_NO_EVENT: Final = "没有第 {position} 号事件。|There is no event {position}."
_NO_SEAL: Final = (
    "还没有封存，先用 taizhang seal 封存。|There is no seal yet; taizhang seal makes one."
)
_NO_FIT: Final = (
    "事件日志与这份封存不符，不能出具证明；用 taizhang verify 查明。"
    "|The log does not fit this seal, so nothing can be proved by it; taizhang verify tells more."
)
_OTHER_LOG: Final = (
    "两份封存不属于同一本账，或后一份并不更长。"
    "|The two seals are not of one log, or the later one is not longer."
)
_NO_PROOF: Final = "找不到证明文件 {path}。|There is no proof at {path}."
_NEEDS_OLD: Final = (
    "这是一致性证明，请用 --seal 给出较早的那份封存。"
    "|This is a proof of consistency: give the earlier seal with --seal."
)
_NO_LEAF: Final = "证明所附的事件读不出来。|The event in the proof does not decode."


def _leaves(seals: Seals, size: int, position: int | None = None) -> tuple[bytes, int, bytes]:
    """The first `size` leaves of the log as it is, and of the event at `position` index and leaf."""
    path = seals.root / "events.db"

    def read(connect: still.Open) -> tuple[bytes, int, bytes]:
        parts: list[bytes] = []
        index, found, left = -1, b"", size
        reading = connect()
        reading.text_factory = bytearray
        for page in Scan(reading).pages():
            parts.append(page.leaves[: left * tree.HASH])
            if position is not None and position in page.positions:
                index = size - left + page.positions.index(position)
            left -= len(page.positions)
            if left <= 0:
                break
        if position is not None:
            row = (
                connect()
                .execute("SELECT type, tags, data FROM events WHERE seq = ?", (position,))
                .fetchone()
            )
            if row is None:
                raise StoreNotFound(_NO_EVENT, position=position)
            found = leaf_bytes(row[0], _tags(row[1]), row[2])
        return b"".join(parts), index, found

    with translating(path):
        return still.undisturbed(path, read)


def _tags(text: str) -> list[str]:
    try:
        return msgspec.json.decode(text, type=list[str])
    except msgspec.DecodeError as error:
        raise StoreDamaged("标签读不出来|its tags do not decode") from error


def prove_event(seals: Seals, position: int, seal: Seal | None = None) -> InclusionProof:
    """The proof that the event at `position` is in the log sealed by `seal`, or by the last one.

    Reads the log up to the seal. Raises `StoreNotFound` for an event that is not there,
    `StoreError` for one not sealed yet, `StoreDamaged` when log and seal do not fit.

    Args:
        seals: The seals beside the log.
        position: The event.
        seal: The seal, the last if not given.
    """
    seal = seal or seals.latest()
    if seal is None:
        raise StoreError(_NO_SEAL)
    leaves, index, leaf = _leaves(seals, seal.size, position)
    if not 0 <= index < seal.size:
        raise StoreError(_NOT_SEALED, position=position, size=seal.size)
    _fits(leaves, seal)
    return InclusionProof(index, tuple(tree.inclusion(leaves, index)), seal, leaf)


def prove_continuation(seals: Seals, old: Seal, new: Seal | None = None) -> ConsistencyProof:
    """The proof that the log sealed by `new`, or last, begins with the one sealed by `old`.

    Raises `StoreError` for seals of different logs, `StoreDamaged` when the log fits neither.

    Args:
        seals: The seals beside the log.
        old: The earlier seal.
        new: The later one, the last if not given.
    """
    new = new or seals.latest()
    if new is None:
        raise StoreError(_NO_SEAL)
    if old.checkpoint.origin != new.checkpoint.origin or old.size > new.size:
        raise StoreError(_OTHER_LOG)
    leaves, _, _ = _leaves(seals, new.size)
    _fits(leaves, new)
    _fits(leaves[: old.size * tree.HASH], old)
    return ConsistencyProof(old.size, tuple(tree.consistency(leaves, old.size)), new)


def _fits(leaves: bytes, seal: Seal) -> None:
    if len(leaves) != seal.size * tree.HASH or tree.root(leaves) != seal.checkpoint.root:
        raise StoreDamaged(_NO_FIT)


@dataclass(slots=True)
class ProofReport:
    """The result of looking at a proof."""

    verified: bool
    kind: str
    origin: str
    size: int
    lines: list[tuple[str, str]]
    event: dict[str, Any] | None = None

    @property
    def exit_code(self) -> int:
        """0 verified, 3 not."""
        return 0 if self.verified else 3

    def as_dict(self) -> dict[str, Any]:
        """Returns the result for machines."""
        return {
            "verified": self.verified,
            "kind": self.kind,
            "origin": self.origin,
            "size": self.size,
            "event": self.event,
            "lines": [{"zh": zh, "en": en} for zh, en in self.lines],
        }

    def text(self, language: str = "zh") -> str:
        """Returns the result for people."""
        en = language.startswith("en")
        first = (
            ("VERIFIED" if self.verified else "DOES NOT VERIFY")
            if en
            else ("核验通过" if self.verified else "核验不通过")
        )
        said = [first, *((f"- {b}" if en else f"· {a}") for a, b in self.lines)]
        if self.event is not None:
            said += [""] + [f"{name}: {value}" for name, value in self.event.items()]
        return plain("\n".join(said))


def verify_proof(
    path: str | os.PathLike[str],
    *,
    keys: Sequence[Verifier] = (),
    old: str | os.PathLike[str] | None = None,
) -> ProofReport:
    """Verifies a proof's file.

    Args:
        path: The file.
        keys: Public keys kept elsewhere.
        old: The earlier seal, for a proof of continuation.

    Raises:
        StoreError: The file is not there, or no proof.
    """
    data = read(Path(path))
    if data is None:
        raise StoreNotFound(_NO_PROOF, path=path)
    lines: list[tuple[str, str]] = []
    event: dict[str, Any] | None = None
    if data.startswith(PROOF.encode()):
        proof = InclusionProof.parse(data)
        seal, kind = proof.seal, "inclusion"
        event = _event(proof.leaf)
        holds = proof.holds(hashed(proof.leaf))
        n = proof.index + 1
        lines.append(
            (f"下列事件是账中的第 {n:,} 条（封存 {seal.size:,} 条）", f"the event below is number {n:,} of the {seal.size:,} sealed")
            if holds
            else ("事件、路径与树根对不上：三者之一被改动", "event, path and root do not fit: one of them was changed")
        )  # fmt: skip
    else:
        continuation = ConsistencyProof.parse(data)
        seal, kind = continuation.seal, "consistency"
        if old is None:
            raise StoreError(_NEEDS_OLD)
        earlier = load_file(old)
        holds = continuation.holds(earlier.checkpoint) and _signed(earlier, keys, lines)
        a, b = continuation.old_size, seal.size
        lines.append(
            (f"封存的 {b:,} 条以先前封存的 {a:,} 条开头，一条未改", f"the {b:,} sealed events begin with the {a:,} sealed before, unchanged")
            if holds
            else ("两份封存对不上：不是同一历史的先后两段", "the two seals do not fit: they are not of one history")
        )  # fmt: skip
    signed = _signed(seal, keys, lines)
    return ProofReport(holds and signed, kind, seal.checkpoint.origin, seal.size, lines, event)


def _signed(seal: Seal, keys: Sequence[Verifier], lines: list[tuple[str, str]]) -> bool:
    if not keys:
        said = (
            "没有给出公钥（--key），未核对签名：谁封存的，没有证明",
            "no key was given (--key), signatures were not checked: who sealed it is not proved",
        )
        if said not in lines:
            lines.append(said)
        return True
    try:
        found = seal.note.check(keys)
    except NoteUnverified as error:
        lines.append(error.pair)
        return False
    names = ", ".join(key.label for key in found)
    lines.append(
        (f"封存 {seal.size:,} 由 {names} 签名", f"seal {seal.size:,} is signed by {names}")
    )
    return True


def _event(leaf: bytes) -> dict[str, Any]:
    parts = leaf_parts(leaf)
    if parts is None:
        raise StoreDamaged(_NO_LEAF)
    type_, tags, data = parts
    return {"type": type_, "tags": tags, "data": data.decode(errors="replace")}
