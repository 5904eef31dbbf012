"""What is masked is neither shown nor told by what finds it, and whoever looks at it is noted."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from taizhang.api import Line, Member, Phone, Programme, Row, Text, field
from taizhang.declarations.fields import specs
from taizhang.workspace import Workspace
from taizhang_tui.forms.lines import rows_of, shown, whole
from taizhang_tui.testing import Stage
from taizhang_tui.widgets.virtual_table import VirtualTable

PHONE, NUMBER = "13812345678", "340702197501011234"


async def member_page(stage: Stage) -> None:
    await stage.press("slash", "'wangxiaoming", "enter")
    await stage.shows("党员类型")


async def test_the_form_of_a_correction_has_no_number_and_leaves_those_that_are_left(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await member_page(stage)
        await stage.press("e")
        await stage.shows("更正 #8", "138****5678", "340***********1234")
        form = stage.app.screen
        assert not {PHONE, NUMBER} & set(form.values.values())
        form._editors["joined"].value = "1999"
        form._editors["reason"].value = "档案为准"
        await stage.shows("将登记 1 条事件")
        assert PHONE not in stage.text()
        assert NUMBER not in stage.text()
        kept = {a for one in stage.app.desk.drafts.waiting() for a in one.values.values()}
        assert "1999" in kept
        assert not {PHONE, NUMBER} & kept
        form._editors["phone"].value = "139****5678"
        await stage.shows("应为电话号码")
        form._editors["phone"].value = "13912345678"
        await stage.shows("将登记 1 条事件")
        await stage.press("ctrl+s")
        await stage.shows("已登记 #73")
    with Workspace.open(community) as ws:
        member = ws.at().called("member", "王小明")[0]
        row = ws.at().get("members", member)
        assert row is not None
        assert (row["joined"], row["phone"], row["id_number"]) == ("1999", "13912345678", NUMBER)


@pytest.mark.parametrize("typed", ["5678", "1234567", PHONE, "1234", NUMBER, "0101"])
async def test_no_filter_finds_a_person_by_a_number(
    staged: Any, community: Path, typed: str
) -> None:
    async with staged(community) as stage:
        await stage.press("slash", "'" + typed)
        table = stage.app.screen.query_one("#members", VirtualTable)
        await stage.until(lambda: table.row_count == 0)
        await stage.press("escape")
        await stage.table("members")
        await stage.shows("东湖支部")
        table = stage.app.screen.query_one(VirtualTable)
        await stage.until(lambda: table.row_count)
        every = table.row_count
        await stage.press("slash", "'" + typed)
        await stage.until(lambda: table.row_count == 0)
        await stage.press("escape", "slash", "'东湖")
        await stage.until(lambda: table.row_count not in (None, 0, every))


async def test_the_numbers_of_a_row_s_reasons_are_looked_at_with_a_note(
    staged: Any, community: Path
) -> None:
    async with staged(community) as stage:
        await member_page(stage)
        await stage.press("w")
        await stage.shows("138****5678")
        await stage.press("v")
        await stage.shows(PHONE)
        view = stage.app.desk.view
        subject = f"member:{view.at().called('member', '王小明')[0]}"
        viewings = stage.app.desk.ws.viewings
        await stage.until(lambda: [v.how for v in viewings.of(subject)] == ["page", "numbers"])


async def test_read_only_no_number_is_shown_for_no_look_can_be_noted(
    staged: Any, community: Path
) -> None:
    async with staged(community, read_only=True) as stage:
        await member_page(stage)
        for key in ("v", "w"):
            await stage.press(key)
            if key == "w":
                await stage.shows("编号")
                await stage.press("v")
            await stage.shows("查阅无处可记")
            assert PHONE not in stage.text()
    assert not (community / "viewings.jsonl").exists()


class Caller(Line):
    member: Member = field("党员|Member")
    phone: Phone = field("电话|Phone")


def test_masked_numbers_of_lines_that_were_left_are_those_that_they_stand_for() -> None:
    class Called(msgspec.Struct):
        callers: tuple[Caller, ...]

    lines = (Caller(member="m-1", phone=PHONE), Caller(member="m-2", phone="13899995678"))
    spec = specs(_calling())["callers"]
    text = shown(spec, lines)
    assert PHONE not in text
    turned = [*rows_of(text)[::-1], {"member": "m-3", "phone": "13500000000"}]
    import json

    answered = rows_of(whole(spec, json.dumps(turned), Called(lines).callers))
    assert [row["phone"] for row in answered] == ["13899995678", PHONE, "13500000000"]


def _calling() -> Any:
    from taizhang.api import Event, Lines

    class Calling(Event):
        callers: Lines[Caller] = field("来电|Calls", lines=Caller)

    return Calling


@pytest.mark.parametrize("by", ["title", "search"])
def test_nobody_is_declared_to_be_called_or_found_by_what_is_masked(by: str) -> None:
    class CallerRow(Row):
        name: Text = field("姓名|Name")
        phone: Phone = field("电话|Phone")

    words: dict[str, Any] = {by: "phone" if by == "title" else ("name", "phone")}
    with pytest.raises(ValueError, match="phone, which is masked"):
        Programme("calls", "来电|Calls").folds(
            "callers", "来电者|Callers", CallerRow, entity="callscaller", prefix="ca", **words
        )
