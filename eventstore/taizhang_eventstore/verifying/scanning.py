"""Reading a log once, page by page, for verification (核验扫描): leaves, and what every event has to be.

Nothing here needs the rest of taizhang: rows come straight from SQLite, with texts as
bytearrays, so that a column that holds a text where bytes belong is told apart and bytes that
are not UTF-8 are read all the same. A page is looked at column by column; only one in which
something is out of the ordinary is gone through event by event.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from hashlib import sha256
from itertools import chain, islice, repeat
from operator import add, mul
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from taizhang_eventstore.seals.merkle import ALGORITHM, DOMAIN

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

PAGE: Final = 2_000

FIRST: Final = -(1 << 63)
LAST: Final = (1 << 63) - 1
"""The least and the greatest position that a file can hold; those that were given begin with 1."""

WAITED: Final = 60.0
"""Seconds for which a writer may have waited for others once it had looked at its clock."""

PRIME: Final = (1 << 31) - 1
_HELD: Final = 50_000

UNREADABLE: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What decoding raises over bytes of anybody's: they are nested too deeply, say."""

_decode_tags: Final = msgspec.json.Decoder(list[str]).decode
_encode_tags: Final = msgspec.json.Encoder().encode


class _Head(msgspec.Struct, gc=False):
    """The part of an envelope that says how an event stands among others."""

    id: str
    action: str
    i: int
    n: int
    recorded_at: str


_decode_head: Final = msgspec.json.Decoder(_Head).decode


def _apart(earlier: str, later: str) -> float:
    """Seconds from one moment to another; very many where they do not read as moments."""
    try:
        return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return float("inf")


class Finding(NamedTuple):
    """Something that verification has to say of the log."""

    code: str
    position: int | None
    """The event concerned; None when it concerns the file or a seal as a whole."""

    zh: str
    en: str
    bad: bool = True
    """Whether the log does not verify for it; otherwise it is only told."""


class Page(NamedTuple):
    """Some events: their positions and the hashes of their leaves, joined."""

    positions: Sequence[int]
    leaves: bytes


class _Lengths(dict[int, bytes]):
    def __missing__(self, key: int) -> bytes:
        made = self[key] = key.to_bytes(8, "big")
        return made


class _Types(dict[bytes, bytes]):
    """The beginnings of the leaves of a type."""

    def __missing__(self, key: bytes) -> bytes:
        if len(self) >= _HELD:
            self.clear()
        made = b"\x00" + DOMAIN + ALGORITHM + len(key).to_bytes(8, "big") + key
        self[key] = made
        return made


class Joint(NamedTuple):
    """A point where a pass stands after an event that is as it should be and ends its action."""

    position: int
    id: str
    """The greatest id so far."""

    time: str
    """The latest time of recording so far."""


