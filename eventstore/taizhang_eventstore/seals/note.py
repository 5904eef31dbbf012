"""Signed notes (签名文本) as C2SP specifies them: a text, and who vouches for it with Ed25519.

https://c2sp.org/signed-note. A note names its keys, so one text may carry the log's own
signature beside those of witnesses; signatures of keys that are not known are left alone.
Keys are written as Go's ``note`` package writes them:

* public (vkey): ``NAME+KEYID+BASE64``, the key id in eight hexadecimal digits;
* private (skey): ``PRIVATE+KEY+NAME+KEYID+BASE64``.

Signing and checking are `cryptography`'s.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from taizhang_eventstore.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

ED25519: Final = b"\x01"
"""The type of signature: Ed25519 over the text."""

LONGEST: Final = 1_000_000
"""Bytes of a note; a longer one is refused unread."""

MOST: Final = 100
"""Signatures of a note. The specification asks that 16 be accepted."""

_DASH: Final = "— "
_PRIVATE: Final = "PRIVATE+KEY+"


class NoteMalformed(StoreError):
    """Not a signed note, or not one in the exact form."""

    exit_code = 3


class NoteUnverified(StoreError):
    """No signature by a known key, or a known key's signature that does not fit the text."""

    exit_code = 3


class KeyMalformed(StoreError):
    """Not a key in the form of a signed note's keys."""

    exit_code = 2


_MALFORMED: Final = "封存文本格式不对：{zh}。|The signed note is not in its exact form: {en}."
_KEY: Final = (
    "封存公钥写法不对：应为“名称+八位十六进制+密钥”，由建账时打印。"
    "|Not a public key of a seal: it reads NAME+EIGHT HEXADECIMAL DIGITS+KEY, as printed by init."
)
_PRIVATE_KEY: Final = "封存私钥文件的内容不对，无法签名。|The private key of the seals is not in its form; it cannot sign."
_FALSE: Final = (
    "密钥 {key} 的签名与文本不符：文本或签名被改动过。"
    "|The signature of key {key} does not fit the text: text or signature was changed."
)
_NOBODY: Final = (
    "没有认识的密钥的签名；签名者是 {signers}，认识的密钥是 {known}。"
    "|No known key has signed it: it is signed by {signers}, known are {known}."
)


def _malformed(zh: str, en: str) -> NoteMalformed:
    return NoteMalformed(_MALFORMED, zh=zh, en=en)


def is_name(name: str) -> bool:
    """Tells if `name` can name a key: not empty, no space of any kind, no plus sign."""
    return bool(name) and not any(c.isspace() or c == "+" or c < " " for c in name)


def decode64(text: str) -> bytes | None:
    """The bytes of standard base64 in its one exact form; None for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if encode64(found) == text else None


def encode64(data: bytes) -> str:
    """`data` in standard base64."""
    return base64.b64encode(data).decode()


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class Verifier:
    """A key's public half: what checks signatures."""

    name: str
    public: bytes
    """32 bytes."""

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell keys of one name apart. Not a fingerprint: easy to imitate."""
        return _key_id(self.name, self.public)

    @property
    def label(self) -> str:
        """Name and key id, for people."""
        return f"{self.name}+{self.key_id.hex()}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """From a vkey. Raises `KeyMalformed`."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        data = decode64(encoded) or b""
        if not is_name(name) or len(data) != 33 or data[:1] != ED25519:
            raise KeyMalformed(_KEY)
        found = cls(name, data[1:])
        if found.key_id.hex() != key_id:
            raise KeyMalformed(_KEY)
        return found

    def encode(self) -> str:
        """The vkey."""
        return f"{self.label}+{encode64(ED25519 + self.public)}"

    def fits(self, text: str, signature: bytes) -> bool:
        """Tells if `signature` is this key's over `text`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A key's private half: what signs. Not shown when printed."""

    name: str
    seed: bytes
    """32 secret bytes."""

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, key.public_key().public_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Self:
        """From an skey. Raises `KeyMalformed`."""
        text = text.strip()
        name, _, rest = text.removeprefix(_PRIVATE).partition("+")
        key_id, _, encoded = rest.partition("+")
        data = decode64(encoded) or b""
        if not text.startswith(_PRIVATE) or not is_name(name) or len(data) != 33:
            raise KeyMalformed(_PRIVATE_KEY)
        found = cls(name, data[1:])
        if data[:1] != ED25519 or found.verifier.key_id.hex() != key_id:
            raise KeyMalformed(_PRIVATE_KEY)
        return found

    def encode(self) -> str:
        """The skey: secret."""
        return f"{_PRIVATE}{self.verifier.label}+{encode64(ED25519 + self.seed)}"

    def sign(self, text: str) -> Signature:
        """The signature over `text`. The same text gives the same signature."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Signature(self.name, self.verifier.key_id, key.sign(text.encode()))


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: which key, and what it wrote."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def label(self) -> str:
        """Name and key id, for people."""
        return f"{self.name}+{self.key_id.hex()}"

    @property
    def line(self) -> str:
        """The line, newline included."""
        return f"{_DASH}{self.name} {encode64(self.key_id + self.signature)}\n"

    @classmethod
    def parse(cls, line: str) -> Self:
        """From a line without its newline. Raises `NoteMalformed`."""
        name, _, encoded = line.removeprefix(_DASH).partition(" ")
        data = decode64(encoded) or b""
        # An id alone signs nothing.
        if not line.startswith(_DASH) or not is_name(name) or len(data) < 5:
            raise _malformed("签名行不对", "a line of signature is wrong")
        return cls(name, data[:4], data[4:])


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def parse(cls, data: bytes) -> Self:
        """From the bytes of a note. Verifies nothing. Raises `NoteMalformed`."""
        if len(data) > LONGEST:
            raise _malformed("太长", "it is too long")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise _malformed("不是 UTF-8 文本", "it is not UTF-8 text") from None
        if any(c < " " and c != "\n" for c in whole):
            raise _malformed("含有控制字符", "it has control characters")
        at = whole.rfind("\n\n")
        if at < 0 or not whole.endswith("\n"):
            raise _malformed("缺少空行后的签名", "no signature follows a blank line")
        text, below = whole[: at + 1], whole[at + 2 :]
        lines = below.split("\n")[:-1]
        if not lines or len(lines) > MOST:
            raise _malformed("没有签名，或签名太多", "there is no signature, or too many")
        return cls(text, tuple(map(Signature.parse, lines)))

    def encode(self) -> bytes:
        """The bytes of the note."""
        return (self.text + "\n" + "".join(s.line for s in self.signatures)).encode()

    def check(self, known: Iterable[Verifier]) -> list[Verifier]:
        """The keys among `known` that have signed the text; at least one.

        Signatures of other keys are left alone. Raises `NoteUnverified` when a known key's
        signature does not fit, and when no known key has signed.
        """
        keys = {(key.name, key.key_id): key for key in known}
        found: list[Verifier] = []
        for signature in self.signatures:
            key = keys.get((signature.name, signature.key_id))
            if key is None:
                continue
            if not key.fits(self.text, signature.signature):
                raise NoteUnverified(_FALSE, key=key.label)
            if key not in found:
                found.append(key)
        if not found:
            raise NoteUnverified(
                _NOBODY,
                signers=", ".join(dict.fromkeys(s.label for s in self.signatures)),
                known=", ".join(key.label for key in keys.values()) or "–",
            )
        return found


def signed(text: str, *signers: Signer) -> Note:
    """`text` with the signatures of `signers`."""
    return Note(text, tuple(signer.sign(text) for signer in signers))
