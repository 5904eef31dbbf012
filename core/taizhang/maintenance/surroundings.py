"""Checks of what is around a store: SQLite itself, permissions, room on the disk, stray files."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

from taizhang.isolation.marks import alive
from taizhang.isolation.quarantine import FILE as QUARANTINE
from taizhang.maintenance import manifest
from taizhang.maintenance.checks import NOTICE, OK, PROBLEM, CheckResult, sized
from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import key_file_within
from taizhang.store.viewings import NAME as VIEWINGS
from taizhang.words.errors import TaizhangError
from taizhang_eventstore.recorders.schema import settle
from taizhang_eventstore.seals.reach import MARK

LEAST = 64 << 20
"""Bytes below which a disk is as good as full."""

SECRET = ("keys.db", "seal.key")
DATABASES = ("events.db", "ledger.db", "keys.db")
KNOWN = {
    *(f"{name}{suffix}" for name in DATABASES for suffix in ("", "-wal", "-shm", "-journal")),
    "seal.key", "seals", "files", "drafts", "plugins", "templates", "config.toml",
    manifest.NAME, manifest.LAST, QUARANTINE, MARK, VIEWINGS,
}  # fmt: skip
PASSING = re.compile(
    r"\.running-.*-(\d+)|ledger\.rebuild-(\d+)\.db(?:-\w+)?|.+?(?:\.(\d+)(?:-\d+)?)?\.(?:part|new)(?:-journal)?"
)
"""What programs at work make in passing, and whose it is: it stays when one of them dies."""


def checks(store: Path) -> Iterator[CheckResult]:
    """All of them."""
    yield sqlite()
    yield settings()
    key_file = _key_file(store)
    yield permissions(store, key_file)
    yield room(store)
    yield strays(store, key_file)


def _key_file(store: Path) -> str | None:
    """The name of the key file, where it stands in the store as a demonstration's does."""
    try:
        found = key_file_within(StorePaths(store))
    except TaizhangError:
        return None  # Opening the store says that its settings cannot be read.
    return None if found is None else found.as_posix()


def sqlite() -> CheckResult:
    """The version of SQLite, and whether it has the fault in resetting a write-ahead log."""
    version = sqlite3.sqlite_version_info
    # https://sqlite.org/wal.html#walresetbug: mended in 3.51.3, and carried back to two older lines.
    mended = version >= (3, 51, 3) or any(
        (*line, patch) <= version < (line[0], line[1] + 1)
        for line, patch in (((3, 44), 6), ((3, 50), 7))
    )
    name = f"SQLite {sqlite3.sqlite_version}"
    if mended:
        return CheckResult("sqlite", "SQLite", OK, name, name)
    return CheckResult(
        "sqlite", "SQLite", NOTICE,
        f"{name} 有一处罕见缺陷：几个程序同时写入时可能损坏文件（3.51.3 已修正），请常备份，有条件时升级",
        f"{name} has a rare fault that can damage a file which several programs write at once (mended in 3.51.3): back up often, upgrade when you can",
    )  # fmt: skip


