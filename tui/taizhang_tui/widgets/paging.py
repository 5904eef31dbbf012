"""A source seen through pages: a small cache, filled by two threads, read by the screen's own.

All state here belongs to the screen's thread. Threads only run the source's methods; their futures
are picked up by :meth:`Window.collect`. A fast source answers within the patience of the call
and nothing ever flickers; a slow one is painted when it arrives.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from taizhang.readmodels.listing import Completing, Listing, Row
from taizhang_tui.cells import clean

PAGE = 50
"""Rows read at once."""

_T = TypeVar("_T")

KEPT = 24
"""Pages kept: some screens either way of the one in view."""


class Threads:
    """One thread that reads pages and one that counts, so that a slow count holds up no page."""

    def __init__(self) -> None:
        self.pages = ThreadPoolExecutor(1, "table-pages")
        self.counts = ThreadPoolExecutor(1, "table-count")

    def close(self) -> None:
        """Let running reads end by themselves, drop the others."""
        self.pages.shutdown(wait=False, cancel_futures=True)
        self.counts.shutdown(wait=False, cancel_futures=True)


class _Opening(Struct, frozen=True):
    """The first reading: where the wanted row stands, and the page around it."""

    index: int | None
    page: int
    rows: tuple[Row, ...]


class Window:
    """One source in use. ``arrived`` is called, from any thread, when :meth:`collect` has work."""

    def __init__(
        self,
        source: Listing,
        threads: Threads,
        arrived: Callable[[Window], object],
        key: str | None = None,
        near: int = 0,
        *,
        counting: bool = True,
    ) -> None:
        self.source = source
        self.count: int | None = None  #: rows in all, once known
        self.found: int | None = None  #: where ``key`` stands, if it is among the rows
        self.opened = False
        self.errors: list[BaseException] = []  #: failures of the source not yet reported
        self.fresh: list[tuple[Row, ...]] = []  #: pages that arrived since the last look
        self.near = near  #: where to stand when ``key`` is missing
        self.failed = False  #: whether the source has ever raised
        self._key = key
        self._threads = threads
        self._arrived = arrived
        self._reached = 0
        self._pages: OrderedDict[int, tuple[Row, ...]] = OrderedDict()
        self._loading: dict[int, Future[tuple[Row, ...]]] = {}
        self._completes = source if isinstance(source, Completing) else None
        self._complete: set[int] = set()  # pages at hand with the cells that come late
        self._completing: dict[int, Future[tuple[Row, ...]]] = {}
        self._opening: Future[_Opening] | None = threads.pages.submit(self._open)
        self._opening.add_done_callback(self._notify)
        self._counting: Future[int] | None = None
        self.counts = False
        if counting:
            self.begin_count()

    @property
    def extent(self) -> int:
        """Rows that can be gone to: all, or while they are being counted those seen so far."""
        return self._reached if self.count is None else self.count

    def row(self, index: int) -> Row | None:
        """The row at ``index`` if its page is at hand."""
        page = self._pages.get(index // PAGE)
        offset = index % PAGE
        return page[offset] if page is not None and offset < len(page) else None

    def begin_count(self) -> None:
        """Have the rows counted, unless that was done before."""
        if not self.counts:
            self.counts = True
            self._counting = self._threads.counts.submit(self.source.count)
            self._counting.add_done_callback(self._notify)

    def wait_opened(self, patience: float) -> None:
        """Give the first page ``patience`` seconds."""
        if self._opening is not None:
            wait([self._opening], patience)
        self.collect()

    def ensure(self, first: int, last: int, patience: float) -> None:
        """Have the pages of rows ``first`` to ``last`` loaded, and those beside them on the way.

        Waits at most ``patience`` seconds, and only for the pages themselves.

        Args:
            first: the first row.
            last: the last row.
            patience: seconds to wait for them.
        """
        if not self.opened:
            return
        wanted = range(max(0, first) // PAGE, max(0, last) // PAGE + 1)
        for page, loading in list(self._loading.items()):
            if not wanted.start - 1 <= page <= wanted.stop and loading.cancel():
                del self._loading[page]  # scrolled past before its turn came
        needed = [future for page in wanted if (future := self._load(page)) is not None]
        if needed:
            wait(needed, patience)
        self._load(wanted.stop)
        self._load(wanted.start - 1)
        self.collect()

    def incomplete(self, first: int, last: int) -> bool:
        """True where cells of rows ``first`` to ``last`` are still to come, and nobody reads them."""
        return any(True for _ in self._lacking(first, last))

    def complete(self, first: int, last: int) -> None:
        """Have the late cells of rows ``first`` to ``last`` read; nobody waits for them."""
        for page in self._lacking(first, last):
            future = self._threads.pages.submit(self._completed, self._pages[page])
            self._completing[page] = future
            future.add_done_callback(self._notify)

    def _lacking(self, first: int, last: int) -> Iterator[int]:
        if self._completes is not None:
            for page in range(max(0, first) // PAGE, max(0, last) // PAGE + 1):
                here = self._pages.get(page)
                if here and page not in self._complete and page not in self._completing:
                    yield page

    def collect(self) -> None:
        """Take in what threads have finished."""
        if (opening := _finished(self._opening)) is not None:
            self._opening = None
            self.opened = True
            if (error := opening.exception()) is not None:
                self._fail(error, 0)
            else:
                start = opening.result()
                self.found = start.index
                self._keep(start.page, start.rows)
        for page, loading in list(self._loading.items()):
            if _finished(loading) is not None:
                del self._loading[page]
                if (error := loading.exception()) is not None:
                    self._fail(error, page)
                else:
                    self._keep(page, loading.result())
        for page, completing in list(self._completing.items()):
            if _finished(completing) is not None:
                del self._completing[page]
                self._take_completed(page, completing)
        if (counting := _finished(self._counting)) is not None:
            self._counting = None
            if (error := counting.exception()) is not None:
                self.failed = True
                self.errors.append(error)
            elif self.count is None:
                self.count = max(counting.result(), self._reached)

    def close(self) -> None:
        """Forget this source; what it still reads is dropped."""
        running = (*self._loading.values(), *self._completing.values())
        for future in (self._opening, self._counting, *running):
            if future is not None:
                future.cancel()

    def _open(self) -> _Opening:
        """On the pages' thread: the first page to show."""
        index = None if self._key is None else self.source.index_of(self._key)
        page = (self.near if index is None else index) // PAGE
        rows = self._read(page)
        if not rows and page:
            page = 0
            rows = self._read(0)
        return _Opening(index, page, rows)

    def _read(self, page: int) -> tuple[Row, ...]:
        """On the pages' thread: one page, made fit to be shown."""
        return _fit(self.source.page(page * PAGE, (page + 1) * PAGE))

    def _completed(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """On the pages' thread: rows with the cells that come late."""
        return rows if self._completes is None else _fit(self._completes.completed(rows))

    def _load(self, page: int) -> Future[tuple[Row, ...]] | None:
        """Ask for a page unless it is at hand, on the way, or past the end."""
        if page in self._pages:
            self._pages.move_to_end(page)
            return None
        if page < 0 or (self.count is not None and page * PAGE >= self.count):
            return None
        if page not in self._loading:
            future = self._threads.pages.submit(self._read, page)
            self._loading[page] = future
            future.add_done_callback(self._notify)
        return self._loading[page]

    def _take_completed(self, page: int, completing: Future[tuple[Row, ...]]) -> None:
        """The rows of a page with their late cells, if the page is still at hand."""
        self._complete.add(page)
        if (error := completing.exception()) is not None:
            self.errors.append(error)  # the rows stand as they are
        elif page in self._pages:
            self._pages[page] = rows = completing.result()
            self.fresh.append(rows)

    def _keep(self, page: int, rows: tuple[Row, ...]) -> None:
        self._pages[page] = rows
        self._complete.discard(page)
        self.fresh.append(rows)
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        end = page * PAGE + len(rows)
        if rows:
            self._reached = max(self._reached, end)
            if self.count is not None:
                self.count = max(self.count, end)
        if len(rows) < PAGE and (rows or page * PAGE <= self._reached):
            self.count = max(end, self._reached)  # the rows end here, whatever was counted

    def _fail(self, error: BaseException, page: int) -> None:
        """A page that cannot be read stands empty: asking again at every paint helps nobody."""
        self.failed = True
        self.errors.append(error)
        self._pages[page] = ()

    def _notify(self, future: Future[Any]) -> None:
        if not future.cancelled():
            self._arrived(self)


def _fit(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows made fit to be shown."""
    return tuple(replace(row, cells=tuple(map(clean, row.cells))) for row in rows)


def _finished(future: Future[_T] | None) -> Future[_T] | None:
    return future if future is not None and future.done() and not future.cancelled() else None
