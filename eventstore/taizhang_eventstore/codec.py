"""From events to stored bytes and back (编解码): names, versions, upcasters.

A stored event is one JSON object: the envelope's fields, then ``payload``. Its type is a name
with the version of its shape, ``member.registered@1``. Types are found by name in a register,
never by import path: what stands in a file cannot make the program import anything.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from eventsourcing.dcb.api import DCBEvent

from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.errors import StoreDamaged
from taizhang_eventstore.recorded import Recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from eventsourcing.dcb.api import DCBSequencedEvent

    Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
    """Lifts a payload from one version to the next. It may change its argument."""

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
    """How to read one stored type: its parts, and a decoder or the reason for having none."""

    __slots__ = ("decode", "name", "trouble", "version")

    def __init__(
        self,
        name: str,
        version: int,
        decode: Callable[[bytes], Any] | None,
        trouble: str | None = None,
    ) -> None:
        self.name = name
        self.version = version
        self.decode = decode
        self.trouble = trouble


class Codec:
    """The register of event types, and the translation of events to and from stored form."""

    def __init__(self) -> None:
        self._names: dict[str, _Registered] = {}
        self._classes: dict[type[msgspec.Struct], _Registered] = {}
        self._stored: dict[str, _Stored] = {}

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
        """Makes events of class `type_` known as `name`, at present in `version` (from 1).

        `upcasters[k]` lifts a payload of version k to k + 1; one is needed for every version
        before the current one. Raises ValueError for a bad name or version, a missing
        upcaster, and a name or class that is taken: the message names both owners.
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
        """Who registered `name`, if anyone did."""
        entry = self._names.get(name)
        return entry.owner if entry else None

    # To stored form

    def encode(self, envelope: Envelope, event: msgspec.Struct, tags: Sequence[str]) -> DCBEvent:
        """The event in stored form, its type by its class.

        Raises LookupError for a class that is not registered, ValueError for an envelope or
        payload that cannot be stored.
        """
        entry = self._classes.get(type(event))
        if entry is None:
            msg = f"{type(event).__qualname__} is not a registered event type"
            raise LookupError(msg)
        return self._joined(f"{entry.name}@{entry.version}", _encode(event), envelope, tags)

    def encode_raw(
        self, type_: str, payload: bytes, envelope: Envelope, tags: Sequence[str]
    ) -> DCBEvent:
        """An event without class in stored form: `type_` with version, `payload` a JSON object.

        Raises ValueError when they are not that.
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
        """The same for an event in parts."""
        try:
            envelope = _decode_envelope(data)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise StoreDamaged(_DAMAGED, position=position, detail=error) from error
        known = self._stored.get(type_) or self._look_up(type_)
        event = None
        trouble = known.trouble
        if known.decode is not None:
            try:
                event = known.decode(data)
            except Exception as error:
                # Upcasters and classes are a plugin's own code: whatever they raise, the event
                # stays listed and the log stays readable.
                trouble = _UNDECODABLE.format(str(error).replace("|", "/"))
        return Recorded(
            position,
            type_,
            known.name,
            known.version,
            tags,
            envelope,
            event,
            trouble,
            data,
        )

    def _look_up(self, type_: str) -> _Stored:
        if len(self._stored) >= _CACHE:
            self._stored.clear()
        name, version = split_type(type_)
        entry = self._names.get(name)
        if entry is None or version == 0:
            stored = _Stored(name, version, None, _UNKNOWN.format(type_))
        elif version > entry.version:
            stored = _Stored(name, version, None, _NEWER.format(type_, entry.version))
        elif version == entry.version:
            stored = _Stored(name, version, _current(entry.type))
        else:
            stored = _Stored(name, version, _lifted(entry, version))
        self._stored[type_] = stored
        return stored


def _current(type_: type[msgspec.Struct]) -> Callable[[bytes], Any]:
    """A decoder of the payload alone: it steps over the envelope's fields."""
    wrapper = msgspec.defstruct("Stored", [("payload", type_)])
    decode = msgspec.json.Decoder(wrapper).decode
    return lambda data: decode(data).payload  # type: ignore[attr-defined]


def _lifted(entry: _Registered, version: int) -> Callable[[bytes], Any]:
    """A decoder through the upcasters from `version` to the current one."""
    wrapper = msgspec.defstruct("Stored", [("payload", dict[str, Any])])
    decode = msgspec.json.Decoder(wrapper).decode
    steps = [entry.upcasters[k] for k in range(version, entry.version)]

    def lift(data: bytes) -> Any:
        payload = decode(data).payload  # type: ignore[attr-defined]
        for step in steps:
            payload = step(payload)
        return msgspec.convert(payload, entry.type)

    return lift
