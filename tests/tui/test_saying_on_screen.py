"""What was recorded is told as the deed that it was; corrections and voids by what they change."""

from pathlib import Path
from typing import Any

from officekit.screens import named, open_form

from taizhang.readmodels.own import PAGE
from taizhang.workspace import Request, Workspace


async def save(stage: Any, **answers: str) -> None:
    """Answers and saves the form in view."""
    form = stage.app.screen
    for name, answer in answers.items():
        form._editors[name].value = answer
    await stage.until(lambda: all(form.values[n] == a for n, a in answers.items()))
    await stage.press("ctrl+s")


async def test_a_correction_is_previewed_and_told_by_what_it_changes(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        stage.app.records.correct(8)
        await stage.shows("更正 #8")
        stage.app.screen._editors["name"].value = "王小铭"
        await stage.shows("更正 #8  2007-05-11  登记党员  姓名 王小明 → 王小铭")
        await save(stage, phone="13912345678", reason="核对")
        await stage.tells(
            "已登记 #73  更正 #8  2007-05-11  登记党员  姓名 王小明 → 王小铭  电话 138****5678 → 139****5678"
        )
        await stage.press("l")
        await stage.shows("更正 #8", "姓名 王小明 → ")
        await stage.press("escape")
        stage.app.records.void(73)
        await stage.shows("作废 #73  2007-05-11  更正 #8 登记党员  姓名 王小铭 → 王小明")
        await save(stage, reason="原来没错")
        await stage.tells("已登记 #74  作废 #73", "姓名 王小铭 → 王小明")
        stage.app.records.void(74)
        await stage.shows("作废 #74  2007-05-11  作废 #73 登记党员  姓名 王小明 → 王小铭")


async def test_a_deed_is_told_by_its_name_and_whom_it_is_about(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_form(stage, "member.register")
        branch = named(stage, "organisation", "西湖支部")
        await save(stage, name="何春生", organisation=branch, category="在职党员")
        await stage.tells("已登记 #73  登记党员 何春生  共 2 条")
        # What follows from it stands before it in the log, and members whom it moves come first by kind.
        await open_form(stage, "organisation.merge", organisation=branch)
        label = stage.app.desk.ws.registry.actions["organisation.merge"].label.zh
        await save(stage, to=named(stage, "organisation", "东湖支部"))
        await stage.tells(f"已登记 #75  {label} 西湖支部")


async def test_a_void_that_takes_others_along_is_told_by_what_was_asked(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        stage.app.records.void(8)
        await stage.shows("作废 #8")
        await save(stage, cascade="是", reason="重复登记")
        await stage.tells("作废 #8  2007-05-11  登记党员  姓名 王小明", "共")


async def test_undo_finds_ones_own_last_action_however_long_ago(
    staged: Any, community: Path
) -> None:
    with Workspace.open(community, actor="测试员") as ws:
        made = ws.record("unit.register", {"name": "甲", "kind": "其他"})
    with Workspace.open(community, actor="别人") as ws:
        ids = ws.at().called("member", "王小明")
        fields = {"member": ids[0], "minutes": "10", "what": "清扫"}
        ws.record_batch([Request("service.log", fields, "2012-01-01")] * (PAGE + 5))
    async with staged(community) as stage:
        await stage.press("u")
        await stage.shows(f"作废 #{made.seq[0]}", "甲")


async def test_what_another_kept_of_ones_batch_is_not_offered_again(
    staged: Any, community: Path
) -> None:
    with Workspace.open(community, actor="测试员") as ws:
        batch = ws.record_many(
            "service.log", ["王小明", "吴新民"], {"minutes": "60"}, on="2012-01-01"
        )
        assert batch.batch is not None
    with Workspace.open(community, actor="别人") as ws:
        service = ws.event(batch.seq[0]).tags
        id = next(t.partition(":")[2] for t in service if t.startswith("service:"))
        ws.record("service.approve", {"service": id}, on="2012-02-01")
        assert len(ws.revert(batch.batch, reason="弄错了").kept) == 1
    async with staged(community) as stage:
        await stage.press("u")
        await stage.tells("没有可以撤销的登记")


async def test_a_death_is_told_what_ends_with_it(staged: Any, community: Path) -> None:
    async with staged(community, size=(110, 40)) as stage:
        await open_form(stage, "member.leave", member=named(stage, "member", "王小明"))
        stage.app.screen._editors["how"].value = "死亡"
        await stage.shows("将登记 2 条事件", "类别取消", "← 党员：党员类别")
        await save(stage, how="死亡")
        label = stage.app.desk.ws.registry.actions["member.leave"].label.zh
        await stage.tells(f"{label} 王小明  共 2 条")
