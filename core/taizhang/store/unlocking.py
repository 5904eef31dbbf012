"""Where the secret comes from that unlocks a store's keys (口令、密钥文件).

A key file is looked for in ``TAIZHANG_KEY_FILE`` alone where that is set; else where the store's setting
``key_file`` and the keys themselves say, and in the user's own data directory, where `init` puts it: the one
that has the id which `keys.db` asks for. A passphrase is taken from ``TAIZHANG_PASSPHRASE``, or asked for
at a terminal. Which of the two it is stands in `keys.db`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.personal.wrapping import KeyFile, Locked, Passphrase, Secret

if TYPE_CHECKING:
    from taizhang.store.paths import StorePaths
    from taizhang_eventstore.ambient import Ambient
    from taizhang_eventstore.personal.keys import Keys

KEY_FILE = "TAIZHANG_KEY_FILE"
PASSPHRASE = "TAIZHANG_PASSPHRASE"

OWN_KEY = "store.key"
"""A demonstration's key file: in the store itself, since it protects nobody."""

Ask = Callable[[], str]
"""Asks a person for the passphrase."""

_NO_PASSPHRASE = (
    "这本账要口令才能打开：请在终端里运行，或在 TAIZHANG_PASSPHRASE 里给出。"
    "|This store opens with a passphrase: run it in a terminal, or give it in TAIZHANG_PASSPHRASE."
)


_NONE_FITS = (
    "这本账要编号 {wanted} 的密钥文件，找过：{places}{more}。放回原处，或用 TAIZHANG_KEY_FILE 指明它在哪里。"
    "|This store is opened by the key file with the id {wanted}, looked for at {places_en}{more_en}. Put it "
    "back, or say with TAIZHANG_KEY_FILE where it is."
)


def directory() -> Path:
    """Returns where key files stand unless somebody chose another place."""
    from platformdirs import user_data_path

    return user_data_path("taizhang", appauthor=False) / "keys"


class OwnKeyFile(KeyFile):
    """A new key file in the user's own data directory, named by its id."""

    def __init__(self) -> None:
        super().__init__(directory() / "new.key")

    def prepare(self, id: str, ambient: Ambient) -> dict[str, str]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = self.path.with_name(f"{id}.key")
        return super().prepare(id, ambient)


def chosen() -> Secret | None:
    """The secret that the environment names, if it names one."""
    if file := os.environ.get(KEY_FILE):
        return KeyFile(Path(file))
    if text := os.environ.get(PASSPHRASE):
        return Passphrase(text)
    return None


def secret_of(paths: StorePaths, ask: Ask | None = None, *, from_elsewhere: bool = False) -> Secret:
    """Finds the secret for the store's `keys.db`. Raises `Locked` where there is none to be had.

    Args:
        paths: The store.
        ask: Asks a person for a passphrase.
        from_elsewhere: What the store's own settings name is not opened.
    """
    from taizhang_eventstore.personal.keys import settings_of

    said = settings_of(paths.keys)
    if said.get("wrapping") == Passphrase.kind:
        if text := os.environ.get(PASSPHRASE):
            return Passphrase(text)
        if ask is None:
            raise Locked(_NO_PASSPHRASE)
        return Passphrase(ask())
    wanted = said.get("file", "")
    places = [] if from_elsewhere else _places(paths, said)
    places.append(directory() / f"{Path(wanted).name}.key")
    if file := os.environ.get(KEY_FILE):
        return _fitting([Path(file)], wanted, places)
    return _fitting(list(dict.fromkeys(places)), wanted)


def _places(paths: StorePaths, said: Mapping[str, str]) -> list[Path]:
    """Lists where the key file may stand by what the store says: its settings, and the keys themselves.

    Both, since a process may have died between writing the one and the other, and an older backup brings
    back older settings.
    """
    listed = [paths.settings().get("key_file"), said.get("place")]
    return [
        paths.root.absolute() / Path(place).expanduser()
        for place in listed
        if isinstance(place, str) and place
    ]


def _fitting(places: Sequence[Path], wanted: str, others: Sequence[Path] = ()) -> KeyFile:
    """The first key file that has the id.

    Args:
        places: where it is looked for.
        wanted: its id.
        others: where it is looked for too, only to say that it is there.

    Raises:
        Locked: none has it; the sentence says what is in each place, and where the id is if that is known.
    """
    found, found_en = [], []
    for place in places:
        try:
            id = KeyFile(place).id()
            zh, en = (f"是 {id}", f"is {id}") if id else ("没有", "is not there")
        except StoreError as error:
            id, (zh, en) = None, error.pair
        if id == wanted:
            return KeyFile(place)
        found.append(f"{place}（{zh.rstrip('。')}）")
        found_en.append(f"{place} ({en.rstrip('.')})")
    there = [place for place in others if _has(place, wanted)]
    more = f"；{there[0]} 是它" if there else ""
    more_en = f"; {there[0]} is the one" if there else ""
    raise Locked(
        _NONE_FITS, wanted=wanted, places="、".join(found), places_en=", ".join(found_en),
        more=more, more_en=more_en,
    )  # fmt: skip


def _has(place: Path, wanted: str) -> bool:
    try:
        return KeyFile(place).id() == wanted
    except StoreError:
        return False


def key_file_within(paths: StorePaths) -> Path | None:
    """The key file that stands in the store itself, as a path relative to it; None where it does not."""
    listed = paths.settings().get("key_file")
    if not isinstance(listed, str) or not listed:
        return None
    root = paths.root.absolute()
    file = Path(os.path.normpath(root / Path(listed).expanduser()))
    return file.relative_to(root) if file.is_relative_to(root) and file.is_file() else None


def unlock(paths: StorePaths, ask: Ask | None = None) -> Secret | None:
    """The secret, tried out; None where there is nothing to unlock. For who asks before it draws."""
    if not paths.keys.exists():
        return None
    secret = secret_of(paths, ask)
    open_keys(paths, secret, read_only=True).close()
    return secret


def open_keys(paths: StorePaths, secret: Secret, *, read_only: bool) -> Keys:
    """The store's keys, unlocked. Raises `Locked` and other ``StoreError``.

    Args:
        paths: The store.
        secret: What unlocks them.
        read_only: Nothing is written.
    """
    from taizhang_eventstore.personal.keys import Keys

    return Keys(paths.keys, secret, read_only=read_only)


def create_keys(
    paths: StorePaths, secret: Secret | None, ambient: Ambient, *, demonstration: bool = False
) -> tuple[Keys, Secret]:
    """Makes the keys of a new store, and the key file if need be.

    Args:
        paths: The store.
        secret: What unlocks them, or else a key file that is made.
        ambient: Gives time and chance.
        demonstration: The keys are those of a demonstration, which anybody may open.
    """
    from taizhang_eventstore.personal.keys import Keys

    secret = secret or _new(paths, demonstration=demonstration)
    made = Keys.create(paths.keys, secret, ambient)
    remember(paths, secret)
    return made, secret


def _new(paths: StorePaths, *, demonstration: bool) -> Secret:
    if demonstration:
        return KeyFile(paths.root / OWN_KEY)
    return chosen() or OwnKeyFile()


def remember(paths: StorePaths, secret: Secret) -> None:
    """Writes into the settings where the key file is, unless it is where everybody looks."""
    if not isinstance(secret, KeyFile) or isinstance(secret, OwnKeyFile):
        if "key_file" in paths.settings():
            paths.set("key_file", "")
        return
    file = secret.path.absolute()
    root = paths.root.absolute()
    shown = file.relative_to(root) if file.is_relative_to(root) else file
    paths.set("key_file", str(shown))
