"""What unlocks the keys of a store (解锁): a passphrase, or a key file. Neither is kept in `keys.db`."""

from __future__ import annotations

import base64
import binascii
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
_COST: Final = {"n": 1 << 16, "r": 8, "p": 1}
"""scrypt: 64 MB and about a quarter of a second, since every command pays it."""

_MOST_MEMORY: Final = 1 << 30


class Locked(StoreError):
    """The keys of the store could not be unlocked. Nothing was changed."""


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
        """Settings for a new wrapping, kept in `keys.db`; a key file that is not there is made."""

    @abstractmethod
    def key(self, settings: Mapping[str, str]) -> bytes:
        """The 32 bytes that wrap. Raises `Locked` where there is no such secret."""


class Passphrase(Secret):
    """A passphrase (口令), stretched by scrypt."""

    kind = "scrypt"

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._made: dict[tuple[str, ...], bytes] = {}

    def prepare(self, id: str, ambient: Ambient) -> dict[str, str]:
        salt = base64.b64encode(ambient.secret_bytes(16)).decode()
        return {"wrapping": self.kind, "salt": salt, **{k: str(v) for k, v in _COST.items()}}

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
        return made.derive(self._text)


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
            return {"wrapping": self.kind, "file": id}
        return {"wrapping": self.kind, "file": self._parsed(there)[0]}

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
