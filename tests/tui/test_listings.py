"""All tables, any table, the event log: opened, filtered, paged; and the palette and help."""

import json
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from taizhang.cli import main
from taizhang.office.overview.members import PINYIN, REGISTRATION, Members
from taizhang.office.overview.tree import UNCOUNTED, Forest, MemberScope
from taizhang.readmodels.eventlog import EventLog, typed
from taizhang.readmodels.rows import TableRows
from taizhang.workspace import Workspace
from taizhang_tui.desk.desk import Desk, Moment
from taizhang_tui.widgets.virtual_table import VirtualTable


def log_of(desk: Desk, text: str) -> EventLog:
    """The log at the desk's clocks."""
    wanted = typed(desk.ws.registry, text)
    return EventLog(lambda: desk.view, wanted, "zh", desk.moment.known)


@pytest.mark.slow
async def test_every_table_of_every_programme_opens(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("b")
        await stage.shows("志愿者队伍")
        tables = list(stage.app.desk.ws.registry.tables.values())
        for i, table in enumerate(tables):
            if i:
                await stage.press("down")
            await stage.press("enter")
            await stage.until(lambda t=table: t.label.zh in stage.lines()[0])
            await stage.until(
                lambda: stage.app.screen.query_one(VirtualTable).row_count is not None
            )
            assert {cell_len(line) for line in stage.lines()} == {80}
            await stage.press("escape")
            await stage.shows("全部台账")
        await stage.shows("liudai_leads", "六带")


async def test_a_table_is_filtered_by_any_cell_and_opens_its_events(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("b", "slash", "'memberships", "enter")
        await stage.shows("组织关系", "来由")
        table = stage.app.screen.query_one(VirtualTable)
        await stage.until(lambda: table.row_count == 29)
        typing = (
            ("小明", 1),
            ("小　明", 1),
            ("西 湖", 20),
            ("⻄湖", 20),
            ("整建制", 8),
            ("100%", 0),
        )
        for typed, count in typing:
            await stage.press("slash", "'" + typed)
            await stage.until(lambda n=count: table.row_count == n)
            await stage.press("escape")
            await stage.until(lambda: table.row_count == 29)
        await stage.press("slash", "'小明", "enter")
        await stage.shows("member.registered@1")


async def test_the_log_is_newest_first_and_filtered_by_type_and_tag(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await stage.press("l")
        await stage.shows("#72", "组织合并")
        table = stage.app.screen.query_one(VirtualTable)
        assert table.row_at(0).cells[0] == "#72"  # type: ignore[union-attr]
        await stage.press("end")
        await stage.shows("#1 ", "开账")
        await stage.press("slash", "'organisation.merged")
        await stage.until(lambda: table.row_count == 1)
        await stage.press("escape")
        member = stage.app.desk.view.at().called("member", "王小明")[0]
        await stage.press("slash", f"'member:{member}")
        await stage.until(lambda: table.row_count == 4)
        await stage.press("enter")
        await stage.shows("编入党小组")


def shown(source: Any) -> list[str]:
    """The keys of all rows, read in pages of seven."""
    keys: list[str] = []
    while True:
        page = source.page(len(keys), len(keys) + 7)
        keys += [row.key for row in page]
        if len(page) < 7:
            return keys


def test_the_log_with_gaps_filters_and_a_past_position_is_paged_whole(community: Path) -> None:
    desk = Desk(str(community))
    desk.open().result()
    try:
        every = list(desk.ws.log.read())
        for text in ("", "member.", "owner:members"):
            wanted = [
                str(e.position)
                for e in reversed(every)
                if not text or e.type.startswith(text) or text in e.tags
            ]
            source = log_of(desk, text)
            assert shown(source) == wanted
            assert source.count() == len(wanted)
            late = log_of(desk, text)
            assert [r.key for r in late.page(21, 28)] == wanted[21:28]
        registered = [str(e.position) for e in reversed(every) if e.name == "member.registered"]
        for text in ("登记党员", "member registered", "登记党"):
            assert shown(log_of(desk, text)) == registered
        merged = {"organisation.merged", "organisation.founded"}
        by_word = [str(e.position) for e in reversed(every) if e.name in merged]
        assert set(by_word) <= set(shown(log_of(desk, "组织")))
        for text in ("#23", "23", "＃２３"):
            assert shown(log_of(desk, text)) == ["23"]
        assert shown(log_of(desk, "#999")) == shown(log_of(desk, "没有")) == []
        desk.moment = Moment(None, 40)
        assert shown(log_of(desk, "#41")) == []
        assert shown(log_of(desk, "")) == [str(n) for n in range(40, 0, -1)]
        assert log_of(desk, "").index_of("40") == 0
        assert log_of(desk, "").index_of("41") is None
    finally:
        desk.close()


def test_members_are_the_same_by_every_way_of_reading_them(community: Path) -> None:
    desk = Desk(str(community))
    desk.open().result()
    try:
        ledger = desk.ledger()
        forest = Forest.read(ledger)
        for id in ("", *forest.nodes):
            scope = forest.scope(id)
            sorted_first = Members(desk.reading(), scope, order=REGISTRATION)
            walked = Members(
                desk.reading(),
                MemberScope(scope.id, scope.name, scope.ids, scope.table, UNCOUNTED),
                order=REGISTRATION,
            )
            by_sound = Members(desk.reading(), scope, order=PINYIN)
            keys = shown(sorted_first)
            assert len(keys) == scope.members == len(set(keys))
            assert shown(walked) == keys
            assert sorted(shown(by_sound)) == sorted(keys)
            assert [sorted_first.index_of(k) for k in keys] == list(range(len(keys)))
        # Pages read before the array is there are those read after it.
        walked = Members(
            desk.reading(),
            MemberScope("", "", forest.scope("").ids, members=UNCOUNTED),
            order=REGISTRATION,
        )
        before = [r.key for r in walked.page(5, 12)]
        walked.count()
        assert [r.key for r in walked.page(5, 12)] == before
    finally:
        desk.close()


def test_a_corrected_detail_leaves_the_order_of_entry(community: Path) -> None:
    desk = Desk(str(community))
    desk.open().result()
    try:
        scope = Forest.read(desk.ledger()).scope("")
        before = shown(Members(desk.reading(), scope, order=REGISTRATION))
        desk.ws.record("member.correct_details", {"member": before[3], "phone": "13900000000"})
        desk.ws.record("member.set_stage", {"member": before[5], "stage": "预备党员"})
        assert shown(Members(desk.reading(), scope, order=REGISTRATION)) == before
    finally:
        desk.close()


def test_a_table_as_known_then_and_its_filter(community: Path) -> None:
    desk = Desk(str(community))
    desk.open().result()
    try:
        table = desk.ws.registry.tables["memberships"]
        head = desk.ws.log.head()
        member = desk.ws.at().called("member", "吴新民")[0]
        desk.ws.record("member.leave", {"member": member, "how": "退党"}, on="2012-01-01")
        assert TableRows(desk.reading(), table, "", "zh").count() == 28
        assert TableRows(desk.reading(), table, "吴新民", "zh").count() == 0
        desk.moment = Moment(None, head)
        assert TableRows(desk.reading(), table, "", "zh").count() == 29
        assert TableRows(desk.reading(), table, "吴新民", "zh").count() == 1
        assert TableRows(desk.reading(), table, "", "zh").page(0, 3)[0].cells[0]
    finally:
        desk.close()


def test_a_computed_column_is_shown_and_filtered_like_others(community: Path) -> None:
    """Until when a matter is due follows from the calendar of the day: no event says it."""
    desk = Desk(str(community))
    desk.open().result()
    try:
        desk.ws.record("calendar.seed", {"first": 2011, "last": 2012}, on="2010-01-01")
        place = desk.ws.at("2011-01-10").query("SELECT id FROM organisations ORDER BY src")[0]["id"]
        for number, days in (("一", 3), ("二", 4)):
            matter = {"number": number, "kind": "限时件", "days": days, "organisation": place}
            fields = {**matter, "what": "路灯不亮"}
            desk.ws.record("wujian.matter.accept", fields, on="2012-09-28", accept=True)
        table = desk.ws.registry.tables["wujian_matters"]
        every = TableRows(desk.reading(), table, "", "zh")
        column = [c.label for c in every.columns].index("期限")
        assert [r.cells[column] for r in every.page(0, 5)] == ["2012-10-09", "2012-10-10"]
        found = TableRows(desk.reading(), table, "2012-10-10", "zh")
        assert [r.cells[0] for r in found.page(0, 5)] == ["二"]
    finally:
        desk.close()


async def test_the_palette_finds_actions_tables_and_screens(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        for key in ("colon", "ctrl+p", "："):
            await stage.press(key)
            await stage.shows("命令", "事件日志")
            await stage.press("escape")
        await stage.press("colon", "'djdw")
        await stage.shows("登记单位")
        await stage.press("enter")
        await stage.until(lambda: "登记单位" in stage.lines()[0])
        await stage.press("escape", "colon", "'sjrz", "enter")
        await stage.until(lambda: "事件日志" in stage.lines()[0])
        await stage.press("colon", "'zyzdw", "enter")
        await stage.until(lambda: "志愿者队伍" in stage.lines()[0])


async def test_help_names_the_keys_of_the_screen(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        for key in ("question_mark", "？"):
            await stage.press(key)
            await stage.shows("左边是组织", "筛选", "有效日期后退", "退出")
            await stage.press("escape")
        await stage.press("enter")
        await stage.shows("党员类型")
        await stage.press("question_mark")
        await stage.shows("更正", "作废", "显示或遮住")


def test_nothing_of_the_screens_names_a_programme() -> None:
    folder = Path(__file__).parents[2] / "tui" / "taizhang_tui"
    for file in folder.rglob("*.py"):
        assert "liudai" not in file.read_text("utf-8"), file


def test_the_community_is_as_the_tests_think(community: Path) -> None:
    with Workspace.open(community) as ws:
        assert ws.log.head() == 72
        assert ws.at().value("SELECT count(*) FROM memberships") == 29


def test_an_event_reads_the_same_on_screen_and_on_the_command_line(
    community: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Workspace.open(community) as ws:
        service = ws.at().rows("services")[0]["id"]
        ws.record("service.approve", {"service": service}, on="2012-12-01")
        approval = str(ws.void(ws.log.head(), reason="核错").seq[0] - 1)
    with pytest.raises(SystemExit):
        main(["--store", str(community), "events", "--json", "--limit", "1000"])
    said = {str(e["seq"]): e["summary"] for e in json.loads(capsys.readouterr().out)}
    desk = Desk(str(community))
    desk.open().result()
    try:
        source = log_of(desk, "")
        shown = {row.key: row.cells[4] for row in source.page(0, source.count())}
    finally:
        desk.close()
    assert shown == said
    assert said[approval] == "服务 王小明 2:30 清扫"
