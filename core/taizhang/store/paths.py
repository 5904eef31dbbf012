"""A store: the directory in which one office's books stand, and its stamp.

The first event of every store says what it is for. A demonstration is stamped with its own today; an
ordinary store's clock is the computer's and cannot be set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.actions import Deed
from taizhang.declarations.fields import Event, field
from taizhang.declarations.kinds import Choice, Count, Date, Name, Text, Yes
from taizhang.declarations.programme import Programme
from taizhang.store.configfile import NewTable, read, rewrite
from taizhang.words.errors import Usage
from taizhang_eventstore.ambient import Ambient, SystemAmbient
from taizhang_eventstore.errors import StoreError, StoreNotFound
from taizhang_eventstore.files import alone, there, writing

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Ledger
    from taizhang_eventstore.log import Log

ORDINARY = "正式"
DEMONSTRATION = "示例"

programme = Programme("store", "账册|Store", nouns=("store", "event", "subject"), version="1")


@programme.event("store.opened", "开账|Store opened", rank=0)
class StoreOpened(Event):
    """The first event of every store: what it is for, and a demonstration's own today."""

    name: Name = field("名称|Name")
    purpose: Choice = field("用途|Purpose", choices=["正式|ordinary", "示例|demonstration"])
    today: Date | None = field("示例当日|Demonstration's today", default=None)
    keys: Text = field("密钥库|Keys", default="")
    """The id of its `keys.db`; empty in a store of before personal texts were sealed."""


@programme.event("store.resealed", "重新密封|Store resealed", rank=0)
class StoreResealed(Event):
    """Everything before this was copied from a store whose personal texts stood in the clear."""

    size: Count = field("原有事件数|Events before")
    tree: Text = field("原树根|Root before")
    keys: Text = field("密钥库|Keys")


@programme.event("store.keyed", "另建密钥库|Keys begun anew", rank=0)
class StoreKeyed(Event):
    """The keys were lost for good, and others were begun."""

    keys: Text = field("密钥库|Keys")


@programme.event("store.continued", "接着旧日志记|Older log continued", rank=0)
class StoreContinued(Event):
    """The log was older than what was known of it, and somebody decided to go on with it."""

    newer: Text = field("当时所知的较新日志|The newer log that was known of")


@programme.event("store.sealed_anew", "换封存密钥|Key of the seals changed", rank=0)
class SealKeyChanged(Event):
    """From now on another key signs the seals; the old one has signed for it where it was not lost."""

    key: Text = field("新公钥|New public key")
    signed: Yes = field("旧密钥作证|Signed by the old one")


@programme.deed("store.declare_clock", "声明时钟有误|Declare a wrong clock")
@programme.event("store.clock_declared", "声明时钟有误|Clock declared wrong", rank=0)
class ClockDeclared(Deed):
    """The computer's clock was wrong while these events were recorded: what was known by a time is told without their times."""

    first: Count = field("首个事件|First event", low=1)
    last: Count = field("最后事件|Last event", low=1)

    def check(self) -> Iterator[str]:
        """The first is not after the last."""
        if self.first > self.last:
            yield "首个事件晚于最后事件|the first event comes after the last"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """As it stands; the reason stands with the event."""
        yield self


@programme.event("subject.erased", "删除个人数据|Personal data erased", rank=99)
class SubjectErased(Event):
    """The key of this subject was destroyed: what was sealed under it opens nowhere any more."""

    subject: Text = field("对象|Subject")


@programme.event("event.voided", "作废|Voided", rank=0)
class Voided(Event):
    """Takes back the event that the envelope names: a fact, a correction or another void."""


class StorePaths(Struct, frozen=True):
    """The paths of a store's parts."""

    root: Path

    @property
    def events(self) -> Path:
        """The log: the truth."""
        return self.root / "events.db"

    @property
    def keys(self) -> Path:
        """The keys of personal data, apart from the log."""
        return self.root / "keys.db"

    @property
    def ledger(self) -> Path:
        """The ledger: disposable, rebuilt from the log."""
        return self.root / "ledger.db"

    @property
    def seals(self) -> Path:
        """The seals, and the public key that signed them."""
        return self.root / "seals"

    @property
    def drafts(self) -> Path:
        """Half-filled forms."""
        return self.root / "drafts"

    @property
    def config(self) -> Path:
        """Settings, written by people or by commands."""
        return self.root / "config.toml"

    @property
    def plugins(self) -> Path:
        """Programmes that are single files of this store; run only when trusted."""
        return self.root / "plugins"

    def settings(self) -> dict[str, Any]:
        """The settings; a file that is not TOML is refused with its place."""
        return read(self.config)

    def disabled(self) -> set[str]:
        """Ids of the programmes that this store does not load."""
        listed = self.settings().get("disabled", [])
        if isinstance(listed, str):
            return {listed}
        return {str(name) for name in listed} if isinstance(listed, list) else set()

    def only(self) -> set[str] | None:
        """Ids of the programmes that alone are to be loaded, or None where nothing is said."""
        listed = self.settings().get("plugins")
        return {str(name) for name in listed} if isinstance(listed, list) else None

    def set_disabled(self, names: set[str]) -> None:
        """Writes the list of programmes not to load."""
        self.set("disabled", sorted(names))

    def set(self, setting: str, value: str | list[str]) -> None:
        """Writes one top-level setting, leaving the others alone."""

        def change(document: MutableMapping[str, Any], _: NewTable) -> None:
            document[setting] = value

        rewrite(self.config, change, setting)


