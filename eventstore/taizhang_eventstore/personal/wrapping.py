"""What unlocks the keys of a store (解锁): a passphrase, or a key file. Neither is kept in `keys.db`."""

from __future__ import annotations

import base64
import binascii
import math
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Final

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import put, read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from taizhang_eventstore.ambient import Ambient

HEAD: Final = "taizhang-key-1"
"""How a key file begins: what it is, and its version."""

_KEK: Final = 32
COST: Final = {"n": 1 << 17, "r": 8, "p": 1}
"""scrypt: 128 MB and about half a second, which every command pays, and every guess of a stranger."""

LEAST: Final = 50
"""Bits of the weakest passphrase that is taken: 5 Chinese characters, 11 small letters, 15 digits."""

_CLASSES: Final = ((str.isdigit, 10), (str.islower, 26), (str.isupper, 26))
_OTHERS: Final = 33
_BEYOND: Final = 2_500
"""So many characters make up nearly all Chinese that people write."""

_COMMON: Final = re.compile(
    "password|passw0rd|qwerty|admin|letmein|iloveyou|taizhang|woaini|密码", re.IGNORECASE
)

_MOST_MEMORY: Final = 1 << 30


class Locked(StoreError):
    """The keys of the store could not be unlocked. Nothing was changed."""


class Weak(StoreError):
    """A passphrase that could be guessed. Nothing was changed."""


_WEAK: Final = (
    "口令太容易猜：至少要 5 个汉字、11 个小写字母或 15 个数字那么难猜（重复、顺着数、常见的词不算）。"
    "|The passphrase is too easy to guess: it has to be as hard as 5 Chinese characters, 11 small letters or "
    "15 digits (repetitions, counting and common words do not add to it)."
)

_NO_FILE: Final = (
    "找不到密钥文件 {path}；放回原处，或用 TAIZHANG_KEY_FILE 指明它在哪里。"
    "|There is no key file {path}; put it back, or say with TAIZHANG_KEY_FILE where it is."
)
_NOT_A_FILE: Final = "{path} 不是密钥文件。|{path} is not a key file."
_OTHER_FILE: Final = (
    "密钥文件 {path} 不是这本账的（它是 {found}，应为 {wanted}）。"
    "|The key file {path} is not this store's (it is {found}, not {wanted})."
)
_WANTS_FILE: Final = (
    "这本账用密钥文件解锁，不用口令。|This store is unlocked by a key file, not by a passphrase."
)
_WANTS_PASSPHRASE: Final = (
    "这本账用口令解锁，不用密钥文件。|This store is unlocked by a passphrase, not by a key file."
)
_TOO_COSTLY: Final = "keys.db 里的口令参数不合理，已拒绝。|The passphrase's parameters in keys.db are unreasonable; refused."


class Secret(ABC):
    """A secret that a person keeps; it gives the key under which the store's master key is wrapped."""

    kind: str

    @abstractmethod
    def prepare(self, id: str, ambient: Ambient) -> dict[str, str]:
        """Settings for a new wrapping, kept in `keys.db`; a key file that is not there is made.

        Raises `Weak` for a passphrase that could be guessed, `Locked` for a file that is no key file.
        """

    @abstractmethod
    def key(self, settings: Mapping[str, str]) -> bytes:
        """The 32 bytes that wrap. Raises `Locked` where there is no such secret."""


def strength(text: str) -> float:
    """Tells how many bits a stranger has to guess at the most, by the characters that a passphrase has."""
    text = _COMMON.sub(lambda found: found[0][0], text)
    length = len(text)
    period = next((k for k in range(1, length) if text == (text[:k] * length)[:length]), length)
    text = text[:period]
    told = [
        c for before, c in zip("\0" + text, text, strict=False) if abs(ord(c) - ord(before)) > 1
    ]
    plain = [c for c in told if c.isascii()]
    pool = sum(size for has, size in _CLASSES if any(map(has, plain)))
    pool += _OTHERS * any(not c.isalnum() for c in plain)
    return len(plain) * math.log2(max(pool, 1)) + (len(told) - len(plain)) * math.log2(_BEYOND)


class Passphrase(Secret):
    """A passphrase (口令), stretched by scrypt."""

    kind = "scrypt"

    def __init__(self, text: str) -> None:
        self._said = text
        self._made: dict[tuple[str, ...], bytes] = {}

    def prepare(self, id: str, ambient: Ambient) -> dict[str, str]:
        if strength(self._said) < LEAST:
            raise Weak(_WEAK)
        salt = base64.b64encode(ambient.secret_bytes(16)).decode()
        return {"wrapping": self.kind, "salt": salt, **{k: str(v) for k, v in COST.items()}}

    def key(self, settings: Mapping[str, str]) -> bytes:
        if settings.get("wrapping") != self.kind:
            raise Locked(_WANTS_FILE)
        said = tuple(settings.get(name, "") for name in ("salt", "n", "r", "p"))
        if said not in self._made:
            self._made[said] = self._stretched(*said)
        return self._made[said]

    def _stretched(self, salt: str, n: str, r: str, p: str) -> bytes:
        from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

        try:
            cost = int(n), int(r), int(p)
            # The file may come from elsewhere: it must not be able to ask for all the memory.
            if 128 * cost[0] * cost[1] > _MOST_MEMORY or cost[2] > 16:
                raise ValueError(cost)
            made = Scrypt(base64.b64decode(salt), _KEK, n=cost[0], r=cost[1], p=cost[2])
        except (ValueError, TypeError) as error:
            raise Locked(_TOO_COSTLY) from error
        return made.derive(self._said.encode())


class KeyFile(Secret):
    """A key file (密钥文件): one line, ``taizhang-key-1 ID BASE64`` of 32 random bytes."""

    kind = "file"

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self, id: str, ambient: Ambient) -> dict[str, str]:
        there = read(self.path)
        if there is None:
            made = base64.b64encode(ambient.secret_bytes(_KEK)).decode()
            put(self.path, f"{HEAD} {id} {made}\n".encode(), mode=0o600)
        else:
            id = self._parsed(there)[0]
        return {"wrapping": self.kind, "file": id, "place": str(self.path.absolute())}

    def id(self) -> str | None:
        """The id of the file, None where there is none. Raises `Locked` for one that is no key file."""
        there = read(self.path)
        return None if there is None else self._parsed(there)[0]

    def key(self, settings: Mapping[str, str]) -> bytes:
        if settings.get("wrapping") != self.kind:
            raise Locked(_WANTS_PASSPHRASE)
        there = read(self.path)
        if there is None:
            raise Locked(_NO_FILE, path=self.path)
        id, made = self._parsed(there)
        if id != settings.get("file"):
            raise Locked(_OTHER_FILE, path=self.path, found=id, wanted=settings.get("file"))
        return made

    def _parsed(self, data: bytes) -> tuple[str, bytes]:
        try:
            head, id, text = data.decode("ascii").split()
            made = base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise Locked(_NOT_A_FILE, path=self.path) from None
        if head != HEAD or len(made) != _KEK:
            raise Locked(_NOT_A_FILE, path=self.path)
        return id, made
