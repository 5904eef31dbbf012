"""Restoring a store from a backup (恢复): verified before and after, erasures applied, ledger computed.

The store is made whole aside and put in place at the end. Who was erased since the backup stays
erased: the lists of erasures of the backup, of the store that is replaced and of files kept elsewhere
are joined before anything is opened.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from taizhang.ledger.file import discard
from taizhang.loading.sources import candidates
from taizhang.maintenance import manifest, places
from taizhang.maintenance.backup import KEYS, LOG, DoesNotVerify
from taizhang.maintenance.erasures import joined, of
from taizhang.maintenance.places import Progress
from taizhang.store import making
from taizhang.store.paths import StorePaths
from taizhang.store.remembering import Memory
from taizhang.store.unlocking import key_file_within
from taizhang.words.errors import NotFound, Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.copying import copy_database, copy_seals
from taizhang_eventstore.files import copy, keep_private, put, there, writing
from taizhang_eventstore.seals.note import Verifier
from taizhang_eventstore.seals.seals import Seals
from taizhang_eventstore.verifying.report import Report
from taizhang_eventstore.verifying.verifying import verify

SEAL_KEY = "seal.key"
PARTS = (LOG, KEYS, SEAL_KEY, "seals", "ledger.db", "drafts", "files", "config.toml")
"""Any of these in a directory, and a store is there, or what is left of one."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A store that was restored."""

    path: Path
    events: int
    position: int
    sealed: int
    erasures: int
    lost: int
    """So many events the store that was replaced had more, by its seals; 0 if none or unknown."""

    aside: Path | None
    """Where the store that was replaced is kept."""

    keys: bool
    """Whether ``keys.db`` is in place."""

    can_seal: bool
    """Whether the private key of the seals is in place."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The sources that a restore takes beside the backup."""

    erasures: Sequence[Path] = ()
    keys: Path | None = None
    seal_key: Path | None = None
    seals: Sequence[Path] = ()
    verifiers: Sequence[Verifier] = ()


def restore(
    source: Path,
    store: Path,
    sources: Sources | None = None,
    *,
    over: bool = False,
    progress: Progress | None = None,
) -> Restored:
    """Makes a store at ``store`` from the backup in ``source``.

    Args:
        source: The directory of the backup.
        store: The directory of the store that is made.
        sources: What the restore takes beside the backup.
        over: A store that is there makes way and is kept beside, and its keys are taken along.
        progress: Is told how far it has come.

    Raises:
        NotFound: There is no backup.
        Refused: There is a store in the way, or something else.
        DoesNotVerify: The backup does not verify.
        BadErasures: The list of who was erased cannot be followed.
        StoreError: A file cannot be read or written.
            Whichever it is, what is at ``store`` has not been touched then.
    """
    given = sources or Sources()
    if not (source / LOG).is_file():
        raise NotFound("{path} 不是备份|{path} is not a backup", path=source)
    for named in given.erasures:
        if not named.is_file():
            raise NotFound("找不到 {path}|there is no {path}", path=named)
    manifest.load(source)
    store = Path(os.path.realpath(store))
    there = _what_is_there(source, store, over)
    _sound(verify(source, seals=given.seals, keys=given.verifiers), source)
    lists = joined([of(source), of(store), *given.erasures])
    with making.being_made(store) as part:
        copy_database(source / LOG, part / LOG, progress)
        copy_seals(source, part)
        places.copy_rest(source, part)
        report = verify(part, seals=given.seals, keys=given.verifiers)
        _sound(report, part)
        mine = there and _origin(store) == report.origin
        if lists:
            with writing(part):
                of(part).parent.mkdir(mode=0o700, exist_ok=True)
            put(of(part), b"".join(lists), mode=0o600)
        _place_keys(part, store if mine else None, given)
        # Before anybody can look: erasures are applied and the ledger is computed in opening. Of the core's
        # part only: a programme that hangs or ends the process must not stand between an office and its
        # backup. Theirs is computed when the store is next opened.
        off = {found.name for found in candidates(part / "plugins")}
        Workspace.open(part, progress=progress, disabled=off).close()
        lost = max(0, _sealed_events(store) - report.events) if mine else 0
        aside = _aside(store) if there else None
        making.place(part, store, aside)
        Memory(store).forget()
    if aside is not None:
        # It is kept for long, and may be of before files were their owner's alone and ledgers encrypted.
        keep_private(aside, aside / "seals", aside / "drafts")
        discard(aside / "ledger.db", overwritten=True)
    return Restored(
        path=store,
        events=report.events,
        position=report.last,
        sealed=report.sealed,
        erasures=len(lists),
        lost=lost,
        aside=aside,
        keys=(store / KEYS).exists(),
        can_seal=(store / SEAL_KEY).exists(),
    )


def _what_is_there(source: Path, store: Path, over: bool) -> bool:
    """Tells if there is a store to make way. Refuses what must not be touched."""
    here, there = source.resolve(), store.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise Refused("不能恢复到备份自己的目录里|a backup is not restored into its own directory")
    if not os.path.lexists(store):
        return False
    names = [p.name for p in store.iterdir()] if store.is_dir() else [store.name]
    if not names:
        return False
    if not any(name in PARTS for name in names):
        raise Refused(
            "{path} 里有别的东西，请另选一个目录|{path} holds something else; choose another directory",
            path=store,
        )
    if not over:
        raise Refused(
            "{path} 已经有账册，没有覆盖；要替换它，加 --over，原来的会留在旁边"
            "|there is a store at {path}, which was left alone; --over replaces it and keeps it beside",
            path=store,
        )
    return True


def _sound(report: Report, place: Path) -> None:
    if not report.verified:
        raise DoesNotVerify(
            "没有恢复：{path} 与封存对不上：{zh}|not restored: {path} does not fit its seals: {en}",
            report,
            path=place,
        )


def _origin(store: Path) -> str:
    """The name of the log whose seals stand in a store, of which nothing else may be left."""
    latest = Seals(store).latest()
    return latest.checkpoint.origin if latest is not None else ""


def _sealed_events(store: Path) -> int:
    return max(Seals(store).sizes(), default=0)


def _aside(store: Path) -> Path:
    for number in range(1, 10_000):
        found = store.with_name(f"{store.name}.before-restore-{number}")
        if not os.path.lexists(found):
            return found
    raise Refused("{path} 旁边留的旧账册太多|too many old stores beside {path}", path=store)


def _place_keys(part: Path, old: Path | None, given: Sources) -> None:
    """Keys that were named, or else those of the store that makes way, if it is the same one."""
    for name, named in ((KEYS, given.keys), (SEAL_KEY, given.seal_key)):
        chosen = named or (old / name if old is not None else None)
        if chosen is None or (named is None and not chosen.is_file()):
            continue
        if not chosen.is_file():
            raise NotFound("找不到 {path}|there is no {path}", path=chosen)
        if name == KEYS:
            copy_database(chosen, part / name)
            _place_key_file(part, chosen.parent)
        else:
            copy(chosen, part / name)


def _place_key_file(part: Path, old: Path) -> None:
    """Places the file that unlocks the keys of a store, as its settings say: those of a backup may be of
    before it was changed. A key file that stood in the store, as a demonstration's does, comes along.
    """
    paths = StorePaths(old)
    name = key_file_within(paths)
    if name is not None and not (part / name).exists():
        with writing(part):
            (part / name).parent.mkdir(parents=True, exist_ok=True)
        copy(old / name, part / name)
    listed = paths.settings().get("key_file", "")
    if there(paths.config) and listed != StorePaths(part).settings().get("key_file", ""):
        StorePaths(part).set("key_file", str(listed))