def stamp_of(log: Log) -> tuple[StoreOpened | None, dt.datetime | None]:
    """The stamp, None in a log that does not begin with one; when the last event was recorded, None
    where there is no event.
    """
    first = next(iter(log.read(limit=1)), None)
    if first is None:
        return None, None
    stamp = first.event if isinstance(first.event, StoreOpened) else None
    return stamp, log.backwards(limit=1)[0].envelope.recorded_at


def opening_day(log: Log) -> dt.date | None:
    """The day on which the books begin: that of the store's first event. None without one, and in a demonstration
    that says no other than its own today, since its books are as old as what it shows.
    """
    first = next(iter(log.read(limit=1)), None)
    if first is None or not isinstance(first.event, StoreOpened):
        return None
    on = first.envelope.on
    own = first.event.purpose == DEMONSTRATION and on == local_day(first.envelope.recorded_at)
    return None if own else on


def keys_of(log: Log) -> list[str]:
    """The ids of the keys with which the store was begun, and begun anew, the newest last; none where
    personal texts are not sealed, in a store of before they were.
    """
    types = ["store.opened", "store.resealed", "store.keyed"]
    events = [recorded.event for recorded in log.read(types=types)]
    said = (StoreOpened, StoreResealed, StoreKeyed)
    return [e.keys for e in events if isinstance(e, said) and e.keys]


def begun(paths: StorePaths) -> bool:
    """Tells if there is a store: a log with an event in it, or one that cannot be read.

    A log without any is what an `init` has left that was killed; the next one goes on with it.
    """
    if not there(paths.events) or not paths.events.stat().st_size:
        return False
    from taizhang_eventstore.codec import Codec
    from taizhang_eventstore.log import open_log

    try:
        with open_log(paths.events, Codec(), create=False) as log:
            return log.head() > 0
    except StoreNotFound:
        return False
    except StoreError:
        return True


def there_is_one(paths: StorePaths) -> Usage:
    """The error for making a store where there is one."""
    return Usage("{path} 已经有账册|there is a store at {path} already", path=paths.root)


@contextmanager
def founding(paths: StorePaths) -> Iterator[None]:
    """Makes the directory, and lets one process alone make a store in it, where there is none.

    Of several that begin at once one makes it; the others wait and find it there. Raises
    :class:`Usage` when there is a store, ``StoreError`` when none can be made.
    """
    with writing(paths.root):
        paths.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(paths.root):
        if begun(paths):
            raise there_is_one(paths)
        with writing(paths.root):
            paths.root.chmod(0o700)
        yield


class DemonstrationAmbient(SystemAmbient):
    """The clock of a demonstration: it runs on from its own today, wherever the computer's stands."""

    def __init__(self, start: dt.datetime) -> None:
        super().__init__()
        self._start = start
        self._opened = dt.datetime.now(dt.UTC)

    def now(self) -> dt.datetime:
        """The demonstration's today plus the time since it was opened."""
        return self._start + (dt.datetime.now(dt.UTC) - self._opened)


def ambient_of(stamp: StoreOpened | None, last: dt.datetime | None) -> Ambient:
    """The clock of a store with this stamp, whose last event was recorded at ``last``."""
    if stamp is None or stamp.purpose != DEMONSTRATION or stamp.today is None:
        return SystemAmbient()
    start = dt.datetime.combine(stamp.today, dt.time(1), dt.UTC)
    return DemonstrationAmbient(start if last is None else max(start, last))


CHINA = dt.timezone(dt.timedelta(hours=8))


def local_day(moment: dt.datetime) -> dt.date:
    """The calendar day of a moment in China (UTC+8), where the branches are."""
    return moment.astimezone(CHINA).date()


def local_time(moment: dt.datetime, *, seconds: bool = False) -> str:
    """A moment as people in China read it, with its zone, as ``--known`` takes it: ``2012-07-05 17:30+08:00``."""
    return moment.astimezone(CHINA).isoformat(" ", "seconds" if seconds else "minutes")
