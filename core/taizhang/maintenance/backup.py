"""Backing a store up (备份): online, whole or not at all, verified after writing.

A backup is a directory like a store's, without what can be computed (``ledger.db``), what is not yet
said (``drafts/``) and what opens people's data or signs for the office (``keys.db``, ``seal.key``, a key
file that stands in the store): whoever finds the disk has nobody's name. Keys go elsewhere, by their own options.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from taizhang import __version__
from taizhang.maintenance import manifest, places
from taizhang.maintenance.erasures import joined, of
from taizhang.maintenance.manifest import Last, Manifest
from taizhang.maintenance.places import Progress
from taizhang.store import making
from taizhang.store.paths import StorePaths
from taizhang.store.sealing import LISTS
from taizhang.store.unlocking import key_file_within
from taizhang.words.errors import NotFound, Refused, TaizhangError
from taizhang_eventstore.ambient import SystemAmbient
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.copying import copy_database, copy_seals
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import copy, settle
from taizhang_eventstore.log import open_log
from taizhang_eventstore.personal.erasures import Erasures
from taizhang_eventstore.seals.attesting import logged
from taizhang_eventstore.seals.sealing import seal
from taizhang_eventstore.seals.seals import SealKeyMissing, Seals
from taizhang_eventstore.verifying.report import Report
from taizhang_eventstore.verifying.verifying import verify

LOG = "events.db"
KEYS = "keys.db"


class DoesNotVerify(TaizhangError):
    """The log is not the one that was sealed. ``report`` says more."""

    exit_code = 3

    def __init__(self, text: str, report: Report, **values: object) -> None:
        self.report = report
        finding = report.first or (report.bad[0] if report.bad else None)
        number = "" if finding is None or finding.position is None else f"#{finding.position:,} "
        zh, en = (finding.zh, finding.en) if finding else ("", "")
        one = {"zh": number + zh, "en": number + en}
        super().__init__(text, **{k: " ".join(v.split()) for k, v in one.items()}, **values)


@dataclass(frozen=True, slots=True)
class BackupMade:
    """A backup that was made."""

    path: Path
    manifest: Manifest
    keys: list[Path]
    unsealed: StoreError | None
    """Why the newest events could not be sealed first; they are in the backup all the same."""


def backup(
    store: Path,
    target: Path,
    *,
    keys: Path | None = None,
    seal_key: Path | None = None,
    read_only: bool = False,
    progress: Progress | None = None,
) -> BackupMade:
    """Backs ``store`` up to the directory ``target``, replacing an earlier backup of the same store.

    The earlier one stays until the new one is whole and verified, and stays for good when the store
    turns out to lack events that it has.

    Args:
        store: The directory of the store.
        target: The directory of the backup, which is made.
        keys: A file to copy the keys to; they are not in the backup.
        seal_key: A file to copy the key of the seals to.
        read_only: Seals nothing and notes nothing in the store.
        progress: Is told how far it has come.

    Raises:
        NotFound: There is no store.
        Refused: The target is something else, or the backup of another store.
        DoesNotVerify: The store, or the copy, does not verify.
        StoreError: A file cannot be read or written.
            Whichever it is, nothing was made then.
    """
    if not (store / LOG).is_file():
        raise NotFound("{path} 不是台账账册|{path} is not a store", path=store)
    wanted = [(KEYS, keys), ("seal.key", seal_key)]
    _keys_can_be_had(store, wanted)
    # Where a link leads: what is put in place must not stand beside the link.
    target = Path(os.path.realpath(target))
    _can_stand(store, target)
    old = making.beside(target, "before")
    making.own(old)
    _free(target)
    unsealed = None if read_only else _sealed(store)
    with making.being_made(target) as part:
        _put_back(target, old)
        copy_seals(store, part)
        copy_database(store / LOG, part / LOG, progress)
        key_file = key_file_within(StorePaths(store))
        left = places.copy_rest(store, part, but=() if key_file is None else (store / key_file,))
        if key_file is not None and str(key_file) not in left:
            left.append(str(key_file))
        earlier = _earlier(target)
        report = verify(part, seals=earlier)
        if not report.verified:
            raise _refusal(report, earlier)
        _complete_erasures(part)
        _same(report, target)
        described = Manifest(
            format=manifest.FORMAT,
            origin=report.origin,
            made_at=SystemAmbient().now(),
            program=__version__,
            events=report.events,
            position=report.last,
            sealed=report.sealed,
            left_out=left,
        )
        manifest.write(part, described)
        copied = _copy_keys(store, wanted)
        if os.path.lexists(target):
            making.mark(target)
        making.place(part, target, old)
    making.clear(old)
    settle(target.parent)
    if not read_only:
        manifest.remember(store, Last(described.made_at, described.position, str(target)))
    return BackupMade(target, described, copied, unsealed)


def _complete_erasures(part: Path) -> None:
    """Completes the list of erasures from the log, and refuses what :mod:`restore` would refuse."""
    with open_log(part / LOG, Codec(), read_only=True) as log:
        Erasures(part).mend(logged(log))
    joined([of(part)])


def _can_stand(store: Path, target: Path) -> None:
    here, there = store.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise Refused(
            "备份要放在账册目录之外，最好是另一块磁盘|a backup belongs outside the store's directory, best on another disk"
        )


def _free(target: Path) -> None:
    """Refuses a place that is taken by anything but an earlier backup."""
    if not os.path.lexists(target):
        return
    if not target.is_dir() or (any(target.iterdir()) and manifest.load(target) is None):
        raise Refused(
            "{path} 已有别的东西，请另选一个目录|{path} is taken by something else; choose another directory",
            path=target,
        )


def _put_back(target: Path, old: Path) -> None:
    """Puts back an earlier backup that a crash has left aside; one that had made way already goes."""
    if os.path.lexists(target):
        making.clear(old)
    elif making.own(old):
        making.place(old, target)


def _earlier(target: Path) -> list[Path]:
    """The newest seal of the backup that is to be replaced: the new one has to continue it."""
    seals = Seals(target)
    sizes = seals.sizes()
    return [seals.path(sizes[-1])] if sizes else []


def _same(report: Report, target: Path) -> None:
    there = manifest.load(target) if target.is_dir() else None
    if there is None:
        return
    if there.origin != report.origin:
        raise Refused(
            "{path} 是另一本账 {origin} 的备份，没有覆盖|{path} is a backup of another store, {origin}; it was left alone",
            path=target,
            origin=there.origin,
        )
    if there.events > report.events:
        raise Refused(
            "{path} 的备份有 {more} 条事件，比账册现在的 {now} 条多：账册可能被退回到旧副本；没有覆盖"
            "|the backup at {path} has {more} events, more than the {now} that the store has now: perhaps the store was put back to an older copy; it was left alone",
            path=target,
            more=there.events,
            now=report.events,
        )


def _refusal(report: Report, earlier: list[Path]) -> DoesNotVerify:
    if any(f.code == "foreign" for f in report.bad):
        text = "那里是另一本账的备份，没有覆盖：{zh}|there is a backup of another store, which was left alone: {en}"
    elif earlier:
        text = (
            "没有备份，原来的备份不动：账册与封存对不上，可能被退回到旧副本或改动过：{zh}"
            "|not backed up, and the earlier backup was left alone: the store does not fit its seals, perhaps it was put back to an older copy or changed: {en}"
        )
    else:
        text = (
            "没有备份：账册与封存对不上：{zh}|not backed up: the store does not fit its seals: {en}"
        )
    return DoesNotVerify(text, report)


def _sealed(store: Path) -> StoreError | None:
    """Seals what came since the last seal; what kept it from that, where a seal is there already."""
    seals = Seals(store)
    with open_log(store / LOG, Codec(), create=False) as log:
        if seals.position() >= log.head() and seals.sizes():
            return None
        try:
            seal(seals, log.recorder, lists=LISTS)
        except SealKeyMissing as error:
            if not seals.sizes():
                raise
            return error
    return None


def _keys_can_be_had(store: Path, wanted: list[tuple[str, Path | None]]) -> None:
    for name, to in wanted:
        if to is None:
            continue
        if not (store / name).is_file():
            raise NotFound("账册里没有 {name}|the store has no {name}", name=name)
        if os.path.lexists(to):
            raise Refused(
                "{path} 已经存在，没有覆盖|{path} is there already; it was left alone", path=to
            )


def _copy_keys(store: Path, wanted: list[tuple[str, Path | None]]) -> list[Path]:
    made = []
    for name, to in wanted:
        if to is None:
            continue
        try:
            if name == KEYS:
                copy_database(store / name, to)
            else:
                copy(store / name, to)
                settle(to.absolute().parent)
        except BaseException:
            to.unlink(missing_ok=True)
            raise
        made.append(to)
    return made
