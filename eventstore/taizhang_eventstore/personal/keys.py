"""`keys.db`: one key for each subject of personal data (密钥库), apart from the log.

Whoever has the log alone reads no name; whoever destroys a subject's key has erased what was sealed
under it, in every copy of the log. This file is the one thing that has to be backed up apart, and
the one that must not be kept for ever: eventstore/README.md describes it.
"""

from __future__ import annotations

import base64
import hmac
import os
import shutil
import sqlite3
import tempfile
import threading
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from taizhang_eventstore.ambient import SystemAmbient, base32
from taizhang_eventstore.errors import (
    StoreDamaged,
    StoreError,
    StoreTooNew,
    must_be_file,
    translated,
)
from taizhang_eventstore.files import aside, writing
from taizhang_eventstore.layout import Made, defend, foreign, layout, plain
from taizhang_eventstore.personal.cipher import KEY
from taizhang_eventstore.personal.overwriting import overwriting, transaction
from taizhang_eventstore.personal.state import state_of
from taizhang_eventstore.personal.wrapping import Locked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from taizhang_eventstore.ambient import Ambient
    from taizhang_eventstore.personal.wrapping import Secret

APPLICATION_ID: Final = 0x545A4B59
"""Stamped into the file's header: "TZKY"."""

FORMAT: Final = 1

PATIENCE = 30.0
"""Seconds to wait for another process that has the file locked."""

_WRAPPING: Final = ("salt", "n", "r", "p", "file", "place")
"""Settings that say by what the master key is wrapped, beside ``wrapping``."""

_LEDGER: Final = "ledger"
"""The setting that has the ledger's key, wrapped under the master key."""

_NONCE: Final = 12
_TABLES: Final = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE keys (subject TEXT PRIMARY KEY, wrapped BLOB NOT NULL) WITHOUT ROWID
"""

_ALTERED: Final = (
    "{path} 的表结构不是本程序写的：{what}；被别的工具改过，请放回另存的副本。"
    "|The layout of {path} is not what taizhang makes: {what}; another tool has changed it, put back a copy kept elsewhere."
)
_LAYOUT: Final = {
    Made("table", name, name, plain(statement))
    for name, statement in zip(("settings", "keys"), _TABLES.split(";"), strict=True)
}

_WRONG: Final = (
    "口令或密钥文件不对，打不开 {path}；没有改动任何内容。"
    "|The passphrase or key file is wrong and does not open {path}; nothing was changed."
)
_DAMAGED: Final = (
    "密钥库 {path} 已损坏，或不是密钥库（{detail}）；请用备份的 keys.db 换回。"
    "|{path} is damaged, or holds no keys ({detail}); put a backup of keys.db in its place."
)
_WHAT: Final = ("密钥库", "file of keys")
_TOO_NEW: Final = (
    "密钥库 {path} 是较新版本的台账写的，请升级程序。"
    "|{path} was written by a later taizhang; please upgrade."
)
_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


@contextmanager
def translating_keys(path: Path) -> Iterator[None]:
    """SQLite's errors leave the block as `StoreError` of the file of keys."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGE or "no such table" in str(error):
            raise StoreDamaged(_DAMAGED, path=path, detail=error) from error
        raise translated(error, path, _WHAT) from error


def _wrap(key: bytes, ambient: Ambient, plain: bytes, what: str) -> bytes:
    nonce = ambient.secret_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, f"taizhang.{what}".encode())


def _unwrap(key: AESGCM, wrapped: bytes, what: str) -> bytes:
    return key.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], f"taizhang.{what}".encode())


