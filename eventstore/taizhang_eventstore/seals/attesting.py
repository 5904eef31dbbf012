"""Proofs of erasures (删除的证明): that the event which erased somebody stands in the sealed log.

The list of erasures outlives the log that it was made for: an older one that is put back does not
know of the event. Its proof speaks for it then, the event with its way to the root of a seal that this
store has signed. Without the event and without such a proof a line is a claim: what is said of the
person is masked, for somebody may have asked for it, and the key stays, for anybody may have written
the line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.personal.erasures import EVENT, Erasure

# What checks signatures is imported where a line has to be looked into: every opening comes here, and
# nearly all find that the log speaks for the whole list.
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from eventsourcing.dcb.api import DCBRecorder

    from taizhang_eventstore.log import Log
    from taizhang_eventstore.seals.note import Verifier
    from taizhang_eventstore.seals.seals import Seals


class Attested(NamedTuple):
    """The subjects of a store that are erased, and those of whom that is only claimed."""

    erased: set[str]
    """By the log, or by a proof: their keys are destroyed."""

    claimed: set[str]
    """By a line that nothing proves: what is said of them is masked, their keys stay."""


def logged(log: Log) -> list[Erasure]:
    """The erasures that the log itself has, without proofs. Raises `StoreError`."""
    types = [stored for stored in log.types() if stored.partition("@")[0] == EVENT]
    if not types:
        return []
    found = []
    for recorded in log.read(types=types):
        subject = recorded.payload.get("subject")
        if isinstance(subject, str):
            when = recorded.envelope.recorded_at.isoformat().replace("+00:00", "Z")
            found.append(Erasure(subject, recorded.position, when))
    return found


def own_keys(seals: Seals) -> list[Verifier]:
    """The key by whose proofs a key may be destroyed: the one that this store signs with.

    Not those that ``seals/seal.pub`` lists: who can add a line to the list of erasures can add one there.
    """
    try:
        return [seals.signer().verifier]
    except StoreError:
        return []


def standing(root: Path, log: Log, listed: Sequence[Erasure]) -> Attested:
    """Sorts the list of a store by what speaks for its lines: its log, or proofs under its own key.

    Args:
        root: The directory of the store.
        log: The log.
        listed: What the list says.
    """
    known = {e.subject for e in logged(log)}
    rest = [e for e in listed if e.subject not in known]
    first = next(iter(log.recorder.read(limit=1)), None) if rest else None
    if first is None:
        return Attested(known, {e.subject for e in rest})
    from taizhang_eventstore.seals.merkle import leaf_hash
    from taizhang_eventstore.seals.seals import Seals, origin_of

    event = first.event
    origin = origin_of(leaf_hash(event.type, event.tags, event.data))
    claimed = unproved(rest, known, origin, own_keys(Seals(root)))
    return Attested(known | {e.subject for e in rest} - claimed, claimed)


def unproved(
    listed: Iterable[Erasure], known: Collection[str], origin: str, keys: Sequence[Verifier]
) -> set[str]:
    """The subjects of whom only the list says that they were erased.

    Args:
        listed: the list of the store.
        known: the subjects that its log has erased.
        origin: the log's name, as its seals bear it.
        keys: the public keys that are believed.
    """
    rest = [e for e in listed if e.subject not in known]
    return {e.subject for e in rest} - {e.subject for e in rest if proves(e, origin, keys)}


def proves(line: Erasure, origin: str, keys: Sequence[Verifier]) -> bool:
    """Tells if the line's proof holds: an event of that log that erases that subject, signed by one of
    `keys`.
    """
    from taizhang_eventstore.seals.checkpoint import InclusionProof
    from taizhang_eventstore.seals.merkle import hashed, leaf_parts

    try:
        proof = InclusionProof.parse(line.proof.encode())
        proof.seal.note.check(keys)
    except StoreError:
        return False
    said = leaf_parts(proof.leaf)
    if said is None or proof.seal.checkpoint.origin != origin:
        return False
    type_, _, data = said
    return (
        type_.partition("@")[0] == EVENT
        and erased_by(data) == line.subject
        and proof.holds(hashed(proof.leaf))
    )


class _Payload(msgspec.Struct):
    subject: str


class _Stored(msgspec.Struct):
    payload: _Payload


def erased_by(data: bytes) -> str | None:
    """The subject that the stored event erases; None where it does not decode."""
    try:
        return msgspec.json.decode(data, type=_Stored).payload.subject
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def attested(
    seals: Seals,
    recorder: DCBRecorder,
    logged: Sequence[Erasure],
    listed: Iterable[Erasure],
    key: Verifier,
) -> list[Erasure]:
    """The erasures of the log with their proofs, as far as they are sealed.

    Args:
        seals: the seals; the last one is what is proved by.
        recorder: reads the events.
        logged: the erasures of the log.
        listed: the list, whose proofs under `key` are kept.
        key: the one that the store signs with.
    """
    there = {(e.subject, e.position): e for e in listed if _under(e, key)}
    made = [there.get((e.subject, e.position), e) for e in logged]
    lacking = [e for e in made if not e.proof]
    if lacking:
        proofs = _proofs(seals, recorder, {e.position for e in lacking}, key)
        made = [
            e if e.proof else msgspec.structs.replace(e, proof=proofs.get(e.position, ""))
            for e in made
        ]
    return made


def _under(line: Erasure, key: Verifier) -> bool:
    """Tells if the line has a proof that says it is under the key; a false one helps nobody."""
    return bool(line.proof) and f"\n— {key.name} " in line.proof and _signed(line.proof, key)


def _signed(proof: str, key: Verifier) -> bool:
    from taizhang_eventstore.seals.checkpoint import InclusionProof

    try:
        found = InclusionProof.parse(proof.encode())
    except StoreError:
        return False
    return any((s.name, s.key_id) == (key.name, key.key_id) for s in found.seal.note.signatures)


def _proofs(
    seals: Seals, recorder: DCBRecorder, positions: Collection[int], key: Verifier
) -> dict[int, str]:
    from taizhang_eventstore.seals import tree
    from taizhang_eventstore.seals.checkpoint import InclusionProof
    from taizhang_eventstore.seals.merkle import hashed, leaf_bytes

    seal = seals.latest()
    if seal is None:
        return {}
    leaves = seals.sealed_leaves(seal.size)
    if tree.root(leaves) != seal.checkpoint.root:
        return {}
    found: dict[int, tuple[int, bytes]] = {}
    for position in positions:
        event = next(iter(recorder.read(after=position - 1, limit=1))).event
        leaf = leaf_bytes(event.type, event.tags, event.data)
        index = _index(leaves, hashed(leaf))
        if index is not None:
            found[position] = index, leaf
    paths = tree.inclusions(leaves, [index for index, _ in found.values()])
    return {
        position: InclusionProof(index, tuple(paths[index]), seal, leaf).encode().decode()
        for position, (index, leaf) in found.items()
    }


def _index(leaves: bytes, hash: bytes) -> int | None:
    size, at = len(hash), leaves.find(hash)
    while at >= 0 and at % size:
        at = leaves.find(hash, at + 1)
    return at // size if at >= 0 else None
