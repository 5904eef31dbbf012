"""What became of a store: is every acknowledged event there, and is everything right."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from taizhang.testing.ledgers import dump
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import parts
from taizhang_eventstore.verifying.verifying import verify

Acknowledged = Mapping[str, tuple[int, ...]]


@dataclass
class Row:
    """One line of the table: a fault, how often it was tried, what was lost, what was wrong."""

    fault: str
    tries: int = 0
    lost: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def tried(self, times: int = 1) -> None:
        """Counts."""
        self.tries += times

    def check(self, right: bool, said: str) -> None:
        """Notes what is not right."""
        if not right:
            self.wrong.append(said)


def retried(store: Path, name: str, count: int) -> dict[str, tuple[int, ...]]:
    """Registers members under the ids that the worker ``record`` gives them; positions by action.

    An action that is there already keeps its positions.
    """
    found = {}
    with Workspace.open(store) as ws:
        for action in (f"{name}-{k}" for k in range(count)):
            fields = {"name": f"党员{action}", "organisation": "甲支部", "category": "在职党员"}
            receipt = ws.record("member.register", fields, on="2012-01-01", action_id=action)
            found[action] = receipt.seq
    return found


def examine(
    row: Row, store: Path, acknowledged: Acknowledged, *, ledger: bool = True, keys: bool = True
) -> None:
    """Holds a store that has been through something against what it had promised.

    Lost is an acknowledged event that is not where it was said to be. Wrong is anything else: half an
    action, one recorded twice, a log that does not verify, a ledger that a rebuild makes otherwise, and
    with ``keys`` a person's text that no key opens.
    """
    report = verify(store)
    for finding in report.bad:
        row.wrong.append(f"{store.name}: {finding.code} {finding.position} {finding.en}")
    if not ledger:
        _events(row, store, acknowledged)
        return
    with Workspace.open(store) as ws:
        before = dump(ws.db, ws.registry)
        row.check(
            ws.ledger.projector.position() == ws.log.head(), f"{store.name}: the ledger is behind"
        )
        row.check(
            ws.db.execute("PRAGMA quick_check").fetchall() == [("ok",)],
            f"{store.name}: the ledger is damaged",
        )
        ws.rebuild()
        row.check(dump(ws.db, ws.registry) == before, f"{store.name}: a rebuild differs")
        row.check(not [f for f in ws.findings() if f.hard], f"{store.name}: rules are broken")
        if keys:
            sealed = {parts(v)[0] for e in ws.log.read() for v in e.envelope.sealed.values()}
            unread = sorted(s for s in sealed if ws.keyring.key(s) is None)
            row.check(not unread and not ws.warnings(), f"{store.name}: no key for {unread}")
        # Work goes on.
        ws.record("organisation.found", {"name": "之后", "kind": "外部组织"}, on="2012-07-01")
    _events(row, store, acknowledged)


def _events(row: Row, store: Path, acknowledged: Acknowledged) -> None:
    with closing(sqlite3.connect(store / "events.db")) as db:
        there: dict[str, list[int]] = {}
        for tag, seq in db.execute(
            "SELECT tag, seq FROM event_tags WHERE tag LIKE 'action:%' ORDER BY seq"
        ):
            there.setdefault(tag.removeprefix("action:"), []).append(seq)
    for action, seqs in acknowledged.items():
        found = tuple(there.get(action, ()))
        if not set(seqs) <= set(found):
            row.lost.append(f"{store.name}: {action} {seqs}, found {found}")
        row.check(len(found) <= len(seqs), f"{store.name}: {action} stands there twice: {found}")