class Keys:
    """An unlocked `keys.db`. Safe between threads, and between processes."""

    def __init__(self, path: Path, secret: Secret, *, read_only: bool = False) -> None:
        """Opens the file and unlocks it. Raises `Locked`, `StoreDamaged`, other `StoreError`."""
        self.path = path
        self._lock = threading.RLock()
        self._inherited: sqlite3.Connection | None = None
        self._ends = ExitStack()
        self._db = self._connect(read_only=read_only)
        try:
            with translating_keys(path):
                for pragma in (
                    "journal_mode = TRUNCATE",
                    "synchronous = FULL",
                    "secure_delete = ON",
                ):
                    if not read_only or pragma.startswith("secure"):
                        self._db.execute(f"PRAGMA {pragma}")
                if what := foreign(layout(self._db), _LAYOUT):
                    raise StoreDamaged(_ALTERED, path=path, what=what)
                self.settings: dict[str, str] = dict(
                    self._db.execute("SELECT name, value FROM settings").fetchall()
                )
            self._unlock(secret, read_only=read_only)
        except BaseException:
            self.close()
            raise

    def _connect(self, *, read_only: bool) -> sqlite3.Connection:
        with translating_keys(self.path):
            db = _looking(self.path, self._ends) if read_only else _opened(self.path, "rw")
            defend(db)
            return db

    def forked(self) -> None:
        """For a process that was forked: goes on with a connection of its own, only to read."""
        self._inherited = self._db  # not closed, which would touch what is the other process's
        self._db = self._connect(read_only=True)

    def _unlock(self, secret: Secret, *, read_only: bool) -> None:
        said = self.settings
        if int(said.get("format", "0")) > FORMAT:
            raise StoreTooNew(_TOO_NEW, path=self.path)
        try:
            self.id = said["id"]
            kek = AESGCM(secret.key(said))
            master = base64.b64decode(said["master"])
            try:
                self._raw_master = _unwrap(kek, master, f"master\n{self.id}")
            except InvalidTag:
                raise Locked(_WRONG, path=self.path) from None
            self._master = AESGCM(self._raw_master)
            self._numbers = _unwrap(self._master, base64.b64decode(said["hmac"]), "hmac")
            self.ledger = self._ledger_key(read_only=read_only)
            """The key under which the ledger's file has its texts."""
        except (KeyError, ValueError, InvalidTag) as error:
            raise StoreDamaged(_DAMAGED, path=self.path, detail=type(error).__name__) from error

    def _ledger_key(self, *, read_only: bool) -> bytes:
        """The ledger's key; keys of before ledgers were encrypted get one, or, where they are only looked
        at, one for as long as this process makes a ledger of its own.
        """
        if (said := self.settings.get(_LEDGER)) is None:
            ambient, made = SystemAmbient(), SystemAmbient().secret_bytes(KEY)
            if read_only:
                return made
            row = _LEDGER, _text(_wrap(self._raw_master, ambient, made, _LEDGER))
            with self._transaction() as db:
                # Another process may have been first.
                db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", row)
                asked = "SELECT value FROM settings WHERE name = ?"
                said = str(db.execute(asked, (_LEDGER,)).fetchone()[0])
            self.settings[_LEDGER] = said
        return _unwrap(self._master, base64.b64decode(said), _LEDGER)

    @classmethod
    def create(cls, path: Path, secret: Secret, ambient: Ambient) -> Self:
        """Makes the file, with no subject's key in it yet, and opens it.

        One that is there and holds keys is never replaced: raises `StoreError`.

        Args:
            path: Where the file is made.
            secret: Unlocks it from then on.
            ambient: Gives time and chance.
        """
        if path.exists() and holds_keys(path):
            raise StoreError(
                "{path} 已经有密钥，不能另建；请先把它移到别处。"
                "|{path} holds keys already; move it away first.",
                path=path,
            )
        id = base32(int.from_bytes(ambient.secret_bytes(10)), 16)
        said = _placed(path, secret.prepare(id, ambient))
        settings = {"format": str(FORMAT), "id": id, **said}
        kek, master = secret.key(settings), ambient.secret_bytes(32)
        settings["master"] = _text(_wrap(kek, ambient, master, f"master\n{id}"))
        settings["hmac"] = _text(_wrap(master, ambient, ambient.secret_bytes(32), "hmac"))
        settings[_LEDGER] = _text(_wrap(master, ambient, ambient.secret_bytes(KEY), _LEDGER))
        part = aside(path)
        try:
            with writing(path):
                part.unlink(missing_ok=True)
                os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            _fill(part, settings)
            with writing(path):
                part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        return cls(path, secret)

    # Keys of subjects

    def raw(self, subject: str) -> bytes | None:
        """The key of a subject, None where there is none, or it is not of this file."""
        with self._lock, translating_keys(self.path):
            row = self._db.execute(
                "SELECT CAST(wrapped AS BLOB) FROM keys WHERE subject = ?", (subject,)
            ).fetchone()
        try:
            return None if row is None else _unwrap(self._master, row[0], f"key\n{subject}")
        except (InvalidTag, ValueError):
            return None

    def keep(self, made: Mapping[str, bytes], ambient: Ambient) -> bool:
        """Puts new keys on the disk, all at once; False when somebody made another one meanwhile."""
        rows = [
            (s, _wrap(self._raw_master, ambient, key, f"key\n{s}"))
            for s, key in sorted(made.items())
        ]
        with self._transaction() as db:
            db.executemany("INSERT OR IGNORE INTO keys VALUES (?, ?)", rows)
            return all(self.raw(subject) == key for subject, key in made.items())

    def among(self, subjects: Iterable[str]) -> set[str]:
        """Filters `subjects` to those that have a key."""
        with self._lock, translating_keys(self.path):
            found = "SELECT 1 FROM keys WHERE subject = ?"
            return {s for s in subjects if self._db.execute(found, (s,)).fetchone()}

    def destroy(self, subjects: Iterable[str]) -> None:
        """Destroys keys, overwritten in their place: what was sealed under them opens nowhere any more. On the
        disk on return.
        """
        with self._lock, translating_keys(self.path):
            overwriting(self._db, self.path, [(s,) for s in subjects])

    def subjects(self) -> set[str]:
        """Every subject that has a key."""
        with self._lock, translating_keys(self.path):
            return {s for (s,) in self._db.execute("SELECT subject FROM keys")}

    def state(self) -> str:
        """A mark that changes with the file, also when another one is put in its place."""
        with writing(self.path):
            return state_of(self.path)

    def count(self) -> int:
        """Tells how many subjects have a key."""
        with self._lock, translating_keys(self.path):
            return int(self._db.execute("SELECT count(*) FROM keys").fetchone()[0])

    def version(self) -> int:
        """A number that changes when another process has changed the file; cheap."""
        with self._lock, translating_keys(self.path):
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, translating_keys(self.path), transaction(self._db):
            yield self._db

    # The whole

    def number(self, text: str) -> str:
        """A keyed hash by which equal numbers are found: HMAC-SHA256, in hexadecimal."""
        return hmac.digest(self._numbers, text.encode(), "sha256").hex()

    def change(self, secret: Secret, ambient: Ambient) -> None:
        """Wraps the master key anew: from now on `secret` unlocks the file, the old one no more."""
        anew = base32(int.from_bytes(ambient.secret_bytes(10)), 16)
        said = _placed(self.path, secret.prepare(anew, ambient))
        wrapped = _wrap(secret.key(said), ambient, self._raw_master, f"master\n{self.id}")
        said["master"] = _text(wrapped)
        with self._transaction() as db:
            db.executemany("DELETE FROM settings WHERE name = ?", [(name,) for name in _WRAPPING])
            db.executemany("INSERT OR REPLACE INTO settings VALUES (?, ?)", said.items())
        for name in _WRAPPING:
            self.settings.pop(name, None)
        self.settings.update(said)

    def broken(self) -> list[str]:
        """The subjects whose key is there and does not unwrap, sorted: what is sealed under it is lost."""
        with self._lock, translating_keys(self.path):
            rows = self._db.execute(
                "SELECT subject, CAST(wrapped AS BLOB) FROM keys ORDER BY 1"
            ).fetchall()
        return [str(subject) for subject, wrapped in rows if not self._unwraps(subject, wrapped)]

    def _unwraps(self, subject: object, wrapped: object) -> bool:
        try:
            return isinstance(wrapped, bytes) and (
                len(_unwrap(self._master, wrapped, f"key\n{subject}")) == KEY
            )
        except (InvalidTag, ValueError):
            return False

    def close(self) -> None:
        """Closes the file; closing twice does nothing."""
        with self._lock:
            self._db.close()
            self._ends.close()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _fill(part: Path, settings: Mapping[str, str]) -> None:
    """Makes the tables in an empty file, which is on the disk when this returns."""
    with translating_keys(part), closing(sqlite3.connect(part, isolation_level=None)) as db:
        db.execute("PRAGMA synchronous = EXTRA")
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute("BEGIN IMMEDIATE")
        for statement in _TABLES.split(";"):
            db.execute(statement)
        db.executemany("INSERT INTO settings VALUES (?, ?)", settings.items())
        db.execute("COMMIT")


