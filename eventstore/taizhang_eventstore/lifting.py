"""From a stored payload to an object (还原与升级): versions lifted, sealed texts filled in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

Upcaster: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Lifts a payload from one version to the next. It may change its argument."""

Decode: TypeAlias = Callable[[bytes], Any]
"""From an event's stored bytes to its object."""

Unseal: TypeAlias = Callable[[bytes, dict[str, str]], tuple[Any, dict[str, str]]]
"""The same with the texts that were sealed; says which field holds which of them."""

_encode: Final = msgspec.json.Encoder().encode


class _Payload(msgspec.Struct):
    payload: msgspec.Raw


_decode_object: Final = msgspec.json.Decoder(dict[str, Any]).decode
_decode_payload: Final = msgspec.json.Decoder(_Payload).decode


def current(type_: type[msgspec.Struct]) -> tuple[Decode, Unseal]:
    """Decoders of the payload alone: they step over the envelope's fields."""
    wrapper = msgspec.defstruct("Stored", [("payload", type_)])
    decode = msgspec.json.Decoder(wrapper).decode
    decode_event = msgspec.json.Decoder(type_).decode

    def unseal(data: bytes, texts: dict[str, str]) -> tuple[Any, dict[str, str]]:
        if any("/" in name for name in texts):
            whole = put_back(_decode_object(_decode_payload(data).payload), texts)
            return msgspec.convert(whole, type_), {name: name for name in texts}
        # As bytes: two objects become one, and the decoder runs once.
        payload = bytes(_decode_payload(data).payload).rstrip()[:-1].rstrip()
        joint = b"" if payload.endswith(b"{") or not texts else b","
        event = decode_event(payload + joint + _encode(texts)[1:])
        return event, {name: name for name in texts}

    return lambda data: decode(data).payload, unseal  # type: ignore[attr-defined]


def lifted(type_: type[msgspec.Struct], steps: Sequence[Upcaster]) -> tuple[Decode, Unseal]:
    """Decoders through upcasters, `steps`, to the current version, whose class is `type_`.

    An upcaster is handed a token in place of each sealed text. It cannot read the text, and
    wherever it puts the token, the text goes.
    """
    wrapper = msgspec.defstruct("Stored", [("payload", dict[str, Any])])
    decode = msgspec.json.Decoder(wrapper).decode

    def lift(data: bytes, tokens: dict[str, str]) -> dict[str, Any]:
        payload = put_back(decode(data).payload, tokens)  # type: ignore[attr-defined]
        for step in steps:
            payload = step(payload)
        return payload

    def unseal(data: bytes, texts: dict[str, str]) -> tuple[Any, dict[str, str]]:
        # No text that people give has a NUL in it.
        tokens = {name: f"\0{name}\0" for name in texts}
        payload = lift(data, tokens)
        names = {token: name for name, token in tokens.items()}
        places = {k: names[v] for k, v in _texts(payload) if v in names}
        filled = {tokens[name]: text for name, text in texts.items()}
        return msgspec.convert(_filled(payload, filled), type_), places

    return lambda data: msgspec.convert(lift(data, {}), type_), unseal


def taken_out(payload: dict[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The payload without the texts at some names: a field's, or ``field/3/name`` in its third item."""
    left = {k: v for k, v in payload.items() if k not in names}
    for name in names:
        field, number, own = _parts(name)
        if own:
            if left[field] is payload[field]:
                left[field] = list(payload[field])
            at = number - 1
            left[field][at] = {k: v for k, v in left[field][at].items() if k != own}
    return left


def text_at(payload: Mapping[str, Any], name: str) -> Any:
    """The text at a name, as :func:`taken_out` takes it."""
    field, number, own = _parts(name)
    return payload[field][number - 1][own] if own else payload[field]


def put_back(payload: dict[str, Any], texts: Mapping[str, str]) -> dict[str, Any]:
    """The payload, which is changed, with the texts that :func:`taken_out` took."""
    for name, text in texts.items():
        field, number, own = _parts(name)
        if not own:
            payload[field] = text
            continue
        # What a damaged or hostile file says need not fit together: then there is no place for it.
        items = payload.get(field)
        if isinstance(items, list) and 0 < number <= len(items):
            item = items[number - 1]
            if isinstance(item, dict):
                item[own] = text
    return payload


def _parts(name: str) -> tuple[str, int, str]:
    field, _, rest = name.partition("/")
    number, _, own = rest.partition("/")
    return field, int(number) if number.isdecimal() else 0, own


def _texts(payload: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts of a payload and of the objects in its lists, by the names where they stand."""
    for field, value in payload.items():
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, list):
            for number, item in enumerate(value, 1):
                if isinstance(item, dict):
                    for own, text in item.items():
                        if isinstance(text, str):
                            yield f"{field}/{number}/{own}", text


def _filled(value: Any, texts: Mapping[str, str]) -> Any:
    """`value` with every token in it replaced, however deep it stands."""
    if isinstance(value, str):
        for token, text in texts.items():
            if token in value:
                value = value.replace(token, text)
        return value
    if isinstance(value, dict):
        return {key: _filled(v, texts) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_filled(v, texts) for v in value]
    return value
