"""Checks of what is in a store: the log, its clock, seals, keys, ledger, findings, the last backup."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

from taizhang.ledger.actions import LAST
from taizhang.ledger.comparing import Difference, compared
from taizhang.ledger.schema import LABEL
from taizhang.loading.loader import kept_out
from taizhang.loading.sources import candidates
from taizhang.maintenance import clear, erasures, keys, manifest
from taizhang.maintenance.checks import DAMAGED, NOTICE, OK, PROBLEM, CheckResult, Look, days
from taizhang.store.paths import StorePaths, local_time
from taizhang.workspace import Workspace
from taizhang_eventstore.errors import StoreDamaged, translated
from taizhang_eventstore.recorders import still
from taizhang_eventstore.seals.reach import MARK
from taizhang_eventstore.seals.seals import Seals

RECENT = 10_000
"""So many events, from the last, are looked at for a clock that was set back."""

SEAL_SOON, BACKUP_SOON, BACKUP_LATE = 7, 7, 30
"""Days after which new events should be sealed; backed up; after which it is a problem."""

WAITED = dt.timedelta(seconds=60)
"""Somebody who records may have waited so long for others once he had looked at his clock."""

AHEAD = dt.timedelta(minutes=10)
"""Clocks of two computers may differ by so much."""


def log(look: Look) -> Iterator[CheckResult]:
    """SQLite's own look at the pages of the log, and the mode that appending relies on."""
    if said := look.log.faults(full=look.full):
        text = "; ".join(said).replace("\n", " ")
        yield CheckResult(
            "log", "日志|Log", DAMAGED, f"事件库已损坏：{text}", f"the log is damaged: {text}"
        )
        return
    if (look.store / MARK).exists():
        yield CheckResult(
            "log", "日志|Log", DAMAGED,
            f"见过的事件不在日志里（{MARK}）：日志可能是旧副本；放回较新的 events.db，或 taizhang restore，或决定 taizhang continue",
            f"an event that was seen is not in the log ({MARK}): it may be an older copy; put back the newer events.db, or taizhang restore, or decide: taizhang continue",
        )  # fmt: skip
        return
    given = look.log.given()
    if given > look.head:
        yield CheckResult(
            "log", "日志|Log", DAMAGED,
            f"曾编到 #{given:,}，现在只到 #{look.head:,}：末尾的事件丢了",
            f"numbers up to #{given:,} were given, and it ends at #{look.head:,}: the end is missing",
        )  # fmt: skip
        return
    if not look.log.shared:
        yield CheckResult(
            "log", "日志|Log", PROBLEM,
            "事件库不是 WAL 方式（可能由别的工具转存过）：几个程序不能同时使用，用 sqlite3 执行 PRAGMA journal_mode=WAL 可改回",
            "the log is not in WAL mode (perhaps another tool made it): several programs cannot use it at once; PRAGMA journal_mode=WAL in sqlite3 mends it",
        )  # fmt: skip
        return
    n = f"{look.count:,}"
    yield CheckResult(
        "log", "日志|Log", OK, f"{n} 条事件，页面完好", f"{n} events, its pages are sound"
    )


def clock(look: Look) -> Iterator[CheckResult]:
    """Tells if times of recording go back, or lie in the future."""
    last, back, at = None, 0, 0
    for seq, event in look.log.recent(RECENT):
        moment = _moment(event.get("recorded_at"))
        if moment is None:
            continue
        if last is not None and moment < last - WAITED:
            back, at = back + 1, at or seq
        last = moment if last is None else max(last, moment)
    label = "时钟|Clock"
    if last is not None and not look.demonstration and last > look.now + AHEAD:
        yield CheckResult(
            "clock", label, PROBLEM,
            f"已有事件的登记时间 {local_time(last)} 比现在还晚：电脑时钟被拨回，请校准",
            f"events were recorded at {local_time(last)}, which is still to come: this computer's clock was set back, please set it right",
        )  # fmt: skip
    elif back:
        yield CheckResult(
            "clock", label, NOTICE,
            f"从 #{at:,} 起有 {back:,} 条的登记时间早于前面的：时钟曾被拨回，“所知”按最大值算",
            f"{back:,} events from #{at:,} on were recorded before earlier ones: a clock was set back; --known goes by the greatest",
        )  # fmt: skip
    else:
        yield CheckResult(
            "clock", label, OK, "登记时间没有往回走", "times of recording do not go back"
        )


