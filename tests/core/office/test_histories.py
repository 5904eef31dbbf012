"""Random office days: whatever is recorded, in whatever order, the ledger's promises hold.

Actions are drawn with days from a short calendar, so that most are late and many collide; refusals
are part of the work. What was accepted has to leave every member in exactly one branch on every day
of membership, no hard finding, and the same rows after a rebuild.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections import Counter
from pathlib import Path

import pytest

from taizhang.words.errors import TaizhangError
from taizhang.workspace import Workspace

DAYS = [(dt.date(2012, 1, 1) + dt.timedelta(days=7 * i)).isoformat() for i in range(12)]
STEPS = 60


class Office:
    """Draws actions on what it has made so far."""

    def __init__(self, ws: Workspace, seed: int) -> None:
        self.ws = ws
        self.chance = random.Random(seed)
        self.branches: list[str] = []
        self.groups: list[str] = []
        self.members: list[str] = []
        self.letters: list[str] = []
        self.seqs: list[int] = []
        self.did: Counter[str] = Counter()

    def start(self) -> None:
        """Three branches, a group in each, and one organisation outside."""
        for i in range(3):
            branch = {"name": f"第{i}支部", "kind": "支部"}
            self.branches += self.record("organisation.found", branch, DAYS[0])
            group = {"name": f"第{i}小组", "kind": "党小组", "parent": self.branches[-1]}
            self.groups += self.record("organisation.found", group, DAYS[0])
        outside = {"name": "外单位", "kind": "外部组织"}
        self.branches += self.record("organisation.found", outside, DAYS[0])

    def record(self, action: str, fields: dict[str, object], on: str) -> list[str]:
        """Ids that were made, or nothing when it was refused."""
        try:
            done = self.ws.record(action, fields, on=on, accept=True)
        except TaizhangError:
            self.did["refused"] += 1
            return []
        self.did[action] += 1
        self.seqs += done.seq
        return [
            i for made in done.ids.values() for i in ([made] if isinstance(made, str) else made)
        ]

    def step(self) -> None:
        """One action, correction or void."""
        one, on = self.chance.choice, self.chance.choice(DAYS)
        what = self.chance.choices(
            ["register", "move", "group", "issue", "letter", "merge", "attach", "leave", "amend"],
            [8, 5, 5, 6, 8, 3, 2, 1, 4],
        )[0]
        # Mergers mostly come late in the calendar, so that some are possible at all.
        if what in ("merge", "letter"):
            on = self.chance.choice(DAYS[6:])
        elif what in ("register", "issue"):
            on = self.chance.choice(DAYS[:8])
        if what == "register" or not self.members:
            fields = {"name": f"党员{len(self.members)}", "organisation": one(self.branches)}
            self.members += self.record("member.register", fields, on)
        elif what == "move":
            how = one(["调整", "整建制"])
            fields = {"member": one(self.members), "organisation": one(self.branches), "how": how}
            self.record("member.move", fields, on)
        elif what == "group":
            fields = {"member": one(self.members), "organisation": one(self.groups)}
            self.record("member.join_group", fields, on)
        elif what == "issue" or (what == "letter" and not self.letters):
            fields = {"member": one(self.members), "to": one(self.branches)}
            self.letters += self.record("transfer.issue", fields, on)
        elif what == "letter":
            action = one(["receive", "receive", "receive", "cancel", "reissue", "return_slip"])
            made = self.record(f"transfer.{action}", {"transfer": one(self.letters)}, on)
            self.letters += made
        elif what == "merge":
            fields = {"organisation": one(self.branches[:3]), "to": one(self.branches[:3])}
            self.record("organisation.merge", fields, on)
        elif what == "attach":
            fields = {"member": one(self.members), "organisation": one(self.branches)}
            self.record("member.attach", fields, on)
        elif what == "leave":
            self.record("member.leave", {"member": one(self.members), "how": "退党"}, on)
        else:
            self.amend(one(self.seqs), on)

    def amend(self, seq: int, on: str) -> None:
        """Another day for a fact, or its void, sometimes with all that depends on it."""
        try:
            if self.chance.random() < 0.5:
                done = self.ws.correct(seq, on=on, reason="日期录错")
            else:
                cascade = self.chance.random() < 0.3
                done = self.ws.void(seq, reason="误录", cascade=cascade)
        except TaizhangError:
            self.did["refused"] += 1
        else:
            self.did["amended"] += 1
            self.seqs += done.seq


@pytest.mark.parametrize("seed", range(6))
def test_promises_hold_after_random_work(seed: int) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        Workspace.init(Path(folder) / "s", today=dt.date(2012, 12, 31), actor="张三") as ws,
    ):
        office = Office(ws, seed)
        office.start()
        for _ in range(STEPS):
            office.step()
        assert [f for f in ws.findings() if f.hard] == []
        assert office.did["member.register"] > 3
        for day in DAYS:
            here = Counter(r["member"] for r in ws.at(day).rows("memberships"))
            assert here == Counter(r["id"] for r in ws.at(day).rows("members")), day
        tables = ws.registry.tables
        before = {t: ws.at().spans(t) for t in tables}
        ws.rebuild()
        assert {t: ws.at().spans(t) for t in tables} == before
