"""The demonstration: published numbers on its own today, and what was known of five earlier days.

Every number is counted twice: by the ledger, and by a replay of the raw log that shares no code with it.
"""

import datetime as dt
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from taizhang.duties.board import board, tops
from taizhang.duties.figures import figure_of, values
from taizhang.office.demonstration import build
from taizhang.office.overview.counts import overview_of
from taizhang.workspace import Workspace

PUBLISHED = {
    "branches": 30,
    "groups": 81,
    "members": 971,
    "grids": 19,
    "buildings": 245,
    "agreements": 11,
    "committee_members": 5,
    "in_service_elsewhere": 142,
}

# Day, then (members, in service elsewhere, agreements, part-time members, minutes of service) as known
# that day and as known at the end: what was recorded late, corrected or void makes the difference.
EARLIER: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "2005-06-30": ((717, 0, 0, 0, 0), (716, 0, 0, 0, 0)),
    "2007-12-31": ((818, 0, 0, 0, 245865), (818, 0, 0, 0, 246510)),
    "2009-07-01": ((905, 0, 1, 0, 442545), (905, 0, 1, 0, 443550)),
    "2011-12-31": ((958, 94, 10, 6, 917190), (958, 94, 10, 6, 920505)),
    "2012-06-30": ((962, 127, 10, 5, 1144470), (962, 127, 10, 5, 1150080)),
}


@pytest.fixture(scope="module")
def ws(demo_template: Path) -> Iterator[Workspace]:
    with Workspace.open(demo_template, read_only=True) as opened:
        yield opened


def events(store: Path) -> list[tuple[int, str, dict[str, Any]]]:
    with sqlite3.connect(f"file:{store / 'events.db'}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT seq, type, data FROM events ORDER BY seq").fetchall()
    return [(seq, type_.partition("@")[0], json.loads(data)) for seq, type_, data in rows]


def naive(store: Path, on: str, known: int) -> tuple[int, ...]:
    """The five totals by brute force from the raw log."""
    facts: dict[int, tuple[str, dict[str, Any]]] = {}
    original: dict[int, list[tuple[int, str, dict[str, Any]]]] = {}
    voids: dict[int, int] = {}
    for seq, name, data in events(store):
        if seq > known:
            break
        if data["voids"]:
            voids[seq] = data["voids"]
        else:
            original.setdefault(data["root"] or seq, []).append((seq, name, data))
    dead: set[int] = set()
    for seq in sorted(voids, reverse=True):
        if seq not in dead:
            dead.add(voids[seq])
    for root, versions in original.items():
        alive = [v for v in versions if v[0] not in dead]
        if root not in dead and alive:
            facts[root] = (alive[-1][1], alive[-1][2])
    order = sorted(facts.items(), key=lambda f: (f[1][1]["on"], "left" in f[1][0], f[0]))
    outside: set[str] = set()
    branch: dict[str, str] = {}
    attached: set[str] = set()
    agreements: set[str] = set()
    committee: set[str] = set()
    letters: dict[str, tuple[str, str]] = {}
    minutes = 0
    for _, (name, data) in order:
        said = data["payload"]
        if name == "organisation.founded" and said["kind"] == "外部组织":
            outside.add(said["organisation"])
        if name == "transfer.issued":
            letters[said["transfer"]] = (said["member"], said["to"])
        if data["on"] > on:
            continue
        if name == "member.registered":
            branch[said["member"]] = said["organisation"]
        elif name == "service.logged":
            minutes += said["minutes"]
        elif name == "transfer.received":
            member, to = letters[said["transfer"]]
            branch[member] = to
        elif name == "member.left":
            branch.pop(said["member"])
        elif name == "member.attached":
            attached.add(said["member"])
        elif name == "member.detached":
            attached.discard(said["member"])
        elif name == "agreement.signed":
            agreements.add(said["agreement"])
        elif name == "agreement.ended":
            agreements.discard(said["agreement"])
        elif name == "committee.appointed":
            committee.add(said["unit"])
        elif name == "committee.released":
            committee.discard(said["unit"])
    inside = sum(o not in outside for o in branch.values())
    elsewhere = sum(branch.get(m) in outside for m in attached)
    return inside, elsewhere, len(agreements), len(committee), minutes


def test_published_numbers_hold_on_its_today(ws: Workspace) -> None:
    assert ws.today() == dt.date(2012, 12, 31)
    totals = overview_of(ws, ws.at())["totals"]
    assert {k: totals[k] for k in PUBLISHED} == PUBLISHED


def test_every_group_branch_grid_and_building_is_split_as_published(ws: Workspace) -> None:
    ledger = ws.at()

    def sizes(sql: str) -> dict[int, int]:
        return dict(Counter(r["n"] for r in ledger.query(sql)))

    members = "SELECT count(*) AS n FROM group_memberships GROUP BY organisation"
    assert sizes(members) == {12: 80, 11: 1}
    groups = "SELECT count(*) AS n FROM organisations WHERE kind = '党小组' GROUP BY parent"
    assert sizes(groups) == {3: 21, 2: 9}
    links = (
        "SELECT count(*) AS n FROM place_links l JOIN places p ON p.id = l.place "
        "WHERE p.kind = '{}' GROUP BY l.{}"
    )
    assert sizes(links.format("网格", "place")) == {2: 11, 1: 8}
    assert sizes(links.format("楼栋", "organisation")) == {3: 79, 4: 2}
    assert sizes(links.format("楼栋", "place")) == {1: 245}


