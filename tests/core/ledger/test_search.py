"""The finder: what is asked for is found among however many others that match as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from taizhang.ledger import search
from taizhang.ledger.view import LedgerView
from taizhang.words.pinyin import pinyin
from taizhang.workspace import Workspace

OTHERS = 40
BRANCH = "SELECT member AS id FROM memberships WHERE organisation = ?"
WAYS = {"members are looked at": (1_000, 1_000, 0), "hits are looked at": (0, 0, 0)}
"""FEW, VERY_FEW and MANY, such that each way of looking among some is taken."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """Forty members called 王 in one branch, then a handful in another; the second branch's name
    begins like the members'.
    """
    with Workspace.init(tmp_path_factory.mktemp("finder") / "store") as ws:
        for name in ("甲支部", "王家支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")
        names = [f"王{chr(0x4E00 + 97 * i)}" for i in range(OTHERS)]
        for branch, some in (
            ("甲支部", names),
            ("王家支部", ["王小明", "王晓敏", "王小", "José Ng", "Wang-Li", "李秀英"]),
        ):
            for name in some:
                fields = {"name": name, "organisation": branch}
                ws.record("member.register", fields, on="2010-02-01")
        yield ws


@pytest.fixture(params=WAYS.values(), ids=WAYS)
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No more than five hits are ranked."""
    monkeypatch.setattr(search, "CANDIDATES", 5)
    for name, value in zip(("FEW", "VERY_FEW", "MANY"), request.param, strict=True):
        monkeypatch.setattr(search, name, value)


def named(ledger: LedgerView, found: Sequence[tuple[str, str]]) -> list[str]:
    return [ledger.names(kind, [id])[id] for kind, id in found]


def found_in(ledger: LedgerView, branch: str, text: str) -> list[str]:
    (id,) = ledger.called("organisation", branch)
    return named(ledger, ledger.find(text, "member", among=(BRANCH, [id])))


@pytest.mark.usefixtures("few")
def test_a_kind_of_entity_is_found_among_many_others(office: Workspace) -> None:
    ledger = office.at("2012-01-01")
    assert named(ledger, ledger.find("王", "organisation")) == ["王家支部"]
    assert named(ledger, ledger.find("wang", "organisation")) == ["王家支部"]
    assert ledger.find("王", "transfer") == []
    assert len(ledger.find("王", "member")) == 5


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王", {"王小明", "王晓敏", "王小"}),
        ("w", {"王小明", "王晓敏", "王小", "Wang-Li"}),
        ("wx", {"王小明", "王晓敏", "王小"}),
        ("xiaom", {"王小明", "王晓敏"}),
        ("小 wang", {"王小明", "王小"}),
        ("jose", {"José Ng"}),
        ("JOSÉ", {"José Ng"}),
        ("ng", {"José Ng", "Wang-Li"}),
        ("g-l", {"Wang-Li"}),
        ("li", {"李秀英", "Wang-Li"}),
        ("王小明明", set()),
        ("明", {"王小明"}),
    ],
)
def test_members_of_a_branch_are_found_among_many_others(
    office: Workspace, text: str, names: set[str]
) -> None:
    ledger = office.at("2012-01-01")
    assert set(found_in(ledger, "王家支部", text)) == names
    assert not names & set(found_in(ledger, "甲支部", text))


@pytest.mark.usefixtures("few")
def test_who_is_among_them_depends_on_both_clocks(tmp_path: Path) -> None:
    with Workspace.init(tmp_path / "store") as ws:
        for name in ("甲支部", "乙支部"):
            ws.record("organisation.found", {"name": name, "kind": "支部"}, on="2010-01-01")
        fields = {"name": "王小明", "organisation": "甲支部"}
        registered = ws.record("member.register", fields, on="2010-02-01").seq[-1]
        move = {"member": "王小明", "organisation": "乙支部", "how": "调整"}
        ws.record("member.move", move, on="2011-01-01")
        for on, known, branch in (
            ("2010-06-01", None, "甲支部"),
            ("2012-01-01", None, "乙支部"),
            ("2012-01-01", registered, "甲支部"),
        ):
            ledger = ws.at(on, known)
            for each in ("甲支部", "乙支部"):
                assert found_in(ledger, each, "wxm") == ["王小明"] * (each == branch)


def test_whole_matches_are_ranked_however_many_begin_so(
    office: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "CANDIDATES", 5)
    ledger = office.at("2012-01-01")
    found = [pinyin(name)[1] for name in named(ledger, ledger.find("wx", "member"))]
    everybody = [row["name"] for row in ledger.query("SELECT name FROM members")]
    whole = [pinyin(name)[1] for name in everybody].count("wx")
    assert 0 < whole < len(found)
    assert [initials == "wx" for initials in found] == sorted(
        (i == "wx" for i in found), reverse=True
    )
    assert found.count("wx") == whole


def test_what_matches_equally_well_comes_in_the_order_of_pinyin(office: Workspace) -> None:
    ledger = office.at("2012-01-01")
    found = named(ledger, ledger.find("王", "member"))
    sounds = [pinyin(name)[0] for name in found]
    assert len(found) > OTHERS
    assert sounds == sorted(sounds)
    assert named(ledger, ledger.find("王小", "member"))[0] == "王小", "a whole match is the first"
