"""Resealing (重新密封): a store in which personal texts stand in the clear, copied into one where they are sealed.

That is one of before personal data were sealed, or one with texts of before their field was declared to be about
somebody; of the latter the keys go along, and what was sealed stays byte for byte. Events keep their positions,
ids, tags and words; personal fields and reasons go into the envelope, sealed. Of who was erased meanwhile a clear
text is sealed under a key that is thrown away. What was sealed (封存) of the old log does not fit the new one: the last event of the copy says how
many events there were and the root of their tree, so that an old seal can still be held against it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from eventsourcing.dcb.api import DCBAppendCondition, DCBEvent, DCBQuery, DCBQueryItem

from taizhang.decisions.decision import Attempt, Decided, Draft, run
from taizhang.decisions.encryption import LOST, OLD_KEYS, STRANGE, Encryption
from taizhang.decisions.parsing import parse_word
from taizhang.declarations.fields import Event
from taizhang.declarations.subjects import subjects_of
from taizhang.ledger.view import Notes
from taizhang.maintenance.clear import any_clear
from taizhang.store.making import being_made, place
from taizhang.store.paths import StoreKeyed, StorePaths, StoreResealed, keys_of
from taizhang.store.unlocking import OWN_KEY, create_keys, open_keys
from taizhang.words.errors import Refused, Usage
from taizhang.workspace import Workspace
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.copying import copy_database
from taizhang_eventstore.files import alone
from taizhang_eventstore.lifting import taken_out, text_at
from taizhang_eventstore.log import open_log
from taizhang_eventstore.personal.cipher import KEY, REASON, SubjectKey
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.personal.keys import settings_of
from taizhang_eventstore.personal.wrapping import KeyFile
from taizhang_eventstore.recorded import Recorded
from taizhang_eventstore.recorders import portable
from taizhang_eventstore.seals.merkle import leaf_hash
from taizhang_eventstore.seals.tree import Range

if TYPE_CHECKING:
    from taizhang.ledger.projector import Progress
    from taizhang_eventstore.personal.keys import Keys
    from taizhang_eventstore.personal.wrapping import Secret

PAGE = 1_000
KEPT = ("files", "plugins")
"""What goes along besides events and settings; drafts do not, which hold people's data."""

_object = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode


class _Stored(msgspec.Struct):
    payload: msgspec.Raw


def reseal(
    ws: Workspace, target: Path, secret: Secret | None, progress: Progress | None = None
) -> dict[str, Any]:
    """Copies the open store into the directory ``target``, sealed; says what was made.

    Args:
        ws: the open store.
        target: a directory that is not there, or is empty.
        secret: what unlocks the copy, if personal data were not sealed at all; or else as before.
        progress: told how far it has come.

    Raises:
        Refused: it is sealed already, or an event cannot be read: nothing is left at ``target`` then.
    """
    if ws.encrypted and not any_clear(ws.ledger.db):
        raise Refused("这本账已经加密|personal data are sealed in this store already")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused("{path} 不是空目录|{path} is not an empty directory", path=target)
    target = Path(os.path.realpath(target))
    with being_made(target) as part:
        made = _reseal(ws, part, secret, progress)
        place(part, target)
    return {"store": str(target), **made}


def _reseal(
    ws: Workspace, part: Path, secret: Secret | None, progress: Progress | None
) -> dict[str, Any]:
    paths = StorePaths(part)
    if ws.paths.config.exists():
        shutil.copy2(ws.paths.config, paths.config)
    for name in KEPT:
        if (ws.paths.root / name).is_dir():
            shutil.copytree(ws.paths.root / name, part / name)
    if ws.encrypted:
        keys, secret = _same_keys(ws, paths)
    else:
        keys, secret = create_keys(paths, secret, ws.ambient, demonstration=ws.demonstration)
    size = ws.log.head()
    root = _root(ws, size)
    codec = Codec()
    codec.cipher = ring = _Sealing(keys, ws.keyring.erased)
    ring.lost = SubjectKey(ws.ambient.secret_bytes(KEY))
    private = Encryption(ws, Notes())
    with open_log(paths.events, codec) as log:
        never = DCBAppendCondition(DCBQuery([DCBQueryItem(tags=["never"])]))
        for page in ws.log.pages(0, size, PAGE):
            made = [_sealed(ws, codec, ring, private, recorded) for recorded in page]
            ring.keep(ws.ambient)
            if log.append(made, never) != page[-1].position:
                raise Refused("事件序号不连续，不能照抄|positions have gaps and cannot be kept")
            if progress is not None:
                progress(page[-1].position, size)
    id = ring.identity
    ring.close()
    with Workspace.open(part, actor=ws.actor, secret=secret, ambient=ws.ambient) as made_ws:
        _say(made_ws, StoreResealed(size=size, tree=root, keys=id), None)
        key = made_ws.sealing.begin()
    return {"size": size, "root": root, "key": key}