@pytest.mark.parametrize("day", EARLIER)
def test_earlier_days_at_two_known_positions(ws: Workspace, demo_template: Path, day: str) -> None:
    for known, expected in zip((ws.known_at(day), ws.log.head()), EARLIER[day], strict=True):
        ledger = ws.at(day, known)
        totals = overview_of(ws, ledger)["totals"]
        minutes = ledger.value("SELECT coalesce(sum(minutes), 0) FROM services")
        shown = ("members", "in_service_elsewhere", "agreements", "committee_members")
        found = (*(totals[k] for k in shown), minutes)
        assert found == expected
        assert naive(demo_template, day, known) == expected


def test_the_year_adds_up(ws: Workspace) -> None:
    """958 + 9 developed + 21 in - 13 out - 4 died = 971 (domain H.3)."""
    rows = ws.at().query(
        "SELECT m.member, m.since, o.kind, m.how FROM memberships_all m "
        "JOIN organisations_all o ON o.id = m.organisation GROUP BY m.src ORDER BY m.member, m.since"
    )
    came, went, before = Counter[str](), Counter[str](), {}
    for row in rows:
        last = before.get(row["member"])
        inside = row["kind"] != "外部组织"
        if row["since"].startswith("2012"):
            if inside and last is None:
                came["developed"] += 1
            elif inside and not last:
                came["in"] += 1
            elif not inside and last:
                went["out"] += 1
        before[row["member"]] = inside
    died = ws.at().value(
        "SELECT count(*) FROM memberships_all m JOIN organisations o ON o.id = m.organisation "
        "WHERE o.kind <> '外部组织' AND m.until LIKE '2012%' AND NOT EXISTS "
        "(SELECT 1 FROM memberships_all n WHERE n.member = m.member AND n.since >= m.until)"
    )
    assert (came["developed"], came["in"], went["out"], died) == (9, 21, 13, 4)


def test_noise_is_as_promised(demo_template: Path) -> None:
    found = events(demo_template)
    late = corrected = voided = 0
    for _, _, data in found:
        recorded = dt.datetime.fromisoformat(data["recorded_at"]) + dt.timedelta(hours=8)
        corrected += data["corrects"] is not None
        voided += data["voids"] is not None
        plain = data["corrects"] is None and data["voids"] is None
        late += plain and (recorded.date() - dt.date.fromisoformat(data["on"])).days > 7
    assert len(found) >= 20_000
    assert 0.045 <= late / len(found) <= 0.055
    assert 0.018 <= corrected / len(found) <= 0.022
    assert voided >= 20
    first, last = found[0][2]["recorded_at"], found[-1][2]["recorded_at"]
    assert int(last[:4]) - int(first[:4]) >= 8


def test_nothing_in_it_breaks_a_rule(ws: Workspace) -> None:
    assert [f for f in ws.findings() if f.hard] == []


def test_rebuilt_it_is_the_same(demo: Path) -> None:
    def dump(ws: Workspace) -> dict[str, list[Any]]:
        made = {}
        for name in ws.registry.tables:
            for stored in (f"_{name}", f"_{name}_history"):
                made[stored] = sorted(ws.db.execute(f'SELECT * FROM "{stored}"'), key=repr)
        return made

    with Workspace.open(demo) as ws:
        before = dump(ws)
        ws.rebuild()
        assert dump(ws) == before


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, demo_template: Path) -> None:
    build(tmp_path / "again")
    with sqlite3.connect(tmp_path / "again" / "events.db") as db:
        again = db.execute("SELECT seq, type, data, tags FROM events ORDER BY seq").fetchall()
    with sqlite3.connect(f"file:{demo_template / 'events.db'}?mode=ro", uri=True) as db:
        assert (
            db.execute("SELECT seq, type, data, tags FROM events ORDER BY seq").fetchall() == again
        )


def test_its_clock_runs_on_from_its_today(demo: Path) -> None:
    with Workspace.open(demo) as ws:
        assert ws.demonstration
        receipt = ws.record("organisation.found", {"name": "新支部", "kind": "支部"})
        assert ws.event(receipt.seq[0]).envelope.on == dt.date(2012, 12, 31)
        assert ws.event(receipt.seq[0]).envelope.recorded_at.date() == dt.date(2012, 12, 31)
    with Workspace.open(demo) as ws:
        assert ws.today() == dt.date(2012, 12, 31)


def test_the_whole_store_is_its_only_community(ws: Workspace) -> None:
    """Nobody who was transferred out is counted, and nothing of the community belongs nowhere."""
    ledger = ws.at()
    (community,) = tops(ledger)
    assert ledger.value(
        "SELECT count(*) FROM categories c JOIN memberships m ON m.member = c.member "
        "JOIN organisations o ON o.id = m.organisation WHERE o.kind = '外部组织'"
    ), "the demonstration has members who went and kept their category"
    for name in ws.registry.figures:
        figure = figure_of(ledger, name)
        whole = [(v.period.label, v.group, v.value) for v in values(ledger, figure)]
        inside = [(v.period.label, v.group, v.value) for v in values(ledger, figure, community)]
        if figure.select is not None and figure.by != "organisation":
            assert whole == inside, name
    for whole_lines, inside_lines in zip(board(ledger), board(ledger, community), strict=True):
        first, *parts = whole_lines
        assert [line.organisation for line in parts] == [community], first.window.duty.name
        assert first.counts == inside_lines[0].counts
