"""Checks of what is around a store: SQLite itself, permissions, room on the disk, stray files."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from taizhang.keeping import manifest
from taizhang.keeping.checks import NOTICE, OK, PROBLEM, Check, sized
from taizhang_eventstore.schema import settle

LEAST = 64 << 20
"""Bytes below which a disk is as good as full."""

SECRET = ("keys.db", "seal.key")
DATABASES = ("events.db", "ledger.db", "keys.db")
KNOWN = {
    *(f"{name}{suffix}" for name in DATABASES for suffix in ("", "-wal", "-shm", "-journal")),
    "seal.key", "seals", "files", "drafts", "plugins", "templates", "config.toml",
    manifest.NAME, manifest.LAST,
}  # fmt: skip


def checks(store: Path) -> Iterator[Check]:
    """All of them."""
    yield sqlite()
    yield settings()
    yield permissions(store)
    yield room(store)
    yield strays(store)


def sqlite() -> Check:
    """The version of SQLite, and whether it has the fault in resetting a write-ahead log."""
    version = sqlite3.sqlite_version_info
    # https://sqlite.org/wal.html#walresetbug: mended in 3.51.3, and carried back to two older lines.
    mended = version >= (3, 51, 3) or any(
        (*line, patch) <= version < (line[0], line[1] + 1)
        for line, patch in (((3, 44), 6), ((3, 50), 7))
    )
    name = f"SQLite {sqlite3.sqlite_version}"
    if mended:
        return Check("sqlite", "SQLite", OK, name, name)
    return Check(
        "sqlite", "SQLite", NOTICE,
        f"{name} 有一处罕见缺陷：几个程序同时写入时可能损坏文件（3.51.3 已修正），请常备份，有条件时升级",
        f"{name} has a rare fault that can damage a file which several programs write at once (mended in 3.51.3): back up often, upgrade when you can",
    )  # fmt: skip


def settings() -> Check:
    """Whether this SQLite does what the log relies on: it could have been built without."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    try:
        settle(db)
        wanted = {"synchronous": 2, "secure_delete": 1, "trusted_schema": 0}
        wrong = [n for n, v in wanted.items() if db.execute(f"PRAGMA {n}").fetchone()[0] != v]
    finally:
        db.close()
    if wrong:
        listed = " ".join(wrong)
        return Check(
            "settings", "设置|Settings", PROBLEM,
            f"这个 SQLite 不接受 {listed} 的设置",
            f"this SQLite does not take the settings {listed}",
        )  # fmt: skip
    return Check(
        "settings", "设置|Settings", OK,
        "写入即落盘，删去的字节被覆盖，库内的视图和触发器不得调用函数",
        "what is written is on the disk, freed bytes are overwritten, views in a file call no functions",
    )  # fmt: skip


def permissions(store: Path) -> Check:
    """Whether others on this computer could read the store, and whether we can write it."""
    label = "权限|Permissions"
    if sys.platform == "win32":
        return Check("permissions", label, OK, "由系统管理", "kept by the system")
    open_to = [name for name in SECRET if _mode(store / name) & 0o077]
    if open_to:
        listed = " ".join(open_to)
        return Check(
            "permissions", label, PROBLEM,
            f"别人读得到密钥 {listed}，请改为 0600", f"others can read the keys {listed}: set them to 0600",
        )  # fmt: skip
    if _mode(store) & 0o077:
        return Check(
            "permissions", label, PROBLEM,
            f"别人进得了账册目录（{_mode(store) & 0o777:04o}），请改为 0700",
            f"others can enter the store's directory ({_mode(store) & 0o777:04o}): set it to 0700",
        )  # fmt: skip
    closed = [p.name for p in (store, store / "events.db") if not os.access(p, os.W_OK)]
    if closed:
        return Check(
            "permissions", label, NOTICE,
            f"{closed[0]} 不能写，只能查看", f"{closed[0]} cannot be written, the store can only be read",
        )  # fmt: skip
    return Check(
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


def room(store: Path) -> Check:
    """Whether there is room to go on, and to build a ledger aside."""
    free = shutil.disk_usage(store).free
    need = LEAST + 2 * sum(_size(store / name) for name in DATABASES)
    label = "磁盘|Disk"
    zh, en = f"还有 {sized(free)}", f"{sized(free)} are free"
    if free < LEAST:
        return Check("room", label, PROBLEM, f"{zh}，快满了", f"{en}, it is nearly full")
    if free < need:
        return Check(
            "room", label, NOTICE,
            f"{zh}，重建台账可能要 {sized(need)}", f"{en}, and a rebuild may take {sized(need)}",
        )  # fmt: skip
    return Check("room", label, OK, zh, en)


def strays(store: Path) -> Check:
    """What does not belong in a store, and what an interrupted program has left."""
    found = sorted(p.name for p in store.iterdir() if p.name not in KNOWN)
    found += sorted(
        f"{sub}/{p.name}" for sub in ("seals", "drafts") if (store / sub).is_dir()
        for p in (store / sub).iterdir() if p.name.endswith((".part", ".new"))
    )  # fmt: skip
    label = "多余的文件|Stray files"
    if not found:
        return Check("strays", label, OK, "没有", "none")
    listed = " ".join(found[:8]) + (f" … {len(found)}" if len(found) > 8 else "")
    return Check(
        "strays", label, NOTICE,
        f"不认识这些文件，备份不带走它们：{listed}",
        f"these files are not known and not backed up: {listed}",
    )  # fmt: skip
