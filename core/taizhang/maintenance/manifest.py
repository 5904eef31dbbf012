"""What a backup says of itself (备份说明), and what a store remembers of its last backup.

``backup.json`` in a backup is for people and for :mod:`restore`; nothing is believed because it stands
there: the seals are verified, and the log's name is computed from its first event.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import msgspec

from taizhang.words.errors import TaizhangError
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import put, read

FORMAT = "taizhang.backup 1"
NAME = "backup.json"
LAST = "last-backup.json"
"""In a store: where its last backup went, and how far it reached."""


class BadManifest(TaizhangError):
    """The file cannot be read as what a backup says of itself."""

    exit_code = 3


class Manifest(msgspec.Struct, frozen=True):
    """``backup.json``. Positions and numbers of events are those of the copy."""

    format: str
    origin: str
    """The log's name, as its seals bear it."""

    made_at: dt.datetime
    program: str
    events: int
    position: int
    sealed: int
    left_out: list[str] = []


class Last(msgspec.Struct, frozen=True):
    """``last-backup.json``."""

    made_at: dt.datetime
    position: int
    to: str


def write(folder: Path, manifest: Manifest) -> None:
    """Puts ``backup.json`` into a backup. Raises ``StoreError``."""
    put(folder / NAME, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n", mode=0o600)


def load(folder: Path) -> Manifest | None:
    """Reads what the backup in ``folder`` says of itself; None where there is none. Raises
    :class:`BadManifest`.
    """
    data = read(folder / NAME)
    if data is None:
        return None
    try:
        found = msgspec.json.decode(data, type=Manifest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadManifest(
            "{path} 读不出来：{what}|{path} cannot be read: {what}", path=folder / NAME, what=error
        ) from None
    if found.format != FORMAT:
        raise BadManifest(
            "{path} 的格式 {format} 本程序不认识|{path} has the format {format}, which this program does not know",
            path=folder / NAME,
            format=found.format,
        )
    return found


def remember(store: Path, last: Last) -> None:
    """Notes in the store that it was backed up. Raises ``StoreError``."""
    put(store / LAST, msgspec.json.encode(last) + b"\n", mode=0o600)


def last_of(store: Path) -> Last | None:
    """The last backup that the store remembers; None if none, or if the note cannot be read."""
    try:
        return msgspec.json.decode(read(store / LAST) or b"", type=Last)
    except (StoreError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