class Scan:
    """One pass over the events, and what came out of it: read `findings` after `end`."""

    def __init__(self, connection: sqlite3.Connection, until: int = LAST) -> None:
        """Prepares a pass.

        Args:
            connection: reads the log, texts as bytearrays.
            until: the last position that is looked at; what is appended meanwhile lies beyond it.
        """
        self._connection = connection
        self.until = until
        self.findings: list[Finding] = []
        self.count = 0
        self.last = 0
        """The position of the last event."""
        self.gaps: list[tuple[int, int]] = []
        """Positions that no event has, first and last of each gap."""
        self.set_back = 0
        """How often the clock of recording stood before what it had shown already."""
        self.set_back_at: int | None = None
        self._next = FIRST
        self._late: dict[str, list[int]] = {}
        self._top_id = ""
        self._top_time = ""
        self._open: tuple[str, int, int] | None = None
        self._open_at = 0
        """The action that has not come to its end yet, and the position of its last event so far."""
        self._lengths, self._types = _Lengths(), _Types()
        # Chosen anew each time: whoever alters the index of tags cannot aim at the sum.
        self.factor = secrets.randbelow(PRIME - 2) + 2
        self.tag_sum = 0

    # Where another pass may go on

    def begin(self, joint: Joint) -> None:
        """Begins after an event, as if all before it had been looked at."""
        self.last, self._top_id, self._top_time = joint
        self._next = self.last + 1

    @property
    def joint(self) -> Joint | None:
        """Returns where the pass stands; None within an action."""
        if self._open is not None:
            return None
        return Joint(self.last, self._top_id, self._top_time)

    @property
    def clean(self) -> bool:
        """Nothing whatever has to be said of what was looked at, nor looked into at the end."""
        return not (self.findings or self.gaps or self.set_back or self._late)

    def join(self, rest: Joint, count: int, tag_sum: int) -> None:
        """Takes over another pass that began where this one stands, and was clean.

        Args:
            rest: where it has come to.
            count: how many events it has looked at.
            tag_sum: of these, by the same factor and in a process with the same hashes.
        """
        self.begin(rest)
        self.count += count
        self.tag_sum += tag_sum

    def _say(self, code: str, position: int, zh: str, en: str) -> None:
        # One damaged page of the file may spoil thousands of events.
        if sum(f.code == code for f in self.findings[-100:]) < 20:
            self.findings.append(Finding(code, position, zh, en))

    def pages(self, upto: int = LAST) -> Iterator[Page]:
        """The events after those that were looked at, in order, up to a position.

        Raises `sqlite3.Error` for a file that cannot be read.
        """
        cursor = self._connection.execute(
            "SELECT seq, type, data, tags FROM events WHERE seq >= ? AND seq <= ?"
            " AND typeof(seq) = 'integer' ORDER BY seq",
            (self._next, min(upto, self.until)),
        )
        while rows := cursor.fetchmany(PAGE):
            gaps, findings, tag_sum = len(self.gaps), len(self.findings), self.tag_sum
            try:
                pages = [self._page(rows)]
            except (TypeError, ValueError, OverflowError, RecursionError):
                del self.gaps[gaps:], self.findings[findings:]
                self.tag_sum = tag_sum
                pages = list(self._one_by_one(rows))
            yield from pages

    def _one_by_one(self, rows: list[tuple[int, bytearray, bytes, bytearray]]) -> Iterator[Page]:
        """The rows of a page of which some cannot be read at all; these are told."""
        for row in rows:
            try:
                yield self._page([row])
            except (TypeError, ValueError, OverflowError, RecursionError):
                self._say("form", row[0], "这条读不出来", "it cannot be read")
                self.count, self.last, self._next = self.count + 1, row[0], row[0] + 1

    def end(self) -> None:
        """Looks at what only the whole log tells; after the last page."""
        if self._open is not None:
            action, i, n = self._open
            self._unfinished(self.last, action, i, n)
        self._duplicates()

    def _page(self, rows: list[tuple[int, bytearray, bytes, bytearray]]) -> Page:
        columns: tuple[Sequence[Any], ...] = tuple(zip(*rows, strict=True))
        seqs, types, datas, tags = columns
        self._numbered(seqs)
        kinds = (set(map(type, types)), set(map(type, datas)), set(map(type, tags)))
        if kinds != ({bytearray}, {bytes}, {bytearray}):
            types, datas, tags = self._typed(seqs, types, datas, tags)
        try:
            lists = list(map(_decode_tags, tags))
        except UNREADABLE:
            lists = [self._tags_of(seq, text) for seq, text in zip(seqs, tags, strict=True)]
        counts = list(map(len, lists))
        flat = list(chain.from_iterable(lists))
        lengths = self._lengths
        # All at once where it can be: NUL stands in no tag, and escapes are rare.
        texts = "\0".join(flat).encode().split(b"\0") if flat else []
        if len(texts) != len(flat):
            texts = [tag.encode() for tag in flat]
        sizes = list(map(len, texts))
        written = b"".join(tags)
        plain = sum(sizes) + 3 * len(flat) + len(seqs) + counts.count(0)
        if len(written) != plain or b"\\" in written:
            self._written(seqs, tags, lists)
        tagged = iter(map(add, map(lengths.__getitem__, sizes), texts))
        heads = map(self._types.__getitem__, map(bytes, types))
        leaves = b"".join(
            [
                sha256(
                    b"".join((head, lengths[n], *islice(tagged, n), lengths[len(data)], data))
                ).digest()
                for head, n, data in zip(heads, counts, datas, strict=True)
            ]
        )
        factor = self.factor
        weights = [(x := seq * factor % PRIME) * x >> 16 & PRIME for seq in seqs]
        spread = chain.from_iterable(map(repeat, weights, counts))
        self.tag_sum += sum(map(mul, map(hash, flat), spread))
        self._envelopes(seqs, datas)
        self.count += len(rows)
        self.last = seqs[-1]
        self._next = min(self.last + 1, LAST)
        return Page(seqs, leaves)

    # What a row has to be

    def _numbered(self, seqs: Sequence[int]) -> None:
        if seqs[0] == self.last + 1 and seqs[-1] - seqs[0] == len(seqs) - 1:
            return
        before = self.last
        for seq in seqs:
            if seq != before + 1:
                self.gaps.append((before + 1, seq - 1))
            before = seq

    def _typed(self, seqs: Sequence[int], *columns: Sequence[object]) -> list[list[bytes]]:
        """The columns as bytes, whatever they hold; what is of the wrong type is told."""
        wanted = (bytearray, bytes, bytearray)
        made: list[list[bytes]] = []
        for column, kind in zip(columns, wanted, strict=True):
            for seq, value in zip(seqs, column, strict=True):
                if type(value) is not kind:
                    self._say(
                        "form", seq, "这条的列类型不对，被别的工具改写过",
                        "a column is of the wrong type: another tool has written it",
                    )  # fmt: skip
            made.append(
                [v if isinstance(v, bytes | bytearray) else str(v).encode() for v in column]  # type: ignore[misc]
            )
        return made

    def _tags_of(self, seq: int, text: bytes) -> list[str]:
        try:
            return _decode_tags(text)
        except UNREADABLE:
            self._say("form", seq, "标签读不出来", "its tags do not decode")
            return []

    def _written(
        self, seqs: Sequence[int], tags: Sequence[bytes], lists: Sequence[list[str]]
    ) -> None:
        """Tells if tags stand as the recorder writes them: no space, no needless escape."""
        for seq, text, some in zip(seqs, tags, lists, strict=True):
            if some and _encode_tags(some) != text:
                self._say(
                    "form", seq, "标签的写法不是本程序写的，被改写过",
                    "its tags are not written as taizhang writes them: they were rewritten",
                )  # fmt: skip

    # What an envelope has to be

    def _envelopes(self, seqs: Sequence[int], datas: Sequence[bytes]) -> None:
        try:
            heads = list(map(_decode_head, datas))
        except UNREADABLE:
            pairs = [(s, self._head_of(s, d)) for s, d in zip(seqs, datas, strict=True)]
            seqs = [seq for seq, head in pairs if head is not None]
            heads = [head for _, head in pairs if head is not None]
            if not heads:
                return
        self._ids(seqs, [head.id for head in heads])
        self._times(seqs, [head.recorded_at for head in heads])
        if self._open is None and all(head.i == 1 == head.n for head in heads):
            return
        for seq, head in zip(seqs, heads, strict=True):
            self._action(seq, head.action, head.i, head.n)

    def _head_of(self, seq: int, data: bytes) -> _Head | None:
        try:
            return _decode_head(data)
        except UNREADABLE:
            self._say("form", seq, "信封读不出来", "its envelope does not decode")
            return None

    def _ids(self, seqs: Sequence[int], ids: list[str]) -> None:
        top = self._top_id
        if ids[0] > top and ids == sorted(ids) and len(set(ids)) == len(ids):
            self._top_id = ids[-1]
            return
        for seq, id_ in zip(seqs, ids, strict=True):
            # Ids of one program rise; one that does not may be another program's, or a copy.
            if id_ > top:
                top = id_
            else:
                self._late.setdefault(id_, []).append(seq)
        self._top_id = top

    def _duplicates(self) -> None:
        """Looks whether an id that came late is anywhere else too."""
        if not self._late:
            return
        first: dict[str, int] = {}
        every = "SELECT seq, data FROM events WHERE seq <= ? ORDER BY seq"
        for seq, data in self._connection.execute(every, (self.until,)):
            try:
                id_ = _decode_head(data).id
            except UNREADABLE:
                continue
            if id_ in self._late and first.setdefault(id_, seq) != seq:
                self._say(
                    "id",
                    seq,
                    f"事件编号与第 {first[id_]} 号相同",
                    f"it has the id of event {first[id_]}",
                )

    def _times(self, seqs: Sequence[int], times: list[str]) -> None:
        if times[0] >= self._top_time and times == sorted(times):
            self._top_time = times[-1]
            return
        top = self._top_time
        for seq, time in zip(seqs, times, strict=True):
            # Without the Z, a whole second sorts before its fractions.
            if time[:-1] >= top[:-1]:
                top = time
            elif _apart(time, top) > WAITED:
                self.set_back += 1
                self.set_back_at = self.set_back_at or seq
        self._top_time = top

    def _action(self, seq: int, action: str, i: int, n: int) -> None:
        before, at = self._open, self._open_at
        self._open, self._open_at = None if i == n else (action, i, n), seq
        if before is not None and (action, i - 1, n) == before:
            return
        if before is not None:
            self._unfinished(at, *before)
        if i != 1 or n < 1:
            self._say(
                "action", seq, f"它是一项操作的第 {i} 条（共 {n} 条），前面的不在",
                f"it is event {i} of {n} of an action whose earlier ones are not there",
            )  # fmt: skip

    def _unfinished(self, seq: int, action: str, i: int, n: int) -> None:
        self._say(
            "action", seq + 1, f"操作 {action} 共 {n} 条，只有 {i} 条",
            f"action {action} has {n} events, only {i} are there",
        )  # fmt: skip