def _moment(text: object) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def seals(look: Look) -> Iterator[CheckResult]:
    """Checks how old the last seal is, and if another can be made."""
    store = Seals(look.store)
    label = "封存|Seals"
    latest = store.latest()
    if latest is None:
        yield CheckResult(
            "seals",
            label,
            PROBLEM,
            "从未封存，用 taizhang seal 封存",
            "never sealed: taizhang seal does it",
        )
        return
    if latest.size > look.count and latest.size > look.log.count():  # others may be at work
        yield CheckResult(
            "seals", label, DAMAGED,
            f"封存过 {latest.size:,} 条，现在只有 {look.count:,} 条：末尾丢失，或这是旧副本；用 taizhang verify 查明",
            f"{latest.size:,} events were sealed and {look.count:,} are there: the end is missing, or this is an older copy; taizhang verify tells more",
        )  # fmt: skip
        return
    rest = max(0, look.count - latest.size)
    made = dt.datetime.fromtimestamp(store.path(latest.size).stat().st_mtime, dt.UTC)
    age = days(look.now - made)
    zh = f"{latest.size:,} 条已封存，{age} 天前；其后 {rest:,} 条"
    en = f"{latest.size:,} events are sealed, {age} days ago; {rest:,} came since"
    if not store.key.is_file():
        zh, en = f"{zh}；没有封存私钥 seal.key", f"{en}; there is no private key seal.key"
        yield CheckResult("seals", label, NOTICE if not rest else PROBLEM, zh, en)
    elif rest and age >= SEAL_SOON:
        yield CheckResult("seals", label, PROBLEM, f"{zh}，请封存", f"{en}: seal them")
    else:
        yield CheckResult("seals", label, OK, zh, en)


def ledger(look: Look) -> Iterator[CheckResult]:
    """Tells if the ledger is there, sound and level, and whether a programme has failed."""
    path, label = look.store / "ledger.db", "台账|Ledger"
    absent = CheckResult(
        "ledger", label, NOTICE, "没有，打开时重建", "there is none; opening the store makes it"
    )
    if not path.is_file():
        yield absent
        return

    def kept(connect: still.Open) -> tuple[list[tuple[str, int, str | None]], object]:
        db = connect()
        pragma = "integrity_check" if look.full else "quick_check"
        if db.execute(f"PRAGMA {pragma}(1)").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("damaged")
        tracking = db.execute("SELECT unit, position, fault FROM _tracking").fetchall()
        row = db.execute("SELECT value FROM _meta WHERE name = ?", (LAST,)).fetchone()
        return tracking, row[0] if row is not None else ""

    try:
        tracking, seen = still.undisturbed(path, kept, log=False)
    except sqlite3.DatabaseError as error:
        why = translated(error, path, LABEL)
        if not isinstance(why, StoreDamaged) and "no such table" not in str(error):
            yield CheckResult("ledger", label, PROBLEM, *why.pair)
            return
        yield CheckResult(
            "ledger",
            label,
            NOTICE,
            "已损坏，打开时重建",
            "it is damaged; opening the store makes it anew",
        )
        return
    if not tracking:
        yield absent
        return
    position, _, id = str(seen).partition(" ")
    if position.isdecimal() and look.log.at(int(position)).get("id") != id:
        yield CheckResult(
            "ledger", label, DAMAGED,
            f"见过第 {int(position):,} 号事件，日志里没有它：日志是旧副本，不要登记；放回较新的 events.db，或 taizhang restore",
            f"it has seen event {int(position):,}, which is not in the log: the log is an older copy, do not record; put back the newer events.db, or taizhang restore",
        )  # fmt: skip
        return
    failed = [unit for unit, _, fault in tracking if fault]
    if failed:
        listed = " ".join(failed)
        yield CheckResult(
            "ledger", label, PROBLEM,
            f"插件 {listed} 推算时出错，它的台账停住了，其他的照常",
            f"the programme {listed} failed, its tables stand still, all others go on",
        )  # fmt: skip
        return
    behind = look.head - min(position for _, position, _ in tracking)
    if behind > 0:
        yield CheckResult(
            "ledger", label, NOTICE,
            f"落后 {behind:,} 条，打开时补上", f"{behind:,} events behind; opening the store catches up",
        )  # fmt: skip
    else:
        if look.full and (differs := _compared(look)) is not None:
            yield CheckResult(
                "ledger", label, DAMAGED,
                f"{differs.label.zh}；用 taizhang rebuild 由日志重建",
                f"{differs.label.en}; taizhang rebuild builds it anew",
            )  # fmt: skip
            return
        yield CheckResult(
            "ledger",
            label,
            OK,
            f"与日志齐平，到 #{look.head:,}",
            f"level with the log at #{look.head:,}",
        )


