"""The last seal that somebody has seen of a store (所见的封存), kept per user outside it.

Whoever puts back a whole directory puts back its seals as well: nothing inside it knows of a newer log then. So how
far a store was sealed is noted in the user's own folder for state, by the store's path, and held against the log at each
opening (:mod:`taizhang.store.continuity`). A copy elsewhere is a store of its own.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import over, read
from taizhang_eventstore.seals.reach import reach


class Seen(msgspec.Struct, frozen=True):
    """The last event that was sealed: how many there were, its position, the hash of its leaf in hexadecimal."""

    size: int
    position: int
    leaf: str


class Memory:
    """The note about one store. What cannot be read or written is as if there were none."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def _file(self) -> Path:
        from platformdirs import user_state_path

        name = hashlib.sha256(str(self._root.resolve()).encode()).hexdigest()[:24]
        return user_state_path("taizhang", appauthor=False) / "seen" / f"{name}.json"

    def last(self) -> Seen | None:
        """Reads the note."""
        with suppress(StoreError, OSError, msgspec.DecodeError):
            data = read(self._file())
            return None if data is None else msgspec.json.decode(data, type=Seen)
        return None

    def note(self) -> None:
        """Notes how far the store is sealed now."""
        with suppress(StoreError, OSError):
            known = reach(self._root)
            if not known.size or not known.leaf:
                return
            file = self._file()
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            over(file, msgspec.json.encode(Seen(known.size, known.position, known.leaf.hex())))

    def forget(self) -> None:
        """Takes the note away: somebody has decided for another log."""
        with suppress(OSError):
            self._file().unlink(missing_ok=True)


__all__ = ["Memory", "Seen"]
