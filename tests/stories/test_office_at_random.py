"""An office at random: what ``show`` gives at both clocks, against a replay that is too simple to err.

Actions, late facts, corrections, voids and cascades are tried on random days through the workspace, as
staff would; most are refused, which is part of the test. What remains has to keep its promises on every
day: each member in exactly one branch that lives and holds members, each organisation under a living one.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from taizhang.words.errors import TaizhangError
from taizhang.workspace import Workspace
from taizhang_eventstore.recorded import Recorded

FIRST = dt.date(2010, 1, 1)
RANKS = {
    "organisation.founded": 10, "member.registered": 10, "transfer.issued": 20,
    "organisation.renamed": 30, "organisation.moved": 40, "member.moved": 50,
    "transfer.received": 50, "transfer.slip_returned": 60, "transfer.cancelled": 70,
    "transfer.reissued": 70, "organisation.merged": 90, "organisation.dissolved": 90,
    "member.left": 90,
}  # fmt: skip
STATES = {
    "transfer.received": "已接收",
    "transfer.slip_returned": "已回执",
    "transfer.cancelled": "已取消",
    "transfer.reissued": "已重开",
}
CHOICES = {
    "found": 1, "register": 2, "rename": 1, "move": 1, "merge": 1, "dissolve": 1, "mmove": 1,
    "issue": 3, "receive": 3, "slip": 1, "cancel": 1, "reissue": 1, "leave": 1,
    "correct": 3, "void": 2, "cascade": 1,
}  # fmt: skip
"""What staff try, and how often against each other."""
Shown = dict[str, set[tuple[Any, ...]]]


def living(events: Sequence[Recorded], known: int) -> list[Recorded]:
    """The version of each fact that counts as known at a position, in folding order."""
    families: dict[int, list[Recorded]] = {}
    for event in events:
        if event.position <= known:
            families.setdefault(event.envelope.root or event.position, []).append(event)

    def alive(position: int, family: list[Recorded]) -> bool:
        return not any(e.envelope.voids == position and alive(e.position, family) for e in family)

    found = []
    for root, family in families.items():
        if alive(root, family):
            versions = [e for e in family if not e.envelope.voids and alive(e.position, family)]
            found.append(
                (versions[-1].envelope.on, RANKS.get(family[0].name, 0), root, versions[-1])
            )
    return [one[3] for one in sorted(found, key=lambda one: one[:3])]


def replay(events: Sequence[Recorded], on: dt.date, known: int) -> Shown:
    """The rows on a day, from the payloads alone."""
    organisations: dict[str, list[Any]] = {}
    branches: dict[str, str] = {}
    letters: dict[str, list[Any]] = {}
    for event in living(events, known):
        if event.envelope.on > on:
            continue
        name, p = event.name, event.payload
        if name == "organisation.founded":
            organisations[p["organisation"]] = [p["name"], p["parent"]]
        elif name == "organisation.renamed":
            organisations[p["organisation"]][0] = p["name"]
        elif name == "organisation.moved":
            organisations[p["organisation"]][1] = p["parent"]
        elif name in ("organisation.merged", "organisation.dissolved"):
            del organisations[p["organisation"]]
        elif name in ("member.registered", "member.moved"):
            branches[p["member"]] = p["organisation"]
        elif name == "member.left":
            branches.pop(p["member"], None)
        elif name == "transfer.issued":
            letters[p["transfer"]] = [p["member"], p["sender"], p["to"], "在途"]
        elif name in STATES:
            letters[p["transfer"]][3] = STATES[name]
            if name == "transfer.received":
                branches[p["member"]] = p["organisation"]
    return {
        "organisations": {(i, *o) for i, o in organisations.items()},
        "memberships": set(branches.items()),
        "transfers": {(i, *t) for i, t in letters.items()},
    }


def shown(ws: Workspace, on: dt.date, known: int | None) -> Shown:
    columns = {
        "organisations": ("id", "name", "parent"),
        "memberships": ("member", "organisation"),
        "transfers": ("id", "member", "sender", "to", "state"),
    }
    ledger = ws.at(on, known)
    return {t: {tuple(r[c] for c in cs) for r in ledger.rows(t)} for t, cs in columns.items()}


class Office:
    """Staff who try things."""

    def __init__(self, path: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.ws = Workspace.init(path, disabled={"liudai"})
        self.days = self.random.choice([5, 20])
        self.ids: dict[str, list[str]] = {"organisation": [], "member": [], "transfer": []}
        for name, kind, parent in (("委", "党委", False), *((n, "支部", True) for n in "一二三四")):
            above = self.ids["organisation"][0] if parent else None
            self.act("organisation.found", FIRST, name=name, kind=kind, parent=above)
        self.act("organisation.found", FIRST, name="外", kind="外部组织")
        for name in "甲乙丙丁":
            branch = self.random.choice(self.ids["organisation"][1:])
            self.act("member.register", FIRST, name=name, organisation=branch)

    def day(self) -> dt.date:
        return FIRST + dt.timedelta(days=self.random.randrange(self.days))

    def some(self, kind: str) -> str:
        return self.random.choice(self.ids[kind] or ["nobody"])

    def act(self, action: str, on: dt.date | None = None, **fields: Any) -> None:
        made = self.ws.record(action, fields, on=on or self.day(), reason="试")
        for kind, ids in made.ids.items():
            self.ids[kind] += ids if isinstance(ids, list) else [ids]

    def step(self, number: int) -> None:
        """One thing, or its refusal."""
        o, m, t = (self.some(kind) for kind in ("organisation", "member", "transfer"))
        choice = self.random.choices(list(CHOICES), list(CHOICES.values()))[0]
        if choice == "found":
            kind = self.random.choice(["支部", "总支"])
            self.act("organisation.found", name=f"新{number}", kind=kind, parent=o)
        elif choice == "register":
            self.act("member.register", name=f"员{number}", organisation=o)
        elif choice == "rename":
            self.act("organisation.rename", organisation=o, name=f"名{number % 4}")
        elif choice == "move":
            self.act("organisation.move", organisation=o, parent=self.some("organisation"))
        elif choice == "merge":
            self.act("organisation.merge", organisation=o, to=self.some("organisation"))
        elif choice == "dissolve":
            self.act("organisation.dissolve", organisation=o)
        elif choice == "mmove":
            self.act("member.move", member=m, organisation=o)
        elif choice == "issue":
            self.act("transfer.issue", member=m, to=o)
        elif choice == "leave":
            self.act("member.leave", member=m)
        elif choice in ("receive", "cancel", "reissue", "slip"):
            self.act(f"transfer.{choice.replace('slip', 'return_slip')}", transfer=t)
        else:
            self.amend(choice, self.random.randrange(2, self.ws.log.head() + 1))

    def amend(self, choice: str, seq: int) -> None:
        if choice != "correct":
            self.ws.void(seq, reason="误", cascade=choice == "cascade")
            return
        names = [n for n in self.ws.event(seq).payload if n in ("organisation", "parent", "to")]
        fields = {n: self.some("organisation") for n in names[: self.random.randrange(2)]}
        self.ws.correct(seq, fields, reason="错", on=None if fields else self.day())


def check(office: Office) -> None:
    """Both clocks against the replay, and what holds on every day."""
    ws = office.ws
    events = list(ws.log.read())
    ends = [e.position for e in events if e.envelope.i == e.envelope.n]
    for _ in range(12):
        on, known = office.day(), office.random.choice([None, office.random.choice(ends)])
        assert shown(ws, on, known) == replay(events, on, known or ends[-1]), (on, known)
    for number in range(office.days + 1):
        ledger = ws.at(FIRST + dt.timedelta(days=number))
        lives = {o["id"]: o for o in ledger.rows("organisations")}
        belongs = ledger.rows("memberships")
        assert sorted(r["member"] for r in belongs) == sorted(
            r["id"] for r in ledger.rows("members")
        )
        assert all(lives[r["organisation"]]["holds_members"] for r in belongs)
        assert all(o["parent"] is None or o["parent"] in lives for o in lives.values())
    assert [f for f in ws.findings() if f.hard] == []


@pytest.mark.parametrize("seed", range(4))
def test_whatever_staff_try_the_books_are_right(tmp_path: Path, seed: int) -> None:
    office = Office(tmp_path / "store", seed)
    with office.ws as ws:
        refused = 0
        for number in range(110):
            try:
                office.step(number)
            except TaizhangError:
                refused += 1
        assert 10 < refused < 110
        check(office)
        ws.rebuild()
        check(office)
