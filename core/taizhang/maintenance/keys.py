"""Whether the keys of people's data are there, are this store's, open, and are all that the log needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from taizhang.maintenance.checks import DAMAGED, NOTICE, OK, PROBLEM, CheckResult, Look
from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import open_keys, secret_of
from taizhang_eventstore.errors import BilingualError, StoreDamaged, StoreError
from taizhang_eventstore.files import there
from taizhang_eventstore.personal.keys import translating_keys
from taizhang_eventstore.personal.wrapping import COST, Locked
from taizhang_eventstore.recorders import still

LABEL = "个人资料密钥|Personal keys"


class _Found(NamedTuple):
    """The settings that `keys.db` shows without being unlocked."""

    settings: dict[str, str]
    subjects: set[str]


def check(look: Look) -> Iterator[CheckResult]:
    """One sentence: the first thing that is wrong, or that nothing is."""
    path = look.store / "keys.db"
    if not there(path):
        yield _absent(look)
        return
    try:
        found = _read(path)
    except StoreError as error:
        yield _unusable(error)
        return
    if look.keys and found.settings.get("id") != look.keys:
        yield CheckResult(
            "keys", LABEL, PROBLEM,
            "keys.db 不是这本账的，从另存的副本放回它自己的",
            "keys.db is another store's: put back a copy of this one's own",
        )  # fmt: skip
        return
    if missing := sorted(look.subjects - found.subjects):
        some, of, first = f"{len(missing):,}", f"{len(look.subjects):,}", missing[0]
        yield CheckResult(
            "keys", LABEL, PROBLEM,
            f"{of} 个对象中有 {some} 个没有密钥，如 {first}：可能换回了较旧的 keys.db，他们的姓名等读不出来；放回最新的副本",
            f"{some} of {of} subjects have no key, such as {first}: an older keys.db may have been put back, and their names cannot be read; put back the newest copy",
        )  # fmt: skip
        return
    yield _unlocked(look, found)


def _absent(look: Look) -> CheckResult:
    if not (n := len(look.subjects)):
        return CheckResult("keys", LABEL, OK, "没有加密的个人资料", "no personal data is encrypted")
    return CheckResult(
        "keys", LABEL, PROBLEM,
        f"keys.db 不见了：{n:,} 个对象都没有密钥，姓名等个人资料读不出来；从另存的副本放回",
        f"keys.db is gone: none of {n:,} subjects has a key, names cannot be read; put back a copy kept elsewhere",
    )  # fmt: skip


def _unusable(error: BilingualError) -> CheckResult:
    state = DAMAGED if isinstance(error, StoreDamaged) else PROBLEM
    return CheckResult("keys", LABEL, state, *error.pair)


def _read(path: Path) -> _Found:
    """Raises ``StoreError``: a file that may not be read, is locked, and is damaged are three things."""

    def kept(connect: still.Open) -> _Found:
        db = connect()
        if (said := db.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
            raise StoreDamaged(
                "keys.db 已损坏（{detail}），从另存的副本恢复它|keys.db is damaged ({detail}): put back a copy kept elsewhere",
                detail=said,
            )
        settings = dict(db.execute("SELECT name, value FROM settings").fetchall())
        return _Found(settings, {s for (s,) in db.execute("SELECT subject FROM keys")})

    with translating_keys(path):
        return still.undisturbed(path, kept, log=False)


def _unlocked(look: Look, found: _Found) -> CheckResult:
    """Tells if each key unwraps, where what unlocks them is at hand: nobody is asked for a passphrase."""
    count = f"{len(look.subjects):,}"
    zh, en = (
        f"keys.db 在，{count} 个对象都有密钥",
        f"keys.db is there, all {count} subjects have a key",
    )
    paths = StorePaths(look.store)
    try:
        with closing(open_keys(paths, secret_of(paths), read_only=True)) as keys:
            broken = keys.broken()
    except Locked as error:
        why, why_en = error.pair
        return CheckResult(
            "keys", LABEL, NOTICE,
            f"{zh}；没有解锁，各把是否完好没有查（{why.rstrip('。')}）",
            f"{en}; not unlocked, whether each is whole was not looked into ({why_en.rstrip('.')})",
        )  # fmt: skip
    except BilingualError as error:
        return _unusable(error)
    if broken:
        some, first = f"{len(broken):,}", broken[0]
        return CheckResult(
            "keys", LABEL, DAMAGED,
            f"keys.db 里有 {some} 把密钥解不开，如 {first} 的：他们的姓名等读不出来；从另存的副本放回",
            f"{some} keys in keys.db do not unwrap, such as that of {first}: their names cannot be read; put back a copy kept elsewhere",
        )  # fmt: skip
    cost = int(found.settings.get("n", 0))
    if found.settings.get("wrapping") == "scrypt" and cost < COST["n"]:
        return CheckResult(
            "keys", LABEL, NOTICE,
            f"{zh}；口令按从前较低的强度（n={cost:,}）保护，用 taizhang keys change --passphrase 重新包一次",
            f"{en}; the passphrase is stretched as little as it once was (n={cost:,}): taizhang keys change --passphrase wraps them anew",
        )  # fmt: skip
    return CheckResult("keys", LABEL, OK, zh, en)


__all__ = ["check"]
