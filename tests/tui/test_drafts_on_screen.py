"""Drafts: each of one form, of whom it is about and of who sits there; said where one looks; nothing is lost."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from officekit.screens import drafted, named, open_form

from taizhang.workspace import Workspace
from taizhang_tui.app.application import TaizhangApp
from taizhang_tui.desk.desk import Desk


def left(community: Path) -> list[dict[str, Any]]:
    """What is kept, as it stands in the files."""
    return [drafted(f) for f in sorted((community / "drafts").glob("*.json"))]


async def test_a_draft_of_one_member_does_not_stand_in_the_form_of_another(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        one, other = (named(stage, "member", n) for n in ("王小明", "吴新民"))
        await open_form(stage, "member.leave", member=one)
        stage.app.screen._editors["reason"].value = "违纪"
        await stage.press("escape")
        await stage.shows("草稿已保留")
        await open_form(stage, "member.leave", member=other)
        form = stage.app.screen
        assert form.values["member"] == other
        assert form.values["reason"] == ""
        # It is said with whom, and when.
        await stage.shows("此表另有草稿：王小明 2012-12-31", "+08:00")
        form._editors["reason"].value = "迁出"
        await stage.press("escape")
        await open_form(stage, "member.leave", member=one)
        form = stage.app.screen
        assert form.values["member"] == one
        assert form.values["reason"] == "违纪"
        await stage.shows("已恢复 王小明", "另有草稿：吴新民")
    assert len(left(community)) == 2


async def test_a_subject_changed_in_the_form_takes_the_draft_along(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        one, other = (named(stage, "member", n) for n in ("王小明", "吴新民"))
        await open_form(stage, "member.leave", member=one)
        stage.app.screen._editors["member"].value = other
        await stage.press("escape")
        await open_form(stage, "member.leave", member=one)
        assert stage.app.screen.values["member"] == one
        await stage.press("escape")
        await open_form(stage, "member.leave", member=other)
        await stage.shows("已恢复 吴新民")


async def test_one_that_waits_is_said_on_the_main_screen_and_goes_on_from_there(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        assert "草稿 " not in stage.text()
        one = named(stage, "member", "王小明")
        await open_form(stage, "member.leave", member=one)
        stage.app.screen._editors["reason"].value = "违纪"
        await stage.press("escape")
        label = stage.app.desk.ws.registry.actions["member.leave"].label.zh
        await stage.shows(f"草稿 1 份：{label} 王小明 2012-12-31 ")
        assert stage.lines()[-2].count("+08:00") == 1
        await stage.press("c")
        await stage.shows("草稿", f"{label}  王小明")
        await stage.press("enter")
        await stage.shows("已恢复 王小明")
        assert stage.app.screen.values["reason"] == "违纪"
        await stage.press("ctrl+r", "escape")
        await stage.gone("草稿 1 份")
    assert left(community) == []


async def test_drafts_are_of_whoever_sits_there(staged: Any, community: Path) -> None:
    async with staged(community, actor="甲") as stage:
        await open_form(stage, "unit.register")
        await stage.press("'实验小", "escape")
    async with staged(community, actor="乙") as stage:
        assert "草稿 " not in stage.text()
        await open_form(stage, "unit.register")
        assert stage.app.screen.values["name"] == ""
        assert "草稿" not in "".join(stage.lines()[1:-1])
        await stage.press("'中心小", "escape")
    assert {(d["actor"], d["values"]["name"]) for d in left(community)} == {
        ("甲", "实验小"),
        ("乙", "中心小"),
    }
    async with staged(community, actor="甲") as stage:
        await open_form(stage, "unit.register")
        assert stage.app.screen.values["name"] == "实验小"


async def test_a_draft_of_before_is_read_and_belongs_to_whom_it_names(
    staged: Any, community: Path
) -> None:
    file = community / "drafts" / "member.leave.json"
    file.parent.mkdir(exist_ok=True)
    async with staged(community) as stage:
        one, other = (named(stage, "member", n) for n in ("王小明", "吴新民"))
    values = {"member": one, "reason": "违纪", "on": "2012-12-20", "document": ""}
    saved = "2012-12-19T20:00:00+00:00"  # the 20th in China: that day was the form's own
    old = {"form": "member.leave", "saved": saved, "values": values}
    file.write_text(json.dumps(old), "utf-8")
    async with staged(community) as stage:
        await stage.shows("草稿 1 份", "王小明 2012-12-20 04:00+08:00")
        await open_form(stage, "member.leave", member=other)
        assert stage.app.screen.values["member"] == other
        assert stage.app.screen.values["reason"] == ""
        stage.app.screen._editors["reason"].value = "迁出"
        await stage.press("escape")
        assert json.loads(file.read_text("utf-8")) == old, "left untouched"
        await open_form(stage, "member.leave", member=one)
        assert stage.app.screen.values["reason"] == "违纪"
        assert stage.app.screen.values["on"] == "2012-12-31", "nobody typed that day"


async def test_a_draft_of_a_correction_does_not_bring_back_what_was_corrected_since(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        stage.app.records.correct(8)
        await stage.shows("更正 #8")
        stage.app.screen._editors["joined"].value = "1999"
        await stage.press("escape")
        await stage.shows("更正 #8")
    with Workspace.open(community) as ws:
        ws.correct(8, {"phone": "13900000000"}, reason="换号")
    async with staged(community) as stage:
        stage.app.records.correct(8)
        await stage.shows("已恢复 王小明")
        assert stage.app.screen.values["joined"] == "1999"
        assert stage.app.screen.values["phone"] == "139****0000"
        stage.app.screen._editors["reason"].value = "核对档案"
        await stage.until(lambda: stage.app.screen.values["reason"])
        await stage.shows("将登记 1 条事件", "2003-07-01 → 1999")
        await stage.press("ctrl+s")
        await stage.tells("已登记")
    with Workspace.open(community) as ws:
        row = ws.at().get("members", ws.at().called("member", "王小明")[0])
        assert row is not None
        assert (row["joined"], row["phone"]) == ("1999", "13900000000")


async def test_a_draft_of_a_correction_is_of_that_event_alone(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        stage.app.records.correct(8)
        await stage.shows("更正 #8")
        stage.app.screen._editors["joined"].value = "1999"
        await stage.press("escape")
    (file,) = (community / "drafts").glob("*.json")
    said = drafted(file)
    said["given"]["event"] = "another"
    file.write_text(json.dumps(said), "utf-8")
    async with staged(community) as stage:
        stage.app.records.correct(8)
        await stage.shows("更正 #8")
        assert stage.app.screen.values["joined"] == "2003-07-01"
        await stage.press("escape", "c", "enter")
        await stage.tells("草稿留着")
    assert file.exists()


async def test_looking_read_only_leaves_drafts_alone(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await open_form(stage, "unit.register")
        await stage.press("'实验小", "escape")
    before = left(community)
    (file,) = (community / "drafts").glob("*.json")
    desk = Desk(str(community), "测试员", read_only=True)
    app = TaizhangApp(desk, desk.open())
    file.parent.chmod(0o500)
    try:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            while "草稿 1 份" not in "\n".join(
                s.text for s in app.screen._compositor.render_strips()
            ):
                await pilot.pause(0.02)
            await pilot.press("c")
            await pilot.pause()
            await pilot.press("enter")
            await pilot.pause()
            assert any("只读" in n.message for n in app._notifications)
    finally:
        file.parent.chmod(0o700)
        desk.close()
    assert left(community) == before


@pytest.mark.parametrize("harm", ["a pipe", "a folder", "no text", "deep", "no words"])
async def test_what_is_no_draft_stands_in_nobodys_way(
    staged: Any, community: Path, harm: str
) -> None:
    file = community / "drafts" / "unit.register.json"
    file.parent.mkdir(exist_ok=True)
    if harm == "a pipe":
        os.mkfifo(file)
    elif harm == "a folder":
        file.mkdir()
    else:
        bad = {"no text": b"\xff\xfe", "deep": b"[" * 100_000, "no words": b'{"values": [1]}'}
        file.write_bytes(bad[harm])
    async with staged(community) as stage:
        await open_form(stage, "unit.register")
        await stage.press("'实验小", "escape")
        await stage.shows("草稿 1 份")
    assert file.exists()
