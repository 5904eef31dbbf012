"""A recorded event (已登记事件) as it comes back from the log."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from taizhang_eventstore.envelope import Envelope
from taizhang_eventstore.lifting import put_back
from taizhang_eventstore.personal.cipher import REASON


class _PayloadOnly(msgspec.Struct):
    payload: dict[str, Any]


_decode_payload: Final = msgspec.json.Decoder(_PayloadOnly).decode


class Recorded(msgspec.Struct):
    """One event at its position. Made by `Codec.decode`; treat it as unchangeable."""

    position: int
    """Where it stands in the log. Positions rise, and may have gaps."""

    type: str
    """The stored type with version, such as ``member.registered@1``."""

    name: str
    """The type without version."""

    version: int
    """The stored version; 0 when the stored type names none."""

    tags: list[str]
    envelope: Envelope

    event: msgspec.Struct | None
    """The payload as an object of its class, lifted to the current version.

    None when its type is unknown here, of a newer version, or does not decode.
    """

    trouble: str | None
    """Why `event` is None: ``"中文|English"``."""

    data: bytes
    """The stored bytes, as they are hashed."""

    opened: dict[str, str] = {}
    """The sealed texts by the names under which they are stored, or markers in their place."""

    marks: dict[str, str] = {}
    """For fields of `event` that were sealed a mark: equal for equal texts of one subject."""

    @property
    def payload(self) -> dict[str, Any]:
        """The payload as stored, not lifted, with what was sealed filled in; parsed at each call.

        Empty if it is no object.
        """
        try:
            found = _decode_payload(self.data).payload
        except msgspec.DecodeError:
            return {}
        texts = {k: v for k, v in self.opened.items() if k != REASON and k not in found}
        return put_back(found, texts)
