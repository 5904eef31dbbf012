"""Pages of members, organisations and events: details, timelines, lineage, masks, amendments."""

from pathlib import Path
from typing import Any

from rich.cells import cell_len

from taizhang.office.overview.facts import facts
from taizhang.readmodels.eventpage import event_page
from taizhang.readmodels.listing import DIM
from taizhang.readmodels.pages import entity_page
from taizhang.workspace import Workspace
from taizhang_tui.desk.desk import Desk
from taizhang_tui.widgets.virtual_table import VirtualTable


async def open_member(stage: Any, typed: str) -> None:
    """Finds a member and opens the page."""
    await stage.press("slash", "'" + typed, "enter")
    await stage.shows("党员类型")


def found(ws: Workspace, entity: str, name: str) -> str:
    """The id of what bears a name."""
    return ws.at().called(entity, name)[0]


async def test_a_member_page_has_details_and_timelines_with_events(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_member(stage, "wangxiaoming")
        text = stage.text()
        assert "湖滨社区党委 › 东湖支部" in text
        for word in (
            "第一党小组",
            "三种党员",
            "在职党员",
            "志愿服务时间",
            "2:30",
            "组织关系",
            "登记",
        ):
            assert word in text, word
        assert {cell_len(line) for line in stage.lines()} == {80}
        assert "#" in text


async def test_telephone_and_id_number_are_masked_until_asked_for(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_member(stage, "wangxiaoming")
        assert "138****5678" in stage.text()
        assert "13812345678" not in stage.text()
        assert "340702197501011234" not in stage.text()
        await stage.press("v")
        await stage.shows("13812345678", "340702197501011234")
        await stage.press("v")
        await stage.gone("13812345678")


async def test_who_opens_a_member_s_page_is_noted(staged: Any, community: Path) -> None:
    with Workspace.open(community) as ws:
        subject = f"member:{found(ws, 'member', '王小明')}"
    async with staged(community) as stage:
        await stage.press("left", "enter")  # an organisation is nobody
        await stage.shows("Esc 返回")
        await stage.press("escape", "left")
        await open_member(stage, "wangxiaoming")
        await stage.press("v")
        await stage.shows("13812345678")
        await stage.press("v")
        viewings = stage.app.desk.ws.viewings
        await stage.until(lambda: len(viewings.of(subject)) == 2)
    assert [v.how for v in viewings.of(subject)] == ["page", "numbers"]
    assert {v.actor for v in viewings.of(subject)} == {stage.app.desk.ws.actor}
    assert len((community / "viewings.jsonl").read_text("utf-8").splitlines()) == 2


async def test_a_line_opens_its_event_and_that_the_member_again(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_member(stage, "wangxiaoming")
        await stage.press("enter")
        await stage.shows("member.registered@1", "示例员", "owner:members")
        assert "138****5678" in stage.text()
        await stage.press("down", "down", "enter")
        await stage.until(lambda: len(stage.app.screen_stack) == 4)
        await stage.press("escape", "escape", "escape")
        await stage.shows("1 / 28")


async def test_what_is_new_on_an_events_page_is_about_those_it_tells_of(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await open_member(stage, "wangxiaoming")
        await stage.press("enter")
        await stage.shows("登记党员")
        await stage.press("n", "'kcjsx", "enter")
        await stage.shows("开出介绍信")
        await stage.shows("王小明")


async def test_lineage_is_walked_both_ways(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("left", "down", "down", "enter")
        await stage.shows("原组织", "南湖支部")
        assert "西湖支部" in stage.lines()[0]
        table = stage.app.screen.query_one(VirtualTable)
        await stage.until(lambda: table.row_count)
        while "lineage" not in (table.cursor_key or ""):
            await stage.press("down")
        await stage.press("enter")
        await stage.shows("承接组织", "2012-12-31 不在册")
        assert "南湖支部" in stage.lines()[0]
        table = stage.app.screen.query_one(VirtualTable)
        while "lineage" not in (table.cursor_key or ""):
            await stage.press("down")
        await stage.press("enter")
        await stage.until(lambda: "西湖支部" in stage.lines()[0])


def test_a_page_at_both_clocks(community: Path) -> None:
    desk = Desk(str(community))
    desk.open().result()
    try:
        member = found(desk.ws, "member", "赵国强")
        before = desk.ws.log.head()
        east = found(desk.ws, "organisation", "西湖支部")
        letter = desk.ws.at().rows("transfers", member=member)[0]["id"]
        desk.ws.record("transfer.receive", {"transfer": letter}, on="2012-11-20")
        now = entity_page(desk.ledger(), "member", member, "zh")
        assert any("西湖支部" in text for _, text in now.facts)
        ended = [
            r for r in now.rows if "东湖支部" in r.cells[3] and r.key.startswith("memberships:")
        ]
        assert ended[0].cells[0] == "2007-05-11 – 2012-11-20"
        assert ended[0].marks[0] == DIM
        past = entity_page(desk.view.at(None, before), "member", member, "zh")
        assert any("东湖支部" in text for _, text in past.facts)
        assert not any("西湖支部" in r.cells[3] for r in past.rows if "memberships" in r.key)
        year = entity_page(desk.view.at(desk.ws.at("2012-11-10").on), "member", member, "zh")
        assert any("东湖支部" in text for _, text in year.facts)
        page = entity_page(desk.ledger(), "organisation", east, "zh", more=facts)
        assert ("党员", "21") in page.facts
    finally:
        desk.close()


def test_an_event_page_shows_the_chain_of_amendments(community: Path) -> None:
    desk = Desk(str(community))
    desk.open().result()
    try:
        member = found(desk.ws, "member", "吴新民")
        fact = desk.ws.at().get("members", member)
        assert fact is not None
        seq = desk.ws.correct(fact["src"], {"joined": "1999"}, reason="档案为准").seq[0]
        page = event_page(desk.view, fact["src"], "zh")
        assert page is not None
        assert ("状态", "已更正") in page.facts
        chain = [row.cells for row in page.rows if row.key.startswith("更正链")]
        assert [cells[1] for cells in chain] == [f"#{fact['src']}", f"#{seq}"]
        assert "档案为准" in chain[1][3]
        void = desk.ws.void(seq, reason="弄错").seq[0]
        page = event_page(desk.view, seq, "zh")
        assert page is not None
        assert ("状态", "已作废") in page.facts
        assert any(row.cells[1] == f"#{void}" for row in page.rows)
        assert event_page(desk.view, 10_000, "zh") is None
    finally:
        desk.close()


async def test_a_letter_stands_once_on_its_member_s_page_as_it_stood_last(
    staged: Any, community: Path
) -> None:
    with Workspace.open(community) as ws:
        letter = next(iter(ws.at().rows("transfers")))["id"]
        ws.record("transfer.receive", {"transfer": letter}, on="2012-11-20", accept=True)
    async with staged(community) as stage:
        view = stage.app.desk.view
        member = view.at().called("member", "赵国强")[0]
        page = entity_page(view.at(), "member", member, "zh")
        assert page is not None
        lines = [row for row in page.rows if row.key.startswith("transfers:")]
        assert len(lines) == 1
        assert "已接收" in lines[0].cells[3]
        own = entity_page(view.at(), "transfer", letter, "zh")
        assert own is not None
        assert sum(row.key.startswith("transfers:") for row in own.rows) == 2, (
            "its own page has both"
        )


async def test_what_has_no_name_is_called_by_what_it_holds(staged: Any, community: Path) -> None:
    with Workspace.open(community) as ws:
        service = next(iter(ws.at().rows("services")))["id"]
        ws.record("service.approve", {"service": service}, on="2012-06-01", accept=True)
    async with staged(community, size=(120, 30)) as stage:
        await stage.press("l")
        await stage.shows("核定服务时间", "服务 王小明 2:30")
        assert service not in stage.text()
