"""The list of erasures in a verification (删除名单核对): which of its lines nothing speaks for.

It stands with the seals and is no part of what they seal, so nothing of it is bad for the log; but a
line that somebody has written in has to be seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang_eventstore.personal.erasures import EVENT, NAME, Erasures
from taizhang_eventstore.seals.attesting import erased_by, unproved
from taizhang_eventstore.verifying.scanning import Finding

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from taizhang_eventstore.seals.note import Verifier
    from taizhang_eventstore.seals.seals import Seals


def doubts(
    store: Seals, log: sqlite3.Connection, origin: str, keys: Sequence[Verifier]
) -> list[Finding]:
    """Lines of the list that nothing proves, and lines that cannot be read.

    Args:
        store: where the list is.
        log: a connection to the log.
        origin: the log's name.
        keys: the public keys that are believed.
    """
    erasures = Erasures(store.root)
    found = []
    if listed := erasures.load():
        rows = log.execute("SELECT data FROM events WHERE type GLOB ?", (f"{EVENT}@*",))
        known = {subject for (data,) in rows if (subject := erased_by(bytes(data)))}
        for subject in sorted(unproved(listed, known, origin, keys)):
            found.append(
                Finding(
                    "erasure", None,
                    f"seals/{NAME} 说 {subject} 已删除，但账里没有这项删除，也没有可信的证明：可能是别人添写的",
                    f"seals/{NAME} says that {subject} was erased; it is not in the log, and no proof holds: "
                    "somebody may have written it in", bad=False,
                )
            )  # fmt: skip
    for number in erasures.unreadable():
        found.append(
            Finding(
                "erasure", None,
                f"seals/{NAME} 第 {number} 行读不出来，可能写了一半",
                f"line {number} of seals/{NAME} cannot be read, it may have been cut short", bad=False,
            )
        )  # fmt: skip
    return found


__all__ = ["doubts"]
