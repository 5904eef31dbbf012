"""The order of names by sound (音序), without their names: every name that the ledger has got a rank.

SQL sorts by ``_ranks.rank``, a number that a name's mark leads to. A rebuild gives ranks far apart, in the order
of pinyin and then of characters; a name that comes later is put halfway between its neighbours, which are found
by halving, and when there is no room left all are given anew. What a name sorts by stands beside its rank,
encrypted as texts are. Two ledgers of one log agree in the order of names, not in the numbers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from taizhang.ledger.vault import Vault
from taizhang.words.pinyin import pinyin
from taizhang.words.spelling import spelled

GAP = 1 << 32
"""Between two ranks that a rebuild gives: 32 names find room in the same place, whatever their order."""

MANY = 500
"""From so many new names on all are given anew, rather than each put in its place."""

_NEW = "INSERT OR IGNORE INTO _ranks VALUES (?, ?, ?)"


def sort_key(name: str) -> str:
    """The text by which a name sorts: its sound, then how it is spelled."""
    return f"{pinyin(name)[0]} {spelled(name)}"


class Names:
    """Gathers the names of a ledger that is built, for :func:`arrange`."""

    def __init__(self, db: sqlite3.Connection, vault: Vault) -> None:
        self.db = db
        self.vault = vault
        self._seen: set[bytes] = set()

    def add(self, names: Iterable[tuple[bytes, str]]) -> None:
        """Adds names with their marks; what was added before costs nothing."""
        fresh = {mark: name for mark, name in names if mark not in self._seen}
        self._seen.update(fresh)
        self.db.executemany(_NEW, (_row(self.vault, mark, name) for mark, name in fresh.items()))


def _row(vault: Vault, mark: bytes, name: str, rank: int = 0) -> tuple[bytes, int, bytes | str]:
    return mark, rank, vault.keep(mark.hex(), sort_key(name))


def arrange(db: sqlite3.Connection, vault: Vault) -> None:
    """Gives every name its rank anew."""
    listed = [
        (str(vault.text(mark.hex(), kept)), mark)
        for mark, kept in db.execute("SELECT mark, name FROM _ranks")
    ]
    listed.sort()
    db.executemany(
        "UPDATE _ranks SET rank = ? WHERE mark = ?",
        ((place * GAP, mark) for place, (_, mark) in enumerate(listed, 1)),
    )


def take_in(db: sqlite3.Connection, vault: Vault, names: Iterable[tuple[bytes, str]]) -> None:
    """Gives names their ranks among those that are there, if they have none yet.

    Args:
        db: The ledger, inside a transaction.
        vault: Its key.
        names: Names with their marks.
    """
    there = "SELECT 1 FROM _ranks WHERE mark = ?"
    fresh = {m: name for m, name in names if not db.execute(there, (m,)).fetchone()}
    if len(fresh) >= MANY:
        db.executemany(_NEW, (_row(vault, mark, name) for mark, name in fresh.items()))
        arrange(db, vault)
        return
    for mark, name in fresh.items():
        rank = _between(db, vault, sort_key(name))
        db.execute(_NEW, _row(vault, mark, name, rank or 0))
        if rank is None:
            arrange(db, vault)


def _between(db: sqlite3.Connection, vault: Vault, key: str) -> int | None:
    """The rank halfway between the neighbours of a name; None where there is no room."""
    low, high = db.execute("SELECT min(rank), max(rank) FROM _ranks").fetchone()
    if low is None:
        return GAP
    below, above = low - 2 * GAP, high + 2 * GAP
    # Ranks of names that sort before are at most `below`, the others at least `above`.
    while True:
        middle = (below + above) // 2
        row = db.execute(
            "SELECT rank, mark, name FROM _ranks WHERE rank > ? AND rank < ? ORDER BY rank LIMIT 1",
            (middle, above),
        ).fetchone()
        if row is None:
            row = db.execute(
                "SELECT rank, mark, name FROM _ranks WHERE rank > ? AND rank <= ? "
                "ORDER BY rank DESC LIMIT 1",
                (below, middle),
            ).fetchone()
            if row is None:
                break
        if str(vault.text(row[1].hex(), row[2])) < key:
            below = row[0]
        else:
            above = row[0]
    return (below + above) // 2 if above - below > 1 else None


__all__ = ["Names", "arrange", "sort_key", "take_in"]
