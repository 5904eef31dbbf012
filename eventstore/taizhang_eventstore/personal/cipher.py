"""Sealing one text under one subject's key (密封): the form of a sealed value, made and opened.

A sealed value is ``SUBJECT MARK BASE64``. The subject, such as ``member:m-7k3q9f2xw4``, says whose
key opens it. The mark tells equal texts of one subject from different ones without opening them, so
that a ledger comes out the same after the key is gone. The rest is AES-256-GCM: 12 bytes nonce, the
ciphertext, 16 bytes tag; what it is bound to is the event's id and type and the field's name.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Final, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from taizhang_eventstore.ambient import base32

if TYPE_CHECKING:
    from taizhang_eventstore.ambient import Ambient

ERASED: Final = "〔已删除〕"
"""What stands where a person's data have been erased."""

MISSING: Final = "〔缺密钥〕"
"""What stands where the key is lost, or is not the right one."""

MARKERS: Final = frozenset({ERASED, MISSING})

REASON: Final = "@reason"
"""The name under which the envelope's reason is sealed; no field can be called so."""

KEY: Final = 64
"""Bytes of a subject's key: 32 to encrypt, 32 to mark."""

_NONCE: Final = 12
_BLOCK: Final = 16
_MARK: Final = 5


class Cipher(Protocol):
    """The cipher that the codec seals and opens with; `keys.Keys` is one."""

    @property
    def identity(self) -> str:
        """Identifies the keys; empty where there are none. A ledger made with others is stale."""
        ...

    def key(self, subject: str) -> SubjectKey | None:
        """The key of a subject, None where there is none any more."""
        ...

    def marker(self, subject: str) -> str:
        """Returns what stands in place of a text of `subject` that does not open."""
        ...


class SubjectKey:
    """One subject's key, ready for use."""

    __slots__ = ("_aes", "_mark", "raw")

    def __init__(self, raw: bytes) -> None:
        if len(raw) != KEY:
            msg = f"a subject's key has {KEY} bytes, not {len(raw)}"
            raise ValueError(msg)
        self.raw = raw
        self._aes = AESGCM(raw[:32])
        self._mark = raw[32:]

    def mark(self, text: bytes) -> str:
        """Eight characters that are the same for equal texts of this subject."""
        made = hashlib.blake2b(text, digest_size=_MARK, key=self._mark)
        return base32(int.from_bytes(made.digest()), 8)

    def seal(self, subject: str, bound: bytes, text: str, ambient: Ambient) -> str:
        """`text` as a sealed value. Raises ValueError for a text with the character NUL.

        Args:
            subject: Whose text it is.
            bound: What the value belongs to.
            text: The text.
            ambient: Gives the nonce.
        """
        plain = text.encode()
        if b"\0" in plain:
            msg = "a text with NUL cannot be sealed"
            raise ValueError(msg)
        nonce = ambient.secret_bytes(_NONCE)
        # Filled up with NUL, so that the length says little: names of two and of five characters
        # look alike.
        padded = plain.ljust(-(-len(plain) // _BLOCK) * _BLOCK, b"\0")
        body = base64.b64encode(nonce + self._aes.encrypt(nonce, padded, bound))
        return f"{subject} {self.mark(plain)} {body.decode()}"

    def open(self, body: str, bound: bytes) -> str | None:
        """The text, or None when it was sealed under another key, for another place, or damaged."""
        try:
            data = base64.b64decode(body, validate=True)
            plain = self._aes.decrypt(data[:_NONCE], data[_NONCE:], bound)
            return plain.rstrip(b"\0").decode()
        except (binascii.Error, InvalidTag, ValueError):
            return None


def bound(id: str, type_: str, field: str) -> bytes:
    """Names what a sealed value belongs to: it opens nowhere else.

    Args:
        id: The event.
        type_: Its stored type.
        field: The field.
    """
    return f"taizhang.sealed\n{id}\n{type_}\n{field}".encode()


def parts(value: str) -> tuple[str, str, str]:
    """Subject, mark and body of a sealed value; what is not one gives empty parts."""
    subject, _, rest = value.partition(" ")
    mark, _, body = rest.partition(" ")
    return subject, mark, body


def opened(cipher: Cipher | None, value: str, id: str, type_: str, field: str) -> str:
    """The text of a sealed value, or the marker that stands in its place.

    Args:
        cipher: Opens it; None where there are no keys.
        value: What is stored.
        id: The event.
        type_: Its stored type.
        field: The field.
    """
    subject, _, body = parts(value)
    if cipher is None:
        return MISSING
    key = cipher.key(subject)
    text = None if key is None else key.open(body, bound(id, type_, field))
    return cipher.marker(subject) if text is None else text