def settings() -> CheckResult:
    """Tells if this SQLite does what the log relies on: it could have been built without."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        settle(db)
        wanted = {"synchronous": 2, "secure_delete": 1, "trusted_schema": 0}
        wrong = [n for n, v in wanted.items() if db.execute(f"PRAGMA {n}").fetchone()[0] != v]
    finally:
        db.close()
    if wrong:
        listed = " ".join(wrong)
        return CheckResult(
            "settings", "设置|Settings", PROBLEM,
            f"这个 SQLite 不接受 {listed} 的设置",
            f"this SQLite does not take the settings {listed}",
        )  # fmt: skip
    return CheckResult(
        "settings", "设置|Settings", OK,
        "写入即落盘，删去的字节被覆盖，库内的视图和触发器不得调用函数",
        "what is written is on the disk, freed bytes are overwritten, views in a file call no functions",
    )  # fmt: skip


def permissions(store: Path, key_file: str | None = None) -> CheckResult:
    """Tells if others on this computer could read the store, and whether we can write it."""
    label = "权限|Permissions"
    if sys.platform == "win32":
        return CheckResult("permissions", label, OK, "由系统管理", "kept by the system")
    secret = [*SECRET, key_file] if key_file else SECRET
    open_to = [name for name in secret if _mode(store / name) & 0o077]
    if open_to:
        listed = " ".join(open_to)
        return CheckResult(
            "permissions", label, PROBLEM,
            f"别人读得到密钥 {listed}，请改为 0600", f"others can read the keys {listed}: set them to 0600",
        )  # fmt: skip
    if _mode(store) & 0o077:
        return CheckResult(
            "permissions", label, PROBLEM,
            f"别人进得了账册目录（{_mode(store) & 0o777:04o}），请改为 0700",
            f"others can enter the store's directory ({_mode(store) & 0o777:04o}): set it to 0700",
        )  # fmt: skip
    closed = [p.name for p in (store, store / "events.db") if not os.access(p, os.W_OK)]
    if closed:
        return CheckResult(
            "permissions", label, NOTICE,
            f"{closed[0]} 不能写，只能查看", f"{closed[0]} cannot be written, the store can only be read",
        )  # fmt: skip
    return CheckResult(
        "permissions",
        label,
        OK,
        "只有账册的主人能读写",
        "only the store's owner can read and write it",
    )


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def room(store: Path) -> CheckResult:
    """Tells if there is room to go on, and to build a ledger aside."""
    free = shutil.disk_usage(store).free
    need = LEAST + 2 * sum(_size(store / name) for name in DATABASES)
    label = "磁盘|Disk"
    zh, en = f"还有 {sized(free)}", f"{sized(free)} are free"
    if free < LEAST:
        return CheckResult("room", label, PROBLEM, f"{zh}，快满了", f"{en}, it is nearly full")
    if free < need:
        return CheckResult(
            "room", label, NOTICE,
            f"{zh}，重建台账可能要 {sized(need)}", f"{en}, and a rebuild may take {sized(need)}",
        )  # fmt: skip
    return CheckResult("room", label, OK, zh, en)


def strays(store: Path, key_file: str | None = None) -> CheckResult:
    """Lists what does not belong in a store, and what an interrupted program has left."""
    names = [p.name for p in store.iterdir() if p.name not in KNOWN and p.name != key_file]
    passing = {name: found for name in names if (found := PASSING.fullmatch(name))}
    unknown = [name for name in names if name not in passing]
    for sub in ("seals", "drafts"):
        if (store / sub).is_dir():
            for path in (store / sub).iterdir():
                if found := PASSING.fullmatch(path.name):
                    passing[f"{sub}/{path.name}"] = found
    left = [name for name, found in passing.items() if not _at_work(found)]
    zh, en = [], []
    if unknown:
        zh.append(f"不认识这些文件，备份不带走它们：{_listed(unknown)}")
        en.append(f"these files are not known and not backed up: {_listed(unknown)}")
    if left:
        zh.append(f"中断的程序留下了这些，可以删除：{_listed(left)}")
        en.append(f"an interrupted program has left these, which may go: {_listed(left)}")
    label = "多余的文件|Stray files"
    if not zh:
        return CheckResult("strays", label, OK, "没有", "none")
    return CheckResult("strays", label, NOTICE, "；".join(zh), "; ".join(en))


def _at_work(found: re.Match[str]) -> bool:
    """Tells if the program lives that has made a file of this name."""
    number = next((group for group in found.groups() if group), None)
    return number is not None and (int(number) == os.getpid() or alive(int(number)))


def _listed(names: Collection[str]) -> str:
    return " ".join(sorted(names)[:8]) + (f" … {len(names)}" if len(names) > 8 else "")
