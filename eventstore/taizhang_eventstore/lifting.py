"""From a stored payload to an object (还原与升级): versions lifted, sealed texts filled in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


_decode_payload: Final = msgspec.json.Decoder(_Payload).decode


def current(type_: type[msgspec.Struct]) -> tuple[Decode, Unseal]:
    """Decoders of the payload alone: they step over the envelope's fields."""
    wrapper = msgspec.defstruct("Stored", [("payload", type_)])
    decode = msgspec.json.Decoder(wrapper).decode
    decode_event = msgspec.json.Decoder(type_).decode

    def unseal(data: bytes, texts: dict[str, str]) -> tuple[Any, dict[str, str]]:
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
        payload = {**decode(data).payload, **tokens}  # type: ignore[attr-defined]
        for step in steps:
            payload = step(payload)
        return payload

    def unseal(data: bytes, texts: dict[str, str]) -> tuple[Any, dict[str, str]]:
        # No text that people give has a NUL in it.
        tokens = {name: f"\0{name}\0" for name in texts}
        payload = lift(data, tokens)
        names = {token: name for name, token in tokens.items()}
        places = {k: names[v] for k, v in payload.items() if isinstance(v, str) and v in names}
        filled = {tokens[name]: text for name, text in texts.items()}
        return msgspec.convert(_filled(payload, filled), type_), places

    return lambda data: msgspec.convert(lift(data, {}), type_), unseal


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
