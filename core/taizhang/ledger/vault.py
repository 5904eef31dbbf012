"""The texts of a ledger as they stand in its file (台账加密): encrypted under one key, and looked for by marks.

The ledger is read by the thousand, and so has a key of its own, beside those of the subjects in `keys.db` and
wrapped as they are. A text is encrypted with AES-256-GCM, bound to its token. The nonce is made of key, token
and text (as SIV does it): a rebuild writes the same bytes, a token that comes to stand for another text, after
an older log was put back, never uses a nonce twice, and equal texts of two tokens look unlike.

What is looked for is compared by marks: keyed hashes of a name as it is spelled, and of everything that may be
typed to find it. A mark tells nobody without the key what it stands for. It is the same for the same text,
though: who has the file alone sees how many people are called alike, or have a beginning in common, and could
guess the most usual surnames from that; no more.

Without keys nothing is encrypted, for then the log has the texts in the clear as well, or nobody can read them.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sqlite3
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from taizhang.words.spelling import spelled
from taizhang_eventstore.personal.cipher import KEY, MISSING
from taizhang_eventstore.personal.keyring import Keyring

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry

Kept = bytes | str
"""A text as it stands in the file: encrypted, or as it is where there is no key, or it is no person's."""

_NONCE = 12
_ENCRYPTED = "encrypted"
_MARK = 8
SIGN = 5
"""Bytes of a sign of the finder: 1 in 10,000 searches in 1,000,000 names meets a foreign one."""


class Vault:
    """One ledger's key, ready for use; safe between threads."""

    def __init__(self, key: bytes | None) -> None:
        """Takes the key's 64 bytes, 32 to encrypt and 32 to mark; None where there are no keys."""
        self._aes = None if key is None else AESGCM(key[:32])
        secret = bytes(32) if key is None else key[32:KEY]
        self._nonces = hashlib.blake2b(digest_size=_NONCE, key=secret, person=b"taizhang nonce")
        self._marks = hashlib.blake2b(digest_size=_MARK, key=secret, person=b"taizhang mark")
        self._signs = hashlib.blake2b(digest_size=SIGN, key=secret, person=b"taizhang sign")

    def keep(self, token: str, text: str) -> Kept:
        """A text as it stands in the file in the place of a token."""
        if self._aes is None or text == MISSING:
            return text
        bound = token.encode()
        said = text.encode("utf-8", "surrogatepass")
        made = self._nonces.copy()
        made.update(b"%d\n%b%b" % (len(bound), bound, said))
        nonce = made.digest()
        return nonce + self._aes.encrypt(nonce, said, bound)

    def text(self, token: str, kept: Kept | None) -> str | None:
        """The text that stands in the file in the place of a token, :data:`MISSING` where it does not open."""
        if kept is None or isinstance(kept, str):
            return kept
        if self._aes is None:
            return MISSING
        try:
            said = self._aes.decrypt(kept[:_NONCE], kept[_NONCE:], token.encode())
        except (InvalidTag, ValueError):
            return MISSING
        return said.decode("utf-8", "surrogatepass")

    def written(self, name: str, text: str) -> bytes:
        """A small file that may say something of people, as it is written: JSON that holds it encrypted.

        Args:
            name: The file's name, to which it is bound.
            text: The text, JSON itself.
        """
        kept = self.keep(name, text)
        if isinstance(kept, str):
            return kept.encode()
        return json.dumps({_ENCRYPTED: base64.b64encode(kept).decode()}).encode()

    def read(self, name: str, data: bytes) -> str:
        """The text of a file that was :meth:`written`, or as it stands there in the clear.

        Args:
            name: The file's name.
            data: What it holds.
        """
        text = data.decode("utf-8", "replace")
        if not text.startswith(f'{{"{_ENCRYPTED}"'):
            return text
        try:
            kept = base64.b64decode(json.loads(text)[_ENCRYPTED], validate=True)
        except (ValueError, TypeError, KeyError, RecursionError):
            return text
        return str(self.text(name, kept))

    def mark(self, name: str) -> bytes:
        """The mark of a name as it is spelled (:func:`~taizhang.words.spelling.spelled`)."""
        made = self._marks.copy()
        made.update(name.encode("utf-8", "surrogatepass"))
        return made.digest()

    def sign(self, word: str) -> bytes:
        """The sign of something that may be typed, for the finder."""
        made = self._signs.copy()
        made.update(word.encode("utf-8", "surrogatepass"))
        return made.digest()

    def attach(self, db: sqlite3.Connection) -> None:
        """Lets SQL on a connection read texts: ``personal_text(token, text)``, ``name_mark(name)``."""
        db.create_function("personal_text", 2, self.text, deterministic=True)
        db.create_function("name_mark", 1, self._mark_of, deterministic=True)

    def _mark_of(self, name: str | None) -> bytes | None:
        return None if name is None else self.mark(spelled(name))


def vault_of(registry: Registry) -> Vault:
    """The key of the ledger that has a registry's tables."""
    ring = registry.codec.cipher
    return ring_vault(ring) if isinstance(ring, Keyring) else _made(None)


def ring_vault(ring: Keyring) -> Vault:
    """The key of the ledger of the store whose keys these are."""
    return _made(ring.ledger)


@lru_cache(maxsize=2)
def _made(key: bytes | None) -> Vault:
    return Vault(key)


__all__ = ["Kept", "Vault", "ring_vault", "vault_of"]
