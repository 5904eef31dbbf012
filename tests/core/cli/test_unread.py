"""A store that a later program or plugin has written: what this one cannot read is told, everywhere."""

from pathlib import Path

import msgspec
import pytest

import taizhang_liudai
from taizhang.declarations.programme import Programme
from taizhang.office import members
from taizhang.words.errors import Refused
from taizhang.workspace import Workspace

from .conftest import Command

LEAD, MOVED = "liudai.lead_taken", "member.moved"


def know(patch: pytest.MonkeyPatch, version: int, programme: Programme, name: str) -> None:
    """Another version of a programme, in which the event ``name`` has come as far as ``version``."""
    declared = programme.events[name]
    upcasters = dict.fromkeys(range(1, version), dict)
    other = msgspec.structs.replace(declared, version=version, upcasters=upcasters)
    patch.setitem(programme.events, name, other)


@pytest.fixture
def newer(office: Command, tmp_path: Path) -> dict[str, int]:
    """Deeds and a move in version 3 of their types, as a later program would have recorded them."""
    path, made = tmp_path / "store", {}
    with pytest.MonkeyPatch.context() as later:
        know(later, 3, taizhang_liudai.programme, LEAD)
        know(later, 3, members.programme, MOVED)
        with Workspace.open(path) as ws:
            fields = {"name": "王小明", "organisation": "第一支部", "category": "在职党员"}
            ws.record("member.register", fields, on="2010-01-01")
            deed = {"member": "王小明", "kind": "参与服务"}
            made["lead"] = ws.record("liudai.lead.take", deed, on="2011-01-01").seq[0]
            ws.record("liudai.lead.take", deed, on="2011-02-01")
            move = {"member": "王小明", "organisation": "第二支部"}
            made["moved"] = ws.record("member.move", move, on="2012-01-01").seq[0]
            assert ws.warnings() == []
            assert len(ws.at().rows("liudai_leads")) == 2
    return made


def test_whoever_opens_the_store_is_told(office: Command, newer: dict[str, int]) -> None:
    shown = office("show", "memberships", "--json")
    assert shown.code == 0
    assert [row["organisation_name"] for row in shown.json] == ["第一支部"]
    told = shown.err.splitlines()
    assert len(told) == 2
    assert told[0].startswith("注意：日志里有 2 条 liudai.lead_taken 事件是较新的版本（@3")
    assert "只认识到 @1" in told[0]
    assert told[0].endswith("请更新插件“六带”（liudai）")
    assert "1 条 member.moved" in told[1]
    assert told[1].endswith("请更新本程序（taizhang）")


def test_it_stands_where_people_look(office: Command, newer: dict[str, int]) -> None:
    found = {f["code"]: f for f in office("findings", "--json").json if f["id"] == LEAD}
    assert found["store.newer-events"]["seq"] == newer["lead"]
    assert found["store.newer-events"]["hard"] is True
    assert "2 条 liudai.lead_taken" in office("findings").out
    overview = office("overview")
    assert "2 条 liudai.lead_taken" in overview.out
    assert "1 条 member.moved" in overview.out
    assert len(office("overview", "--json").json["warnings"]) == 2
    listed = office("plugins", "list", "--json")
    liudai = next(p for p in listed.json if p["name"] == "liudai")
    assert liudai["state"] == "loaded"
    assert "请更新插件" in liudai["reason"]
    assert "member.moved" in listed.err
    assert "请更新插件" in office("plugins", "list").out


def test_recording_goes_on_and_says_so(office: Command, newer: dict[str, int]) -> None:
    made = office(
        "record", "organisation.found", "--name", "第三支部", "--kind", "支部",
        "--on", "2005-01-01", "--json",
    )  # fmt: skip
    assert made.code == 0
    assert len(made.json["seq"]) == 1
    assert [LEAD in w or MOVED in w for w in made.json["warnings"]] == [True, True]


def test_an_event_of_a_newer_version_is_not_amended_for_the_true_reason(
    office: Command, newer: dict[str, int], tmp_path: Path
) -> None:
    for words in (("void", newer["lead"]), ("correct", newer["lead"], "--kind", "协调邻里")):
        refused = office(*map(str, words), "--reason", "误")
        assert refused.code == 1
        assert "版本较新，本程序只认识到 @1" in refused.err
        assert "没有启用" not in refused.err
    with Workspace.open(tmp_path / "store", disabled=["liudai"]) as ws:
        assert [MOVED in w.zh for w in ws.warnings()] == [True]
        with pytest.raises(Refused, match="没有启用或没有安装"):
            ws.void(newer["lead"], reason="误")


def test_a_fact_whose_correction_is_newer_is_not_amended_either(
    office: Command, tmp_path: Path
) -> None:
    """Else the correction would be overruled by one who has not seen it."""
    with Workspace.open(tmp_path / "store") as ws:
        fields = {"name": "王小明", "organisation": "第一支部"}
        first = ws.record("member.register", fields, on="2010-01-01").seq[0]
    with pytest.MonkeyPatch.context() as later:
        know(later, 2, members.programme, "member.registered")
        with Workspace.open(tmp_path / "store") as ws:
            corrected = ws.correct(first, {"name": "王晓明"}, reason="写错").seq[0]
    with Workspace.open(tmp_path / "store") as ws:
        assert [u.count for u in ws.unread()] == [1]
        for seq in (first, corrected):
            with pytest.raises(Refused, match=f"第 {corrected} 号事件现在不能更改"):
                ws.void(seq, reason="误")


def test_after_the_update_everything_is_there(
    office: Command, newer: dict[str, int], tmp_path: Path
) -> None:
    """What was passed over is taken in as soon as the program reads it."""
    assert office("overview").code == 0
    with pytest.MonkeyPatch.context() as later:
        know(later, 3, taizhang_liudai.programme, LEAD)
        with Workspace.open(tmp_path / "store") as ws:
            assert [u.name for u in ws.unread()] == [MOVED]
            assert len(ws.at().rows("liudai_leads")) == 2
        know(later, 3, members.programme, MOVED)
        with Workspace.open(tmp_path / "store") as ws:
            assert ws.findings() == []
            assert ws.at().rows("memberships")[0]["since"] == "2012-01-01"
