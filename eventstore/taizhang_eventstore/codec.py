"""From events to stored bytes and back (编解码): names, versions, upcasters.

A stored event is one JSON object: the envelope's fields, then ``payload``. Its type is a name
with the version of its shape, ``member.registered@1``. Types are found by name in a register,
never by import path: what stands in a file cannot make the program import anything.

Personal texts are sealed on the way in and opened on the way back (`cipher`): they stand in the
envelope, not in the payload.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

import msgspec
from eventsourcing.dcb.api import DCBEvent

from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import StoreDamaged
from taizhang_eventstore.lifting import current, lifted, taken_out, text_at
from taizhang_eventstore.personal.cipher import REASON, bound, opened, parts
from taizhang_eventstore.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eventsourcing.dcb.api import DCBSequencedEvent

    from taizhang_eventstore.ambient import Ambient
    from taizhang_eventstore.lifting import Decode, Unseal, Upcaster
    from taizhang_eventstore.personal.cipher import Cipher

_NAME: Final = re.compile(r"[^\s@|\0]+")
_TYPE: Final = re.compile(r"([^\s@|\0]+)@([1-9][0-9]{0,8})", re.ASCII)

# More distinct stored types than any real log has: beyond it the cache starts anew, so that a
# hostile file cannot fill the memory.
_CACHE: Final = 10_000

_UNKNOWN: Final = (
    "不认识的事件类型 {0}：它的插件没有启用或没有安装"
    "|unknown event type {0}: its plugin is disabled or not installed"
)
_NEWER: Final = (
    "事件 {0} 的版本较新，本程序只认识到 @{1}"
    "|event {0} has a newer version; this program knows up to @{1}"
)
_UNDECODABLE: Final = "事件内容读不出来：{0}|the payload does not decode: {0}"
_DAMAGED: Final = (
    "第 {position} 号事件的信封读不出来，事件日志已损坏（{detail}）。"
    "|The envelope of event {position} does not decode; the log is damaged ({detail})."
)

_encode: Final = msgspec.json.Encoder().encode
_decode_envelope: Final = msgspec.json.Decoder(Envelope).decode
_decode_object: Final = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def _object(event: msgspec.Struct, names: Sequence[str]) -> dict[str, object]:
    """The event's fields; of lists, of which some texts are named, the items' fields too."""
    lists = {name.partition("/")[0] for name in names if "/" in name}
    made = {f: getattr(event, f) for f in event.__struct_fields__}
    for field in lists:
        items = made[field]
        made[field] = [None if item is None else msgspec.structs.asdict(item) for item in items]
    return made


class NoKeys(ValueError):
    """Something is to be sealed, and there is no key for it."""


def split_type(type_: str) -> tuple[str, int]:
    """The name and the version of a stored type; version 0 when it names none."""
    match = _TYPE.fullmatch(type_)
    return (match[1], int(match[2])) if match else (type_, 0)


class _Registered:
    """One registered name."""

    __slots__ = ("name", "owner", "type", "upcasters", "version")

    def __init__(
        self,
        name: str,
        version: int,
        type_: type[msgspec.Struct],
        owner: str,
        upcasters: Mapping[int, Upcaster],
    ) -> None:
        self.name = name
        self.version = version
        self.type = type_
        self.owner = owner
        self.upcasters = dict(upcasters)


class _Stored:
    """The reading of one stored type: its parts, and a decoder or the reason for having none."""

    __slots__ = ("decode", "name", "trouble", "unseal", "version")

    def __init__(
        self,
        name: str,
        version: int,
        decode: Decode | None,
        unseal: Unseal | None = None,
        trouble: str | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self.decode = decode
        self.unseal = unseal
        """The same for an event with sealed texts; says, too, which field holds which of them."""
        self.trouble = trouble


def _passes_over(name: str, version: int, position: int, error: BaseException) -> bool:
    return isinstance(error, Exception)


class Codec:
    """The register of event types, and the translation of events to and from stored form."""

    def __init__(self) -> None:
        self._names: dict[str, _Registered] = {}
        self._classes: dict[type[msgspec.Struct], _Registered] = {}
        self._stored: dict[str, _Stored] = {}
        self.cipher: Cipher | None = None
        """What seals and opens personal texts. Without it they are read as missing."""
        self.passes_over: Callable[[str, int, int, BaseException], bool] = _passes_over
        """Asked with name, version, position and error of an event that its class or an upcaster
        could not read: whether it is passed over, or the error raised."""

    # The register

    def register(
        self,
        name: str,
        version: int,
        type_: type[msgspec.Struct],
        *,
        owner: str,
        upcasters: Mapping[int, Upcaster] | None = None,
    ) -> None:
        """Makes events of class `type_` known as `name`.

        Args:
            name: The stored name, without version.
            version: The present version, from 1.
            type_: The class of the payload.
            owner: Whose it is.
            upcasters: `upcasters[k]` lifts a payload of version k to k + 1; one is needed for every version
                before the present one.

        Raises:
            ValueError: A bad name or version, a missing upcaster, or a name or class that is taken: the message
                names both owners.
        """
        if not _NAME.fullmatch(name) or version < 1:
            msg = f"not a name and version of an event type: {name!r}, {version!r}"
            raise ValueError(msg)
        taken = self._names.get(name) or self._classes.get(type_)
        if taken is not None:
            msg = (
                f"{owner} cannot register {name} ({type_.__name__}): "
                f"{taken.owner} has registered {taken.name} ({taken.type.__name__})"
            )
            raise ValueError(msg)
        upcasters = upcasters or {}
        missing = sorted(set(range(1, version)) - set(upcasters))
        if missing:
            msg = f"{owner} must give upcasters of {name}@{version} for versions {missing}"
            raise ValueError(msg)
        entry = _Registered(name, version, type_, owner, upcasters)
        self._names[name] = self._classes[type_] = entry
        self._stored.clear()

    def unregister(self, owner: str) -> None:
        """Forgets all types of `owner`; their events are passed over by name from now on."""
        for entry in [e for e in self._names.values() if e.owner == owner]:
            del self._names[entry.name]
            del self._classes[entry.type]
        self._stored.clear()

    def versions(self, name: str) -> list[str]:
        """The stored types of `name`, oldest version first; none when it is not registered."""
        entry = self._names.get(name)
        return [f"{name}@{k}" for k in range(1, entry.version + 1)] if entry else []

    def version(self, name: str) -> int:
        """The current version of `name`, 0 when it is not registered."""
        entry = self._names.get(name)
        return entry.version if entry else 0

    def owner(self, name: str) -> str | None:
        """Names who registered `name`, if anyone did."""
        entry = self._names.get(name)
        return entry.owner if entry else None

    # To stored form

    def encode(
        self,
        envelope: Envelope,
        event: msgspec.Struct,
        tags: Sequence[str],
        subjects: Mapping[str, str] | None = None,
        ambient: Ambient | None = None,
    ) -> DCBEvent:
        """Puts an event into stored form, its type by its class.

        Args:
            envelope: The envelope.
            event: The payload.
            tags: The tags, in the order in which they are stored.
            subjects: The fields to seal, each with its subject (``field/3/name`` is a field of the third item of a
                list), and ``@reason`` for the envelope's reason. Every subject has a key already.
            ambient: Gives the nonces.

        Raises:
            LookupError: The class is not registered.
            ValueError: The envelope or the payload cannot be stored.
            NoKeys: A subject has no key.
        """
        entry = self._classes.get(type(event))
        if entry is None:
            msg = f"{type(event).__qualname__} is not a registered event type"
            raise LookupError(msg)
        type_ = f"{entry.name}@{entry.version}"
        payload = _encode(event)
        if subjects and ambient is not None:
            names = [name for name in subjects if name != REASON]
            whole = _object(event, names)
            texts = {name: text_at(whole, name) for name in names}
            payload = _encode(taken_out(whole, names))
            envelope = self.sealed(envelope, type_, texts, subjects, ambient)
        return self._joined(type_, payload, envelope, tags)

    def sealed(
        self,
        envelope: Envelope,
        type_: str,
        texts: Mapping[str, str],
        subjects: Mapping[str, str],
        ambient: Ambient,
    ) -> Envelope:
        """The envelope with `texts`, and its own reason if ``@reason`` has a subject, sealed.

        Args:
            envelope: The envelope as it is.
            type_: The stored type, with its version.
            texts: The texts by field.
            subjects: Whose each field is.
            ambient: Gives the nonces.
        """
        said = dict(texts)
        if REASON in subjects and envelope.reason:
            said[REASON] = envelope.reason
        made = {}
        for name, text in said.items():
            subject = subjects[name]
            key = None if self.cipher is None else self.cipher.key(subject)
            if key is None:
                msg = f"no key for {subject}"
                raise NoKeys(msg)
            made[name] = key.seal(subject, bound(envelope.id, type_, name), text, ambient)
        reason = None if REASON in said else envelope.reason
        return msgspec.structs.replace(envelope, sealed=made, reason=reason)

    def encode_raw(
        self, type_: str, payload: bytes, envelope: Envelope, tags: Sequence[str]
    ) -> DCBEvent:
        """An event without class in stored form: `type_` with version, `payload` a JSON object.

        Raises ValueError when they are not that.

        Args:
            type_: Name and version.
            payload: The bytes of the payload.
            envelope: The envelope.
            tags: The tags, in the order in which they are stored.
        """
        if not _TYPE.fullmatch(type_):
            msg = f"not an event type with version: {type_!r}"
            raise ValueError(msg)
        _decode_object(payload)
        return self._joined(type_, payload, envelope, tags)

    @staticmethod
    def _joined(type_: str, payload: bytes, envelope: Envelope, tags: Sequence[str]) -> DCBEvent:
        if envelope.recorded_at.utcoffset() is None or not 1 <= envelope.i <= envelope.n:
            msg = f"not a sound envelope: {envelope!r}"
            raise ValueError(msg)
        if envelope.recorded_at.tzinfo is not dt.UTC:
            utc = envelope.recorded_at.astimezone(dt.UTC)
            envelope = msgspec.structs.replace(envelope, recorded_at=utc)
        data = b'%b,"payload":%b}' % (_encode(envelope)[:-1], payload)
        return DCBEvent(type_, data, list(tags))

    # And back

    def decode(self, sequenced: DCBSequencedEvent) -> Recorded:
        """The event as recorded; never fails for its type or payload (see `Recorded.event`).

        Raises `StoreDamaged` when even the envelope does not decode.
        """
        event = sequenced.event
        return self.recorded(sequenced.position, event.type, event.data, event.tags)

    def recorded(self, position: int, type_: str, data: bytes, tags: list[str]) -> Recorded:
        """Decodes an event that is given in parts.

        Args:
            position: Its position in the log.
            type_: Its stored type.
            data: Its bytes.
            tags: Its tags.
        """
        try:
            envelope = _decode_envelope(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreDamaged(_DAMAGED, position=position, detail=error) from error
        known = self._stored.get(type_) or self._look_up(type_)
        if envelope.sealed:
            return self._unsealed(position, type_, data, tags, envelope, known)
        event = None
        trouble = known.trouble
        if known.decode is not None:
            try:
                event = known.decode(data)
            except BaseException as error:
                if not self.passes_over(known.name, known.version, position, error):
                    raise
                # Upcasters and classes are a plugin's own code: whatever they raise, the event
                # stays listed and the log stays readable.
                trouble = _UNDECODABLE.format(str(error).replace("|", "/"))
        return Recorded(
            position, type_, known.name, known.version, tags, envelope, event, trouble, data
        )

    def _unsealed(
        self,
        position: int,
        type_: str,
        data: bytes,
        tags: list[str],
        envelope: Envelope,
        known: _Stored,
    ) -> Recorded:
        """Decodes an event with sealed texts: they are filled in, or a marker is."""
        sealed = envelope.sealed
        texts = {n: opened(self.cipher, v, envelope.id, type_, n) for n, v in sealed.items()}
        if REASON in texts:
            envelope = msgspec.structs.replace(envelope, reason=texts[REASON])
        event, trouble, marks = None, known.trouble, {}
        if known.unseal is not None:
            try:
                event, places = known.unseal(data, {n: t for n, t in texts.items() if n != REASON})
                marks = {place: parts(sealed[name])[1] for place, name in places.items()}
            except BaseException as error:
                if not self.passes_over(known.name, known.version, position, error):
                    raise
                # What is said of a text that does not fit may quote it.
                kind = type(error).__name__
                trouble = _UNDECODABLE.format(kind)
        return Recorded(
            position, type_, known.name, known.version, tags, envelope, event, trouble, data,
            texts, marks,
        )  # fmt: skip

    def _look_up(self, type_: str) -> _Stored:
        if len(self._stored) >= _CACHE:
            self._stored.clear()
        name, version = split_type(type_)
        entry = self._names.get(name)
        if entry is None or version == 0:
            stored = _Stored(name, version, None, trouble=_UNKNOWN.format(type_))
        elif version > entry.version:
            stored = _Stored(name, version, None, trouble=_NEWER.format(type_, entry.version))
        elif version == entry.version:
            stored = _Stored(name, version, *current(entry.type))
        else:
            steps = [entry.upcasters[k] for k in range(version, entry.version)]
            stored = _Stored(name, version, *lifted(entry.type, steps))
        self._stored[type_] = stored
        return stored
