"""Everything random or of the moment (时钟与随机数): clock, ids, random bytes, jitter.

Nothing else in taizhang asks the system for the time or for chance, so a seed and a start
give the same bytes again.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import threading
from abc import ABC, abstractmethod
from typing import Final

CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base32, lower case: no i, l, o, u, so that an id can be read out aloud."""

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND: Final = dt.timedelta(milliseconds=1)


def base32(number: int, length: int) -> str:
    """`number` in Crockford's base32, `length` characters, leading zeros kept."""
    return "".join(CROCKFORD[number >> 5 * k & 31] for k in reversed(range(length)))


class Ambient(ABC):
    """The surroundings of a program: a clock and a source of chance. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last_id = 0

    @abstractmethod
    def now(self) -> dt.datetime:
        """This moment, in UTC, aware."""

    @abstractmethod
    def random_bytes(self, count: int) -> bytes:
        """`count` random bytes, fit for keys and nonces where the source is the system's."""

    def secret_bytes(self, count: int) -> bytes:
        """Random bytes for keys, nonces and salts: apart from `random_bytes`, so that sealing
        changes no id.
        """
        return self.random_bytes(count)

    def new_id(self, prefix: str) -> str:
        """An id for a new entity, such as ``m-7k3q9f2xw4``: 50 random bits after `prefix`."""
        return f"{prefix}-{base32(int.from_bytes(self.random_bytes(7)), 10)}"

    def event_id(self) -> str:
        """26 characters, as a ULID: 48 bits of milliseconds, then 80 random bits.

        Ids of one program sort in the order they were made, also within a millisecond and
        when the clock is set back.
        """
        stamp = (self.now() - _EPOCH) // _MILLISECOND
        made = (stamp << 80) | int.from_bytes(self.random_bytes(10))
        with self._lock:
            if made >> 80 <= self._last_id >> 80:
                made = self._last_id + 1
            self._last_id = made
        return base32(made, 26)

    def jitter(self) -> float:
        """A number in [0, 1) to spread retries; never part of what is recorded."""
        return int.from_bytes(self.random_bytes(6)) / (1 << 48)


class SystemAmbient(Ambient):
    """The computer's clock and the operating system's randomness."""

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC)

    def random_bytes(self, count: int) -> bytes:
        return secrets.token_bytes(count)


class SeededAmbient(Ambient):
    """A clock that stands until it is moved, and chance that repeats: same seed, same ids.

    For tests and demonstrations, whose keys protect nobody. `start` must be aware.
    """

    def __init__(self, seed: int, start: dt.datetime) -> None:
        super().__init__()
        self._random = random.Random(seed)
        self._secrets = random.Random(f"secrets {seed}")
        self.set(start)

    def set(self, now: dt.datetime) -> None:
        """Moves the clock to `now`, forwards or back. Raises ValueError for a naive time."""
        if now.tzinfo is None:
            msg = f"a moment needs its time zone: {now!r}"
            raise ValueError(msg)
        self._now = now.astimezone(dt.UTC)

    def advance(self, seconds: float) -> None:
        """Moves the clock on by `seconds`."""
        self._now += dt.timedelta(seconds=seconds)

    def now(self) -> dt.datetime:
        return self._now

    def random_bytes(self, count: int) -> bytes:
        return self._random.randbytes(count)

    def secret_bytes(self, count: int) -> bytes:
        return self._secrets.randbytes(count)