def _placed(path: Path, said: dict[str, str]) -> dict[str, str]:
    """Settings whose key file is named from the store that the keys stand in, if it stands there too."""
    place, root = Path(said.get("place", "")), path.absolute().parent
    if place.is_relative_to(root):
        said["place"] = str(place.relative_to(root))
    return said


def settings_of(path: Path) -> dict[str, str]:
    """Reads what `keys.db` says of itself without being unlocked. Raises `StoreError`."""
    with translating_keys(path), ExitStack() as ends:
        db = _looking(path, ends)
        try:
            return dict(db.execute("SELECT name, value FROM settings").fetchall())
        finally:
            db.close()


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    must_be_file(path, _WHAT)
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode={mode}",
        uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False,
    )  # fmt: skip


def _looking(path: Path, ends: ExitStack) -> sqlite3.Connection:
    """A connection that only reads.

    A process that was killed may have left its journal: only with it the file is what it was, and whoever
    opens the keys for writing takes it back. To look at it, both are copied first.
    """
    db = _opened(path, "ro")
    try:
        db.execute("SELECT 1 FROM settings").fetchone()
        return db
    except sqlite3.OperationalError as error:
        db.close()
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_READONLY:
            raise
    except BaseException:
        db.close()
        raise
    with writing(path):
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="taizhang-")))
        for name in (path.name, f"{path.name}-journal"):
            shutil.copyfile(path.with_name(name), folder / name)
    return _opened(folder / path.name, "rw")


def holds_keys(path: Path) -> bool:
    """Tells if a subject's key stands in the file; one that cannot be read may hold some."""
    try:
        with closing(_opened(path, "ro")) as db:
            return db.execute("SELECT 1 FROM keys LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return path.stat().st_size > 0
