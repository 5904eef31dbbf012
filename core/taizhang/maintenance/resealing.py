"""Resealing (重新密封): a store of before personal data were sealed, copied into one where they are.

Events keep their positions, ids, tags and words; personal fields and reasons go into the envelope,
sealed. What was sealed (封存) of the old log does not fit the new one: the last event of the copy says how
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
from taizhang.decisions.encryption import Encryption
from taizhang.decisions.parsing import parse_word
from taizhang.declarations.fields import Event
from taizhang.declarations.subjects import subjects_of
from taizhang.ledger.view import Notes
from taizhang.store.making import being_made, place
from taizhang.store.paths import StoreKeyed, StorePaths, StoreResealed, keys_of
from taizhang.store.unlocking import create_keys
from taizhang.words.errors import Refused, Usage
from taizhang.workspace import Workspace
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.files import alone
from taizhang_eventstore.log import open_log
from taizhang_eventstore.personal.cipher import REASON
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.personal.keys import settings_of
from taizhang_eventstore.recorded import Recorded
from taizhang_eventstore.recorders import portable
from taizhang_eventstore.seals.merkle import leaf_hash
from taizhang_eventstore.seals.tree import Range

if TYPE_CHECKING:
    from taizhang.ledger.projector import Progress
    from taizhang_eventstore.personal.wrapping import Secret

PAGE = 1_000
KEPT = ("files", "plugins")
"""What goes along besides events and settings; drafts do not, which hold people's data."""

_object = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder().encode


class _Stored(msgspec.Struct):
    payload: msgspec.Raw


def reseal(
    ws: Workspace, target: Path, secret: Secret | None, progress: Progress | None = None
) -> dict[str, Any]:
    """Copies the open store into the directory ``target``, sealed; says what was made.

    Raises :class:`Refused` where it is sealed already, or where an event cannot be read: nothing is left
    at ``target`` then.
    """
    if ws.encrypted:
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
    keys, secret = create_keys(paths, secret, ws.ambient, demonstration=ws.demonstration)
    size = ws.log.head()
    root = _root(ws, size)
    codec = Codec()
    codec.cipher = ring = Keyring(keys)
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
    """One event as it would have been recorded had there been keys."""
    event, envelope = recorded.event, recorded.envelope
    if not isinstance(event, Event):
        raise Refused(
            "第 {seq} 号事件（{type}）读不出来，不知道其中哪些是个人数据；先启用它的插件"
            "|event {seq} ({type}) cannot be read, and so not which of it is personal; enable its "
            "programme first",
            seq=recorded.position,
            type=recorded.type,
        )
    payload = _object(msgspec.json.decode(recorded.data, type=_Stored).payload)
    subjects = subjects_of(event)
    if not set(subjects) <= set(payload):
        raise Refused(
            "第 {seq} 号事件是旧版本的格式，不能重新密封|event {seq} is of an older shape and cannot be resealed",
            seq=recorded.position,
        )
    texts = {name: msgspec.json.decode(payload.pop(name), type=str) for name in subjects}
    if envelope.reason and (about := private.about(event, recorded.tags)):
        subjects[REASON] = about
    for subject in subjects.values():
        if ring.key(subject) is None:
            ring.make(subject, ws.ambient)
    envelope = codec.sealed(envelope, recorded.type, texts, subjects, ws.ambient)
    return codec.encode_raw(recorded.type, _encode(payload), envelope, recorded.tags)


def _say(ws: Workspace, event: Event, reason: str | None) -> None:
    """Records what happened to the store itself."""

    def plan(attempt: Attempt) -> None:
        attempt.add(Decided([Draft(event, ws.today(), [])], reason), accept=True)

    run(ws, plan, commit=True)


_NOT_LOST = "这本账的密钥没有遗失|the keys of this store are not lost"


def new_keys(ws: Workspace, secret: Secret | None, reason: str) -> None:
    """Begins keys anew in a store that has lost them for good. Raises :class:`Refused` otherwise."""
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
