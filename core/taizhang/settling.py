"""Settling erasures (落实删除): what an erasure leaves to be done, begun again until it is done.

The event says that a person is erased; then the list beside the seals says so too, drafts that speak of
the person go, the key is destroyed, and the ledger is cleaned. Every step looks for itself whether there
is anything left to do, so that whoever opens the store after a crash, or after an older backup was put
back, takes it from where it is, before anything is shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.ledger.purge import purge, texts_of
from taizhang.store import SubjectErased
from taizhang_eventstore.cipher import MARKERS, MISSING, bound, parts
from taizhang_eventstore.erasures import Erasure, Erasures
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.log import Log

if TYPE_CHECKING:
    from taizhang.books import Books

ERASED = "subject.erased"
_SEE = "INSERT OR REPLACE INTO _meta VALUES ('keys', ?)"
"""Notes the state of `keys.db` with which the ledger was last compared."""

SHORTEST = 2
"""Characters of the shortest text by which a draft is taken to speak of somebody."""


def _logged(log: Log) -> Iterator[Erasure]:
    for recorded in log.read(types=[ERASED]):
        if isinstance(recorded.event, SubjectErased):
            when = recorded.envelope.recorded_at.isoformat().replace("+00:00", "Z")
            yield Erasure(recorded.event.subject, recorded.position, when)


def erased(log: Log, erasures: Erasures) -> set[str]:
    """Every subject that was erased, by the list or by the log."""
    return {e.subject for e in (*erasures.load(), *_logged(log))}


def settle(books: Books) -> bool:
    """Does what is left to do for every erasure; False when bytes live on in another process's hands."""
    if books.read_only:
        # Nothing in the store is touched; a ledger of this process's own must not tell either.
        purge(books.db, books.registry, books.keyring.erased)
        return True
    listed = {e.subject for e in books.erasures.load()}
    new = [e for e in _logged(books.log) if e.subject not in listed]
    books.erasures.add(new)
    books.listed = books.erasures.state()
    ring = books.keyring
    subjects = listed | {e.subject for e in new}
    ring.erased |= subjects
    if not subjects:
        return True
    there = ring.keys.among(subjects) if ring.keys is not None else set()
    texts = {t for s in there for t in sealed_texts(books, s)}
    texts |= {t for s in subjects for t in texts_of(books.db, s)}
    if there or texts:
        for path in drafts_about(books.paths.drafts, subjects, texts):
            path.unlink(missing_ok=True)
    if there:
        ring.destroy(there)
    return purge(books.db, books.registry, subjects)


def lingering(books: Books) -> bool:
    """Whether the ledger still has texts of somebody who was erased, as an older copy may."""
    return any(texts_of(books.db, subject) for subject in books.keyring.erased)


def sealed_texts(books: Books, subject: str) -> set[str]:
    """Every text that the log has under the subject's key, while there is one."""
    key = books.keyring.kept(subject)
    found: set[str] = set()
    if key is None:
        return found
    for event in books.log.read(tags=[subject]):
        for name, value in event.envelope.sealed.items():
            about, _, body = parts(value)
            if about == subject:
                text = key.open(body, bound(event.envelope.id, event.type, name))
                found |= {text} if text else set()
    return found


def drafts_about(directory: Path, subjects: Collection[str], texts: Collection[str]) -> list[Path]:
    """Drafts that hold the id of a subject, or one of the texts."""
    if not directory.is_dir():
        return []
    wanted = {t for t in texts if len(t) >= SHORTEST and t not in MARKERS}
    wanted |= {subject.partition(":")[2] for subject in subjects}
    found = []
    for path in sorted(directory.iterdir()):
        if path.is_file():
            said = path.read_text("utf-8", "replace")
            # Drafts are JSON, in which a quotation mark is written otherwise.
            if any(t in said or _in_json(t) in said for t in wanted):
                found.append(path)
    return found


def _in_json(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def keys_went(books: Books) -> bool:
    """Whether the ledger has texts in the clear whose key is gone: an older `keys.db` was put back.

    Looked into when the file is another one than last time, which is noted where that may be written.
    """
    ring = books.keyring
    if ring.keys is None:
        return False  # What the ledger was made with is part of its units' fingerprints.
    state = ring.keys.state()
    if _seen(books) == state:
        return False
    told = {subject for (subject,) in books.db.execute("SELECT DISTINCT subject FROM personal")}
    # What was said before personal texts were sealed has no mark, and needs no key.
    clear = "SELECT 1 FROM personal WHERE subject = ? AND text <> ? AND token LIKE '%.%.%'"
    for subject in told - ring.keys.subjects() - ring.erased:
        if books.db.execute(clear, (subject, MISSING)).fetchone():
            return True
    if books.writes_ledger:
        books.db.execute(_SEE, (state,))
    return False


def keys_made(books: Books) -> None:
    """Notes that `keys.db` is another one by keys of this process's own, which need no looking into.

    Never fails over the file: without the note the next opening looks.
    """
    keys, seen = books.keyring.keys, _seen(books)
    if keys is None or seen is None:
        return
    with suppress(StoreError):
        state = keys.state()
        # Unless somebody has put another file in its place.
        if state.split()[0] == seen.split()[0]:
            books.db.execute(_SEE, (state,))


def _seen(books: Books) -> str | None:
    row = books.db.execute("SELECT value FROM _meta WHERE name = 'keys'").fetchone()
    return None if row is None else str(row[0])


def without_key(books: Books) -> int:
    """How many subjects the ledger has whose texts cannot be read, their key being lost."""
    found = "SELECT count(DISTINCT subject) FROM personal WHERE text = ?"
    return int(books.db.execute(found, (MISSING,)).fetchone()[0])


def keys_came_back(books: Books) -> bool:
    """Whether the ledger says of some text that its key is missing, and now the key is there."""
    rows = books.db.execute(
        "SELECT DISTINCT subject FROM personal WHERE text = ?", (MISSING,)
    ).fetchall()
    return any(books.keyring.key(subject) is not None for (subject,) in rows)
