"""The state of `keys.db` as a file (密钥库的状态), for who has not unlocked it too; importing this costs nothing."""

from __future__ import annotations

import os


def state_of(path: str | os.PathLike[str]) -> str:
    """A mark that changes with the file, also when another one is put in its place. Raises `OSError`."""
    found = os.stat(path)
    return f"{found.st_ino} {found.st_size} {found.st_mtime_ns}"


__all__ = ["state_of"]
