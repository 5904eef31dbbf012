"""The desk: one open store as the screens use it.

Everything that writes runs on one thread of the desk's own, so that a busy store never holds up
a key. Everything that reads does so through a :class:`View`, one for each thread, which therefore
never sees the rows of an attempt that is about to be undone.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import Struct

from taizhang.ledger.vault import vault_of
from taizhang.ledger.view import LedgerView
from taizhang.ledger.views import Views
from taizhang.store.paths import StorePaths
from taizhang.workspace.glimpse import Glimpse, glimpse
from taizhang_eventstore.errors import StoreError
from taizhang_tui.desk.drafts import Drafts

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry
    from taizhang.ledger.projector import Progress
    from taizhang.workspace import Workspace
    from taizhang_eventstore.log import Log
    from taizhang_eventstore.seals.checkpoint import Seal
    from taizhang_tui.desk.sealstate import SealState

T = TypeVar("T")

CACHE_KIB = 4_000
"""Page cache of one reading connection: a page of rows needs little, a million rows pass through."""


FIRST_READ = (
    "organisations", "members", "memberships", "group_memberships", "attachments", "categories", "services",
    "transfers",
)  # fmt: skip
"""The tables that the main screen reads."""


class Moment(Struct, frozen=True):
    """Both clocks; None is now."""

    on: dt.date | None = None
    known: int | None = None

    @property
    def past(self) -> bool:
        """Tells if either clock stands elsewhere than now, so that nothing can be written."""
        return self.on is not None or self.known is not None


class View:
    """The store as one thread reads it: a connection of its own over the shared log and names.

    Args:
        ws: The store.
        today: The day on which it is read where no other is asked for.
    """

    def __init__(self, ws: Workspace, today: Callable[[], dt.date]) -> None:
        self._today = today
        self.registry: Registry = ws.registry
        self.log: Log = ws.log
        self.db = ws.ledger.connection()
        self.db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        self.db.execute("PRAGMA temp_store = FILE")
        self.views = Views(self.db, ws.registry)

    def at(self, on: dt.date | None = None, known: int | None = None) -> LedgerView:
        """The ledger on a day (today), as known at a position (now)."""
        return LedgerView(self.db, self.registry, on or self._today(), known, views=self.views)


class Desk:
    """An open store, its clocks, and the thread that writes."""

    def __init__(self, path: str, actor: str | None = None, **options: Any) -> None:
        self.path = path
        self._actor = actor
        self._options = options
        self._pool = ThreadPoolExecutor(1, "desk")
        self._reading = ThreadPoolExecutor(1, "desk-reading")
        self._local = threading.local()
        self._seen = 0
        self.moment = Moment()
        self.sealed: SealState | None = None
        """How far the log is sealed; None until somebody has looked."""
        self.progress: Progress | None = None
        """Told how far a rebuild of the ledger has come, from the desk's thread."""
        self.ws: Workspace
        self.today: dt.date
        """The day on which everything stands that is shown, until :meth:`turn`."""
        self.glimpse: Glimpse | None = None
        """What can be read of the store before its programmes are loaded."""
        self._ended = threading.Event()

    def look(self) -> bool:
        """Tells if the store can be read already, before it is opened; nothing can be recorded until then."""
        if not self._options.get("from_elsewhere"):
            self.glimpse = glimpse(Path(self.path), FIRST_READ, self._options.get("secret"))
        if self.glimpse is not None:
            self.today = self.glimpse.day
        return self.glimpse is not None

    def open(self) -> Future[None]:
        """Begins to open the store on the desk's thread; the future raises what that raises."""
        return self._pool.submit(self._open)

    @property
    def is_open(self) -> bool:
        """Tells if the store has been opened."""
        return hasattr(self, "ws")

    @property
    def readable(self) -> bool:
        """Tells if the store can be read: it is open, or there is a glimpse of it."""
        return self.is_open or self.glimpse is not None

    def _progress(self, done: int, of: int) -> None:
        if self.progress is not None:
            self.progress(done, of)

    def _open(self) -> None:
        from taizhang.workspace import Workspace

        try:
            self.ws = Workspace.open(
                self.path, actor=self._actor, progress=self._progress, **self._options
            )
            self.today = self.ws.today()
            self._seen = self.ws.log.data_version()
        finally:
            self._ended.set()

    def wait_open(self) -> bool:
        """Waits, on a thread that reads, until opening has come to an end; returns :attr:`is_open`."""
        self._ended.wait()
        return self.is_open

    def still(self) -> bool:
        """Tells if the open store is what the glimpse of it was."""
        seen = self.glimpse
        return seen is not None and seen.day == self.today and seen.stands()

    def leave_card(self) -> Future[None]:
        """Begins to leave what the next start reads before it loads any programme; without it that one is slower."""
        from taizhang.workspace.card import leave

        return self._pool.submit(leave, self.ws)

    def turn(self) -> bool:
        """Goes on to the day that it has become, if it is another; returns whether it was.

        A day that was chosen stays, but is no other time any more once it is today.
        """
        day = self.ws.today()
        if day == self.today:
            return False
        self.today = day
        if self.moment.on == day:
            self.moment = Moment(None, self.moment.known)
        return True

    def seal(self) -> Future[Seal | None]:
        """Begins to seal what came, on the desk's thread; what kept it is ``ws.sealing.trouble``."""
        return self._pool.submit(self.ws.close_seal)

    async def look_at_seal(self) -> bool:
        """Looks how far the log is sealed; whether that has changed since the last look."""
        # Imported only here: reading seals brings the ciphers in, which no first screen needs.
        from taizhang_tui.desk.sealstate import seal_state

        before, self.sealed = self.sealed, await self.read(lambda: seal_state(self.ws))
        return before != self.sealed

    def close(self) -> StoreError | None:
        """Seals and closes the store once what is being written is done; why it is not sealed."""
        self._reading.shutdown(wait=False, cancel_futures=True)
        self._pool.shutdown(wait=True)
        self._ended.set()
        if self.glimpse is not None:
            self.glimpse.close()
        if not self.is_open:
            return None
        try:
            self.ws.close_seal()
            return self.ws.sealing.trouble
        except StoreError as error:
            return error
        finally:
            self.ws.close()

    # Reading

    def settings(self) -> dict[str, Any]:
        """The settings of the store."""
        return StorePaths(Path(self.path)).settings()

    @property
    def drafts(self) -> Drafts:
        """The half-filled forms of whoever sits here."""
        return Drafts(self.ws.paths.drafts, self.ws.actor, vault_of(self.ws.registry))

    @property
    def view(self) -> View:
        """This thread's reading place."""
        made: View | None = getattr(self._local, "view", None)
        if made is None:
            made = self._local.view = View(self.ws, lambda: self.today)
            if (early := self._local.__dict__.pop("early", None)) is not None:
                early.db.close()
        return made

    def ledger(self, moment: Moment | None = None) -> LedgerView:
        """The ledger at the desk's clocks, or at others; before the store is open as it stands now."""
        moment = moment or self.moment
        if self.glimpse is not None and not self.is_open:
            early: LedgerView | None = getattr(self._local, "early", None)
            if early is None:
                early = self._local.early = self.glimpse.reader()
            return early
        return self.view.at(moment.on, moment.known)

    def reading(self) -> Callable[[], LedgerView]:
        """Gives the ledger at the clocks of this moment, on the connection of the thread that asks."""
        return partial(self.ledger, self.pinned())

    def pinned(self, moment: Moment | None = None) -> Moment:
        """The desk's clocks, or others, with their day: what is read of them in pages stays on it, when it turns."""
        moment = moment or self.moment
        return Moment(moment.on or self.today, moment.known)

    @property
    def day(self) -> dt.date:
        """The effective day in view."""
        return self.moment.on or self.today

    @property
    def past(self) -> bool:
        """Tells if the desk looks at another time than now, or may not write at all."""
        return self.moment.past or (self.is_open and self.ws.read_only)

    @property
    def head(self) -> int:
        """The position of the last event."""
        return self.ws.log.head() if self.is_open else self._early.head

    @property
    def name(self) -> str:
        """The name by which people call the store."""
        if not self.is_open:
            return self._early.name
        return self.ws.stamp.name if self.ws.stamp else ""

    @property
    def demonstration(self) -> bool:
        """True in a demonstration."""
        return self.ws.demonstration if self.is_open else self._early.demonstration

    @property
    def _early(self) -> Glimpse:
        if self.glimpse is None:
            raise RuntimeError("the store is not open, and there is no glimpse of it")
        return self.glimpse

    async def read(self, work: Callable[[], T]) -> T:
        """Runs ``work``, which reads much, on a thread for that."""
        return await asyncio.wrap_future(self._reading.submit(work))

    # Writing

    async def do(self, work: Callable[[Workspace], T]) -> T:
        """Runs ``work`` on the desk's thread with the workspace that writes."""
        return await asyncio.wrap_future(self._pool.submit(work, self.ws))

    async def changed(self) -> bool:
        """Tells if anything was appended since the last look, by anyone; then the ledger is level."""
        version = self.ws.log.data_version()
        if version == self._seen:
            return False
        await self.do(lambda ws: ws.catch_up())
        self._seen = version
        return True