def _compared(look: Look) -> Difference | None:
    """Finds the first row of the core that differs from what the log gives; no programme is run for it."""
    everyone = {c.name for c in candidates(None)}
    with Workspace.open(look.store, read_only=True, disabled=everyone) as ws:
        return still.undisturbed(
            look.store / "ledger.db",
            lambda connect: compared(connect(), ws.log, ws.registry),
            log=False,
        )


def programmes(look: Look) -> Iterator[CheckResult]:
    """Checks which programmes are kept out that ought to be here. None is run, for it may hang."""
    broken = [s.name for s in kept_out(StorePaths(look.store)) if s.warning is not None]
    if broken:
        listed = " ".join(broken)
        yield CheckResult(
            "plugins", "插件|Programmes", PROBLEM,
            f"没有载入：{listed}（见 taizhang plugins list）",
            f"not loaded: {listed} (see taizhang plugins list)",
        )  # fmt: skip


def findings(look: Look) -> Iterator[CheckResult]:
    """Checks how much in the ledger breaks a rule of the core; a programme's own checks would have to be run."""
    everyone = {c.name for c in candidates(None)}
    with Workspace.open(look.store, read_only=True, disabled=everyone) as ws:
        found = ws.findings()
    label = "不合规则之处|Findings"
    rest = "体检不运行插件，逐条连同它们的检查见 taizhang findings", "no programme is run for this: taizhang findings lists them, with those of programmes"  # fmt: skip
    if not found:
        yield CheckResult(
            "findings",
            label,
            OK,
            "没有；体检不运行插件，它们的检查见 taizhang findings",
            "none; no programme is run for this, taizhang findings has their checks too",
        )
        return
    hard = sum(f.hard for f in found)
    yield CheckResult(
        "findings", label, NOTICE,
        f"{len(found):,} 处，其中 {hard:,} 处违反硬性规则；{rest[0]}",
        f"{len(found):,}, of which {hard:,} break a hard rule; {rest[1]}",
    )  # fmt: skip


def backup(look: Look) -> Iterator[CheckResult]:
    """Checks how old the last backup is that the store remembers."""
    label, last = "备份|Backup", manifest.last_of(look.store)
    if last is None:
        state = NOTICE if look.demonstration else PROBLEM
        yield CheckResult(
            "backup",
            label,
            state,
            "从未备份，用 taizhang backup 备份",
            "never backed up: taizhang backup does it",
        )
        return
    age, rest = days(look.now - last.made_at), look.head - last.position
    gone = (
        "" if Path(last.to).exists() else "（现在不在那里）",
        "" if Path(last.to).exists() else " (not there now)",
    )
    zh = f"{age} 天前备份到 {last.to}{gone[0]}；其后 {rest:,} 条"
    en = f"backed up {age} days ago to {last.to}{gone[1]}; {rest:,} events came since"
    if rest <= 0 or age < BACKUP_SOON:
        yield CheckResult("backup", label, OK, zh, en)
    else:
        state = PROBLEM if age >= BACKUP_LATE else NOTICE
        yield CheckResult("backup", label, state, f"{zh}，请再备份", f"{en}: back up again")


CHECKS: tuple[Callable[[Look], Iterator[CheckResult]], ...] = (
    log,
    clock,
    seals,
    keys.check,
    clear.check,
    erasures.check,
    ledger,
    programmes,
    findings,
    backup,
)
NAMES: dict[Callable[..., object], tuple[str, str]] = {
    log: ("log", "日志|Log"),
    clock: ("clock", "时钟|Clock"),
    seals: ("seals", "封存|Seals"),
    keys.check: ("keys", "个人资料密钥|Personal keys"),
    clear.check: ("clear", "明文|In the clear"),
    erasures.check: ("erasures", "删除名单|Erasures"),
    ledger: ("ledger", "台账|Ledger"),
    programmes: ("plugins", "插件|Programmes"),
    findings: ("findings", "不合规则之处|Findings"),
    backup: ("backup", "备份|Backup"),
}
