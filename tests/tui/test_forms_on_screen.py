"""Forms: made from every action, checked while typed, tried, saved, kept as drafts, refused whole."""

from pathlib import Path
from typing import Any

import pytest
from officekit.screens import drafted, named, open_form
from rich.cells import cell_len

from taizhang.readmodels.batches import batches
from taizhang.workspace import Request, Workspace
from taizhang_tui.desk.drafts import Drafts
from taizhang_tui.forms.trial import Trial


@pytest.mark.slow
async def test_every_action_has_a_form_that_fits(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        for action in stage.app.desk.ws.registry.actions.values():
            await open_form(stage, action.name)
            lines = stage.lines()
            assert action.label.zh in lines[0]
            assert {cell_len(line) for line in lines} == {80}
            text = "\n".join(lines)
            for name in [*action.fields, "on"]:
                label = action.fields[name].label.zh if name in action.fields else "日期"
                if label not in text:  # below: every form can be scrolled to each of its fields
                    editor = stage.app.screen._editors[name]
                    editor.parent.scroll_visible(animate=False, force=True)
                    await stage.pilot.pause()
                    text = stage.text()
                assert label in text, (action.name, name)
            await stage.press("escape")
        assert not list((community / "drafts").glob("*")), "looking at a form leaves no draft"


async def test_answers_stand_below_one_another_typed_or_picked(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_form(stage, "transfer.issue", member=named(stage, "member", "吴新民"))
        await stage.shows("将要登记")
        starts = {
            cell_len(line[: line.index(answer)])
            for answer in ("吴新民", "输入名称", "30", "2012-12-31")
            for line in stage.lines()[1:9]
            if answer in line
        }
        assert len(starts) == 1, stage.text()


async def test_a_form_begins_with_an_organisation_only_where_one_of_its_kind_is_asked_for(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        for name, action, field, expected in (
            ("湖滨社区党委", "member.register", "organisation", ""),
            ("东湖支部", "member.register", "organisation", "东湖支部"),
            ("第一党小组", "member.register", "organisation", ""),
            ("第一党小组", "member.join_group", "organisation", "第一党小组"),
            ("东湖支部", "member.join_group", "organisation", ""),
            ("第一党小组", "organisation.found", "parent", ""),
            ("湖滨社区党委", "organisation.found", "parent", "湖滨社区党委"),
            ("湖滨社区党委", "organisation.rename", "organisation", "湖滨社区党委"),
        ):
            await open_form(stage, action, organisation=named(stage, "organisation", name))
            id = stage.app.screen.values[field]
            shown = stage.app.desk.view.at().names("organisation", [id]).get(id, "") if id else ""
            assert shown == expected, (name, action)
            await stage.press("escape")


async def test_only_organisations_that_fit_are_offered(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await open_form(stage, "member.register")
        stage.app.screen._editors["organisation"].focus()
        await stage.press("space")
        await stage.shows("铁路局机关支部")
        table = stage.app.screen.query_one("VirtualTable")
        await stage.until(lambda: table.row_count == 3)
        offered = {table.row_at(i).cells[0] for i in range(3)}
        assert offered == {"东湖支部", "西湖支部", "铁路局机关支部"}


async def test_a_member_is_registered_by_keys_alone(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("n")
        await stage.shows("登记党员")
        await stage.press("enter")
        await stage.shows("姓名", "三种党员")
        await stage.press("'何春生", "down", "'xh")
        await stage.shows("西湖支部")
        await stage.press("enter", "'1990-5", "down", "down", "'13900001111", "down", "down", "3")
        await stage.shows("将登记 2 条事件", "何春生", "139****1111")
        await stage.press("ctrl+s")
        await stage.shows("已登记 #73", "29")
        table = stage.app.screen.query_one("#members")
        await stage.until(
            lambda: (row := table.row_at(table.cursor_row)) and row.cells[0] == "何春生"
        )
    with Workspace.open(community) as ws:
        ledger = ws.at()
        member = ledger.called("member", "何春生")[0]
        row = ledger.get("members", member)
        assert row is not None
        assert (row["joined"], row["phone"]) == ("1990-05", "13900001111")
        assert ledger.rows("categories", member=member)[0]["category"] == "在册党员"


async def test_problems_stand_beside_their_fields(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await open_form(stage, "member.register")
        await stage.press("ctrl+s")
        await stage.shows("✗ 必填")
        assert sum("✗ 必填" in line for line in stage.lines()) == 2
        await stage.press("'李", "down", "down", "'19x", "down", "down", "'12")
        await stage.shows("应写成 1987", "应为电话号码")
        await stage.press("up", "up", "'1990")
        await stage.gone("应写成 1987")


async def test_a_choice_is_made_by_arrow_digit_and_letters(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await open_form(stage, "member.set_status", member=named(stage, "member", "吴新民"))
        form = stage.app.screen
        await stage.press("right")
        assert form.values["status"] == "正常"
        await stage.press("2")
        assert form.values["status"] == "失去联系"
        await stage.press("'t")
        await stage.shows("停止党籍")
        await stage.press("'z", "enter")
        await stage.until(lambda: form.values["status"] == "停止党籍")


async def test_full_width_digits_and_other_ways_to_write_a_day(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_form(stage, "service.log", member=named(stage, "member", "吴新民"))
        form = stage.app.screen
        form._editors["minutes"].value = "１：３０"
        form._editors["on"].value = "2012年12月1日"
        await stage.shows("将登记 1 条事件", "服务时间 1:30", "2012-12-01")


async def test_what_is_needed_of_a_soft_finding(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        letter = stage.app.desk.view.at().rows("transfers")[0]["id"]
        await open_form(stage, "transfer.receive", transfer=letter)
        await stage.shows("⚠ 注意：接收时介绍信已过有效期", "须填事由才能保存")
        await stage.press("ctrl+s")
        await stage.shows("请说明理由后再记录")
        await stage.press("'上级批准", "ctrl+s")
        await stage.shows("已登记")
    with Workspace.open(community) as ws:
        assert ws.at().rows("transfers")[0]["state"] == "已接收"


async def test_what_stays_as_it_is_is_said_to_stay(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        member = stage.app.desk.view.at().called("member", "赵国强")[0]
        await open_form(stage, "member.correct_details", member=member)
        await stage.until(lambda: stage.text().count("不填则不变") == 4)


async def test_what_to_look_at_again_asks_for_no_reason(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        branch = named(stage, "organisation", "东湖支部")
        await open_form(stage, "member.register", organisation=branch)
        editors = stage.app.screen._editors
        editors["name"].value = "王小明"
        await stage.shows("⚠ 注意：登记党员：该支部已有同名党员")
        editors["name"].value = "王大明"
        editors["id_number"].value = "110105194912310021"
        await stage.shows("⚠ 注意：身份号码：校验位不符")
        assert "须填事由" not in stage.text()
        assert "同名" not in stage.text()
        await stage.press("ctrl+s")
        await stage.shows("已登记")


async def test_a_refusal_is_a_sentence_and_loses_nothing(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await open_form(
            stage, "organisation.dissolve", organisation=named(stage, "organisation", "东湖支部")
        )
        await stage.shows("✗ 还有 1 个下级组织，不能撤销")
        await stage.press("ctrl+s")
        await stage.shows("✗ 还有 1 个下级组织，不能撤销")
        assert stage.app.screen.values["organisation"]
    with Workspace.open(community) as ws:
        assert ws.log.head() == 72


async def test_a_draft_is_offered_again_and_discarded_after_saving(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_form(stage, "unit.register")
        await stage.press("'实验小", "escape")
        await stage.shows("草稿已保留")
        file = community / "drafts" / "unit.register.json"
        assert drafted(file)["values"]["name"] == "实验小"
        assert file.stat().st_mode & 0o077 == 0
    async with staged(community) as stage:
        await open_form(stage, "unit.register")
        await stage.shows("已恢复", "的草稿", "实验小")
        await stage.press("2")
        await stage.shows("将登记 1 条事件")
        await stage.press("ctrl+s")
        await stage.shows("已登记")
        assert not file.exists()
        await open_form(stage, "unit.register")
        assert "已恢复" not in stage.text()
        await stage.press("'甲", "ctrl+r")
        await stage.until(lambda: not file.exists() and "甲" not in stage.app.screen.values["name"])


async def test_a_correction_begins_with_what_holds_and_a_void_of_it_restores(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'wangxiaoming", "enter")
        await stage.shows("党员类型")
        await stage.press("e")
        await stage.shows("更正 #8", "2003-07-01", "138****5678")
        form = stage.app.screen
        form._editors["joined"].value = "1999"
        form._editors["reason"].value = "档案为准"
        await stage.shows("将登记 1 条事件")
        await stage.press("ctrl+s")
        await stage.shows("已登记 #73", "1999")
        await stage.press("u")
        await stage.shows("作废 #73")
        await stage.press("'档案看错了")
        await stage.shows("将登记 1 条事件", "作废 #73")
        await stage.press("ctrl+s")
        await stage.shows("已登记 #74", "2003-07-01")
    with Workspace.open(community) as ws:
        assert ws.event(74).envelope.reason == "档案看错了"
        assert ws.event(74).envelope.voids == 73


async def test_a_void_lists_what_depends_on_it_and_takes_it_along(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        ws = stage.app.desk.ws
        merged = next(e for e in ws.log.read() if e.name == "organisation.merged")
        stage.app.records.void(merged.position)
        await stage.shows("连同依赖一并作废", "同一操作的一部分")
        await stage.press("'合并取消", "down", "1")
        await stage.shows("将登记 ")
        await stage.press("ctrl+s")
        await stage.shows("已登记 #73")
        await stage.shows("南湖支部")


async def test_undo_takes_back_ones_own_last_action_only(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("u")
        await stage.shows("没有可以撤销的登记")
        with Workspace.open(community, actor="测试员") as ws:
            ws.record("unit.register", {"name": "甲", "kind": "其他"})
        with Workspace.open(community, actor="别人") as ws:
            ws.record("unit.register", {"name": "乙", "kind": "其他"})
        await stage.shows("#74")
        await stage.press("u")
        await stage.shows("作废 #73", "甲")


async def test_what_others_record_while_a_form_opens_does_not_harm_it(
    staged: Any, community: Path
) -> None:
    """The form is on the stack already, but has no widgets yet."""
    async with staged(community) as stage:
        stage.app.records.void(63)
        stage.app.following.renew()
        await stage.shows("作废 #63", "将登记")


async def test_a_trial_that_ends_after_its_form_was_left_is_nobodys(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        stage.app.records.void(63)
        await stage.shows("将登记")
        form = stage.app.screen
        await stage.press("escape")
        await stage.until(lambda: form not in stage.app.screen_stack)
        form._tell(Trial("太晚"))
        await stage.shows("姓名")


async def test_the_letter_under_way_is_known_on_the_members_page(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'zhaoguoq", "enter")
        await stage.shows("党员类型")
        await stage.press("n", "'jszzgx")
        await stage.shows("接收组织关系")
        await stage.press("enter")
        await stage.shows("介1")


def test_a_damaged_draft_counts_as_none(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    drafts.save("a.b", {"x": "1"})
    draft = drafts.load("a.b")
    assert draft is not None
    assert draft.values == {"x": "1"}
    (tmp_path / "drafts" / "a.b.json").write_text('{"values": [')
    assert drafts.load("a.b") is None
    drafts.save("../../evil", {"x": "1"})
    assert {p.parent for p in tmp_path.rglob("*.json")} == {tmp_path / "drafts"}


async def test_a_form_blames_nobody_before_anything_was_answered(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_form(stage, "member.correct_details", member=named(stage, "member", "王小明"))
        await stage.shows("没有要更正的内容")
        trial = stage.app.screen.query_one("#form-trial")
        assert not trial.has_class("-refused")
        await stage.press("'王晓明")
        await stage.shows("将登记 1 条事件")
        assert "？）" not in stage.text()
        assert "?）" not in stage.text()
        await stage.press(*["backspace"] * 3)
        await stage.shows("✗ 更正资料：没有要更正的内容")
        assert trial.has_class("-refused")


async def test_undo_takes_all_events_of_an_action(staged: Any, community: Path) -> None:
    with Workspace.open(community, actor="测试员") as ws:
        before = ws.at().rows("memberships")
        merge = ws.record("organisation.merge", {"organisation": "东湖支部", "to": "西湖支部"})
        assert len(merge.seq) > 2
    async with staged(community) as stage:
        await stage.press("u")
        await stage.shows("将登记 ", f"作废 #{merge.seq[0]}")
        await stage.press("'没有合并", "ctrl+s")
        await stage.shows(f"已登记 #{merge.seq[-1] + 1}")
    with Workspace.open(community) as ws:
        voids = [ws.event(merge.seq[-1] + i).envelope for i in range(1, len(merge.seq) + 1)]
        assert sorted(v.voids or 0 for v in voids) == list(merge.seq)
        assert len({v.action for v in voids}) == 1
        assert [r["member"] for r in ws.at().rows("memberships")] == [r["member"] for r in before]


async def test_undo_takes_a_batch_back_but_for_what_others_built_on(
    staged: Any, community: Path
) -> None:
    with Workspace.open(community, actor="测试员") as ws:
        requests = [
            Request("member.register", {"name": n, "organisation": "东湖支部"}, "2010-01-01")
            for n in ("何一", "何二", "何三")
        ]
        batch = ws.record_batch(requests)
    with Workspace.open(community, actor="别人") as ws:
        ws.record("service.log", {"member": "何二", "minutes": "60"}, on="2011-01-01")
    first, kept, last = batch.seq
    async with staged(community) as stage:
        await stage.press("u")
        await stage.shows("整批收回", "将登记 2 条事件", f"作废 #{first}", f"保留 #{kept}")
        await stage.press("'名册导错了", "ctrl+s")
        await stage.shows(f"已登记 #{last + 2}", "批次", f"保留 #{kept}")
        # What was kept is not offered again.
        await stage.press("u")
        await stage.shows("没有可以撤销的登记")
    with Workspace.open(community) as ws:
        assert [len(ws.at().called("member", n)) for n in ("何一", "何二", "何三")] == [0, 1, 0]
        assert batches(ws)[-1].events == 2
