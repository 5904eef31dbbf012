"""Making seals (封存): the key, and a seal over every event that the log has now.

No lock is needed. Two programs that seal at once write the same bytes into ``leaves.bin``, at
the same places, and seals of one size are the same, since Ed25519 signs without chance. What a
crash leaves is completed by the next sealing: first leaves, then the seal, then the range.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.ambient import SystemAmbient
from taizhang_eventstore.errors import StoreDamaged, StoreError
from taizhang_eventstore.files import aside, over, plain, put, writing
from taizhang_eventstore.recorders import portable
from taizhang_eventstore.seals.chained import head_of, sealed_line
from taizhang_eventstore.seals.checkpoint import HEIR, Checkpoint, Seal, heirs
from taizhang_eventstore.seals.merkle import leaf_hash
from taizhang_eventstore.seals.note import KeyMalformed, NoteUnverified, Signer, encode64
from taizhang_eventstore.seals.reach import RANGE, reach
from taizhang_eventstore.seals.seals import PASSING, SealKeyMissing, origin_of
from taizhang_eventstore.seals.tree import HASH, Range

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

    from eventsourcing.dcb.api import DCBRecorder, DCBSequencedEvent

    from taizhang_eventstore.seals.note import Verifier
    from taizhang_eventstore.seals.seals import Seals

EVERY: Final = 1_000
"""How many events are sealed at the latest, as a workspace does it."""

_PAGE: Final = 1_000
_SEED: Final = 32


class SealMismatch(StoreError):
    """The log is not the one that was sealed before. Nothing was sealed."""

    exit_code = 3


_KEY_THERE: Final = "封存私钥 {path} 已经存在。|The private key {path} is there already."
_EMPTY: Final = (
    "事件日志里还没有事件，无可封存。|The log has no event yet; there is nothing to seal."
)
_OTHER: Final = (
    "事件日志与上次封存（{size} 条）对不上：{what}；没有再封存，请用 taizhang verify 查明。"
    "|The log does not fit its last seal (of {size} events): {what_en}; it was not sealed again. "
    "taizhang verify tells more."
)
_FOREIGN_ROW: Final = (
    "第 {position} 号事件的列类型不对，被别的工具改写过；没有封存，请用 taizhang verify 查明。"
    "|Event {position} has columns of the wrong type, another tool has written it; nothing was "
    "sealed. taizhang verify tells more."
)


def _mismatch(size: int, zh: str, en: str) -> SealMismatch:
    return SealMismatch(_OTHER, size=size, what=zh, what_en=en)


def create_key(
    seals: Seals, recorder: DCBRecorder, *, anew: bool = False, lists: Sequence[str] = ()
) -> Verifier:
    """Makes the key pair and returns its public half, to be kept elsewhere too.

    Chance is always the system's: the key of a demonstration is as secret as any, and no byte
    of the log depends on it. With `anew` an earlier key makes way, and its public half stays
    listed; where it can still sign, it signs a seal that names the new one, so that whoever has kept the old
    public key goes on with the new (`verifying.judging`). Raises `StoreError` for an empty log and when there is a key.

    Args:
        seals: The directory of seals.
        recorder: The log that is to be sealed.
        anew: There is a key, which makes way.
        lists: Names of chained lists that are sealed with the log.
    """
    if seals.key.exists() and not anew:
        raise StoreError(_KEY_THERE, path=seals.key)
    first = next(iter(recorder.read(limit=1)), None)
    if first is None:
        raise StoreError(_EMPTY)
    event = first.event
    origin = origin_of(leaf_hash(event.type, event.tags, event.data))
    signer = Signer(origin, SystemAmbient().random_bytes(_SEED))
    if anew:
        with suppress(SealKeyMissing, KeyMalformed):  # it is lost: nothing speaks for the new one
            seal(seals, recorder, lists=lists, heir=signer)
    put(seals.key, f"{signer.encode()}\n".encode(), mode=0o600)
    _publish(seals, signer.verifier)
    return signer.verifier


def _publish(seals: Seals, verifier: Verifier) -> None:
    """Lists the public key in the store, the one that signs last."""
    listed = seals.verifiers()
    if listed[-1:] == [verifier]:
        return
    listed = [*(v for v in listed if v != verifier), verifier]
    with writing(seals.directory):
        seals.directory.mkdir(mode=0o700, exist_ok=True)
    put(seals.public, "".join(f"{v.encode()}\n" for v in listed).encode())


def seal(
    seals: Seals,
    recorder: DCBRecorder,
    *,
    passing: bool = False,
    lists: Sequence[str] = (),
    heir: Signer | None = None,
) -> Seal:
    """Seals every event that the log has now, and lists beside it as they stand. Only what came after the last
    seal is read of the log.

    Args:
        seals: where it goes.
        recorder: the log.
        passing: nobody has asked for it: it need not survive a loss of power, and the next one of its kind
            takes its place within the same thousand events.
        lists: names of chained lists in the same directory.
        heir: the key that signs from now on: the seal names it, and both sign.

    Returns:
        The seal; the one that is there if nothing came.

    Raises:
        SealKeyMissing: there is no key.
        SealMismatch: the log is not the one sealed before; nothing was sealed.
        StoreError: it cannot be written; nothing was sealed.
    """
    signer = seals.signer()
    _publish(seals, signer.verifier)
    latest = seals.latest()
    # Before the log's head: others may seal what comes later meanwhile.
    reached = reach(seals.root).size
    head = portable.head(recorder)
    tree, position = _begin(seals, recorder)
    began = tree.size
    # Leaves that replace others do so when the log has proved to be the one sealed before: the
    # old ones tell which event was changed.
    part = aside(seals.leaves)
    target = seals.leaves if began else part
    try:
        with writing(target), _opened(target) as file:
            # Not appending: a crash, or another program, may have written here already.
            file.seek(began * HASH)
            for at, leaves in _leaves(recorder, position, head):
                _pass(latest, tree, leaves)
                file.write(leaves)
                tree.extend(leaves)
                position = at
            if tree.size == 0:
                raise StoreError(_EMPTY)
            if tree.size < reached:
                n = tree.size
                raise _mismatch(reached, f"只剩 {n} 条", f"only {n} are left")
            file.flush()
            if not passing:
                os.fsync(file.fileno())
        if not began:
            with writing(target):
                target.replace(seals.leaves)
    finally:
        part.unlink(missing_ok=True)
    # Before a seal: whoever looks meanwhile stands after what is sealed.
    further = listed(seals, lists)
    if heir is not None:
        further += (f"{HEIR} {heir.verifier.encode()}",)
    there = latest is not None and latest.size == tree.size
    # One that names an heir is the old key's last word.
    if latest is not None and there and (latest.checkpoint.extensions == further or heirs(latest)):
        made = latest
    else:
        signers = (signer,) if heir is None else (signer, heir)
        made = Seal.make(Checkpoint(signer.name, tree.size, tree.root(), further), *signers)
        put(seals.path(tree.size), made.encode(), durable=not passing)
    before = seals.passing()
    if (tree.size, made) != (began, latest) or bool(before) != passing:
        lines = [RANGE, str(tree.size), str(position), *map(encode64, tree.hashes())]
        # One that somebody has asked for since is not taken away by the next.
        lines += [PASSING] if passing and (began < tree.size or before) else []
        noted = ("\n".join(lines) + "\n").encode()
        over(seals.range, noted) if passing else put(seals.range, noted)
    if 0 < before < made.size and before // EVERY == made.size // EVERY:
        seals.path(before).unlink(missing_ok=True)
    return made


def listed(seals: Seals, lists: Sequence[str]) -> tuple[str, ...]:
    """The lines of a seal about lists beside the log, as they are now. Raises `StoreError`."""
    found = {name: head_of(seals.root / name) for name in lists}
    return tuple(sealed_line(name, one) for name, one in found.items() if one is not None)


def contradiction(seals: Seals, recorder: DCBRecorder) -> SealMismatch | None:
    """Says how the log differs from its newest seal, as `seal` would say it; None where it does not.

    Reads the whole log, whatever notes there are. Raises `StoreError` where it cannot be read.
    """
    latest, reached = _newest(seals), reach(seals.root).size
    tree, rest = Range(), b""
    for _, leaves in _leaves(recorder, 0, portable.head(recorder)):
        try:
            _pass(latest, tree, leaves)
        except SealMismatch as mismatch:
            return mismatch
        tree.extend(leaves)
        rest = leaves
    n = tree.size
    if latest is not None and n < latest.size:
        return _mismatch(latest.size, f"只剩 {n} 条", f"only {n} are left")
    if n and n < reached and seals.sealed_leaf(n - 1) == rest[-HASH:]:
        return _mismatch(reached, f"只剩 {n} 条", f"only {n} are left")
    return None


def _newest(seals: Seals) -> Seal | None:
    """The seal over the most events that a key of the store has signed, or any where there is none."""
    try:
        known = seals.verifiers()
    except KeyMalformed:
        known = []
    for size in reversed(seals.sizes()):
        try:
            found = seals.load(size)
            if found is not None and known:
                found.note.check(known)
        except StoreError:
            continue
        if found is not None:
            return found
    return None


def set_aside(seals: Seals, recorder: DCBRecorder) -> list[Path]:
    """Puts away what does not fit the log, seals and kept leaves, for somebody who has decided to go on with it.

    Nothing is lost: the files stay beside the seals under other names, and can be verified with. Returns
    where they are now. Raises `StoreError`.
    """
    wanted = seals.sizes()
    tree, roots = Range(), {0: b""}
    for _, leaves in _leaves(recorder, 0, portable.head(recorder)):
        for size in wanted:
            if tree.size < size <= tree.size + len(leaves) // HASH:
                then = tree.copy()
                then.extend(leaves[: (size - tree.size) * HASH])
                roots[size] = then.root()
        tree.extend(leaves)
    moved = []
    for size in wanted:
        try:
            found = seals.load(size)
            fits = found is not None and roots.get(found.size) == found.checkpoint.root
        except StoreError:
            fits = False
        if not fits:
            moved.append(_aside(seals.path(size)))
    # Both are made anew from the log.
    if seals.leaves.exists():
        moved.append(_aside(seals.leaves))
    with writing(seals.range):
        seals.range.unlink(missing_ok=True)
    return moved


def _aside(path: Path) -> Path:
    number = 1
    while (target := path.with_name(f"{path.name}.contradicted-{number}")).exists():
        number += 1
    with writing(path):
        return path.rename(target)


def _opened(path: Path) -> BinaryIO:
    plain(path)
    return open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")


def _pass(latest: Seal | None, tree: Range, leaves: bytes) -> None:
    """Looks, when the tree is about to grow past the last seal, whether it fits it."""
    if latest is None or not tree.size < latest.size <= tree.size + len(leaves) // HASH:
        return
    then = tree.copy()
    then.extend(leaves[: (latest.size - tree.size) * HASH])
    if then.root() != latest.checkpoint.root:
        raise _mismatch(latest.size, "其中有事件被改动", "some of them were changed")


def _begin(seals: Seals, recorder: DCBRecorder) -> tuple[Range, int]:
    """The tree as last sealed and the position it ends at; empty when it must be built anew."""
    state = seals.state()
    found = seals.load(state[0].size) if state else None
    if state is None or found is None:
        return Range(), 0
    tree, position = state
    try:
        found.note.check(seals.verifiers())
    except NoteUnverified:
        return Range(), 0
    if found.checkpoint.root != tree.root() or seals.leaves_kept() < tree.size:
        return Range(), 0
    # A log that was put back to an older copy and then went on has another event here.
    last = next(iter(recorder.read(after=position - 1, limit=1)), None)
    if last is None or last.position != position:
        raise _mismatch(tree.size, f"没有第 {position} 号事件", f"event {position} is gone")
    if _leaf(last) != seals.sealed_leaf(tree.size - 1):
        # Or a loss of power has left half of what was kept: the whole log tells.
        if contradiction(seals, recorder) is not None:
            raise _mismatch(tree.size, f"第 {position} 号事件不同", f"event {position} differs")
        return Range(), 0
    return tree, position


def _leaf(sequenced: DCBSequencedEvent) -> bytes:
    """The hash of an event's leaf. Raises `StoreDamaged` for a row that no recorder has written."""
    event = sequenced.event
    if not (isinstance(event.type, str) and isinstance(event.data, bytes)):
        raise StoreDamaged(_FOREIGN_ROW, position=sequenced.position)
    return leaf_hash(event.type, event.tags, event.data)


def _leaves(recorder: DCBRecorder, after: int, head: int) -> Iterator[tuple[int, bytes]]:
    """The leaves of the events after a position, in pages, each with its last position."""
    page: list[bytes] = []
    at = after
    for sequenced in portable.read(recorder, [], after, head):
        page.append(_leaf(sequenced))
        at = sequenced.position
        if len(page) == _PAGE:
            yield at, b"".join(page)
            page.clear()
    if page:
        yield at, b"".join(page)