def _root(ws: Workspace, size: int) -> str:
    tree = Range()
    for sequenced in portable.read(ws.log.recorder, [], 0, size):
        event = sequenced.event
        tree.extend(leaf_hash(event.type, event.tags, event.data))
    return tree.root().hex()


def _sealed(
    ws: Workspace, codec: Codec, ring: Keyring, private: Encryption, recorded: Recorded
) -> DCBEvent:
    """One event as it would be recorded now: what was sealed stays as it is, what was not is sealed."""
    event, envelope = recorded.event, recorded.envelope
    if not isinstance(event, Event):
        raise Refused(
            "第 {seq} 号事件（{type}）读不出来，不知道其中哪些是个人数据；先启用它的插件"
            "|event {seq} ({type}) cannot be read, and so not which of it is personal; enable its "
            "programme first",
            seq=recorded.position,
            type=recorded.type,
        )
    before = envelope.sealed
    subjects = {n: s for n, s in subjects_of(event).items() if n not in recorded.marks}
    said = REASON not in before and envelope.reason
    if said and (about := private.about(event, recorded.tags)):
        subjects[REASON] = about
    if not subjects:
        return DCBEvent(type=recorded.type, tags=list(recorded.tags), data=recorded.data)
    payload = _object(msgspec.json.decode(recorded.data, type=_Stored).payload)
    names = [name for name in subjects if name != REASON]
    try:
        texts = {name: text_at(payload, name) for name in names}
    except (KeyError, IndexError, TypeError):
        raise Refused(
            "第 {seq} 号事件是旧版本的格式，不能重新密封|event {seq} is of an older shape and cannot be resealed",
            seq=recorded.position,
        ) from None
    for subject in set(subjects.values()) - ring.erased:
        if ring.key(subject) is None:
            if ws.encrypted and private.encrypted_before(subject):
                raise Refused(OLD_KEYS, subject=subject)
            ring.make(subject, ws.ambient)
    if REASON in before:
        envelope = msgspec.structs.replace(envelope, reason=None)
    made = codec.sealed(envelope, recorded.type, texts, subjects, ws.ambient)
    made = msgspec.structs.replace(made, sealed={**before, **made.sealed})
    return codec.encode_raw(recorded.type, _encode(taken_out(payload, names)), made, recorded.tags)


class _Sealing(Keyring):
    """The keys of the copy; of who was erased one that is kept nowhere, so that the text is gone too."""

    lost: SubjectKey

    def key(self, subject: str) -> SubjectKey | None:
        """The key under which a subject's text is sealed."""
        return self.lost if subject in self.erased else super().key(subject)


def _same_keys(ws: Workspace, paths: StorePaths) -> tuple[Keys, Secret]:
    """The keys of the store, copied, with what unlocks them."""
    if ws.keyring.keys is None or ws.secret is None:
        raise Refused(STRANGE if ws.strange_keys else LOST)
    copy_database(ws.paths.keys, paths.keys)
    own = ws.paths.root / OWN_KEY
    secret = ws.secret
    if own.exists():
        shutil.copy2(own, paths.root / OWN_KEY)
        secret = KeyFile(paths.root / OWN_KEY)
    return open_keys(paths, secret, read_only=False), secret


def _say(ws: Workspace, event: Event, reason: str | None) -> None:
    """Records what happened to the store itself."""

    def plan(attempt: Attempt) -> None:
        attempt.add(Decided([Draft(event, ws.today(), [])], reason), accept=True)

    run(ws, plan, commit=True)


_NOT_LOST = "这本账的密钥没有遗失|the keys of this store are not lost"


def new_keys(ws: Workspace, secret: Secret | None, reason: str) -> None:
    """Begins keys anew in a store that has lost them for good. Raises :class:`Refused` otherwise.

    Args:
        ws: The open store.
        secret: What unlocks them, or else a key file that is made.
        reason: Why; it is recorded.
    """
    said = parse_word("reason", reason)
    if not ws.keys_missing:
        raise Refused(_NOT_LOST)
    if not said:
        raise Usage("另建密钥库必须说明事由|beginning new keys needs a reason")
    # Of several that begin others at once one does; nobody replaces the keys of another.
    with alone(ws.paths.root):
        there = settings_of(ws.paths.keys).get("id") if ws.paths.keys.exists() else None
        if there in keys_of(ws.log):
            raise Refused(_NOT_LOST)
        keys, _ = create_keys(ws.paths, secret, ws.ambient, demonstration=ws.demonstration)
        ring = Keyring(keys, ws.keyring.erased)
        ws.keyring = ws.registry.codec.cipher = ring
        ws.strange_keys = False
        _say(ws, StoreKeyed(keys=keys.id), said)
