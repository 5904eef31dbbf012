"""Settling erasures (落实删除): what an erasure leaves to be done, begun again until it is done.

The event says that a person is erased; then the list beside the seals says so too, drafts that speak of
the person go, the key is destroyed, and the ledger is cleaned. Every step looks for itself whether there
is anything left to do, so that whoever opens the store after a crash, or after an older backup was put
back, takes it from where it is, before anything is shown.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from pathlib import Path

from taizhang.declarations.registry import Registry
from taizhang.ledger.purge import purge, texts_of
from taizhang.ledger.vault import Vault, ring_vault
from taizhang.store.sealing import Sealing
from taizhang.words.labels import Label
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read
from taizhang_eventstore.log import Log
from taizhang_eventstore.personal.cipher import MARKERS, bound, parts
from taizhang_eventstore.personal.erasures import Erasure, Erasures
from taizhang_eventstore.personal.keyring import Keyring
from taizhang_eventstore.personal.overwriting import blanked
from taizhang_eventstore.seals.attesting import attested, logged, own_keys, standing

SHORTEST = 2
"""Characters of the shortest text by which a draft is taken to speak of somebody."""


def unproved(ring: Keyring) -> list[Label]:
    """Says what there is to say of erasures that only the list claims; nothing where there are none."""
    if not ring.claimed:
        return []
    count, first = len(ring.claimed), min(ring.claimed)
    return [
        Label(
            f"删除名单 seals/erasures.jsonl 里有 {count} 个对象（如 {first}）的删除没有证明：账里没有这项删除，"
            "也没有本账封存密钥签名的证明。他们的个人资料先遮住，密钥没有动；确要删除的用 taizhang erase，"
            "不该在名单里的请删去那一行",
            f"the list seals/erasures.jsonl names {count} subjects, such as {first}, whose erasure nothing "
            "proves: it is not in the log, and no proof is signed by this store's own key. What is said of "
            "them is masked, their keys are left alone; use taizhang erase if it is meant, or take the "
            "line out of the list",
        )
    ]


class Settlement:
    """The work that erasures leave to be done in one open store."""

    def __init__(
        self,
        sealing: Sealing,
        registry: Registry,
        keyring: Keyring,
        erasures: Erasures,
        *,
        read_only: bool,
    ) -> None:
        """Nothing is done before :meth:`settle`.

        Args:
            sealing: the log, whose events say that somebody was erased, and what seals them, so that it
                can be proved; where drafts are.
            registry: the tables that personal texts stand in.
            keyring: the keys that are destroyed.
            erasures: the list beside the seals.
            read_only: nothing in the store is touched.
        """
        self._sealing, self._registry = sealing, registry
        self._paths, self._log = sealing.paths, sealing.log
        self._keyring, self._erasures, self._read_only = keyring, erasures, read_only
        self._followed: tuple[int, int] = (0, 0)
        """The state of the list that the ledger has followed."""

    def pending(self) -> bool:
        """Tells if the list has changed since it was last followed."""
        return self._erasures.state() != self._followed

    def settle(self, db: sqlite3.Connection) -> bool:
        """Does what is left to do for every erasure; False when bytes live on in another process's hands."""
        ring = self._keyring
        if self._read_only:
            # Nothing in the store is touched; a ledger of this process's own must not tell either.
            purge(db, self._registry, ring.erased)
            return True
        known = logged(self._log)
        if known:
            self._erasures.mend(self._attested(known))
        self._followed = self._erasures.state()
        found = standing(self._paths.root, self._log, self._erasures.load())
        subjects, ring.claimed = found
        ring.erased |= subjects
        if not subjects:
            return True
        there = ring.keys.among(subjects) if ring.keys is not None else set()
        texts = {t for s in there for t in encrypted_texts(self._log, ring, s)}
        vault = ring_vault(ring)
        texts |= {t for s in subjects for t in texts_of(db, s, vault)}
        if there or texts:
            for path in drafts_about(self._paths.drafts, subjects, texts, vault):
                blanked(path)  # one of before drafts were encrypted
                path.unlink(missing_ok=True)
        if there:
            ring.destroy(there)
        return purge(db, self._registry, subjects)

    def _attested(self, known: Sequence[Erasure]) -> Sequence[Erasure]:
        """Erasures with what proves them to an older log; as they are where nothing can be sealed."""
        seals = self._sealing.seals
        key = next(iter(own_keys(seals)), None)
        if key is None:
            return known
        try:
            if seals.position() < known[-1].position:
                self._sealing.seal()
            return attested(seals, self._log.recorder, known, self._erasures.load(), key)
        except StoreError:
            return known  # The event in the log speaks for them; the next opening tries again.


def encrypted_texts(log: Log, keyring: Keyring, subject: str) -> set[str]:
    """Every text that the log has under the subject's key, while there is one.

    Args:
        log: The log, which is read whole.
        keyring: The keys.
        subject: The person, ``member:m-…``.
    """
    key = keyring.kept(subject)
    found: set[str] = set()
    if key is None:
        return found
    for event in log.read(tags=[subject]):
        for name, value in event.envelope.sealed.items():
            about, _, body = parts(value)
            if about == subject:
                text = key.open(body, bound(event.envelope.id, event.type, name))
                found |= {text} if text else set()
    return found


def drafts_about(
    directory: Path, subjects: Collection[str], texts: Collection[str], vault: Vault
) -> list[Path]:
    """Drafts that hold the id of a subject, or one of the texts.

    Args:
        directory: Where the drafts are.
        subjects: The persons, ``member:m-…``.
        texts: Texts that are said of them.
        vault: Reads them.
    """
    if not directory.is_dir():
        return []
    wanted = {t for t in texts if len(t) >= SHORTEST and t not in MARKERS}
    wanted |= {subject.partition(":")[2] for subject in subjects}
    found = []
    for path in sorted(directory.iterdir()):
        if path.is_file():
            said = vault.read(path.name, read(path) or b"")
            # Drafts are JSON, in which a quotation mark is written otherwise.
            if any(t in said or _in_json(t) in said for t in wanted):
                found.append(path)
    return found


def _in_json(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
