"""Facts with lines: recorded, corrected and made void, whole and line by line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from taizhang.api import Choice, Line, Lines, Member, Row, Text, field
from taizhang.decisions.lines import parse_lines
from taizhang.declarations.fields import MOST_LINES, specs
from taizhang.duties.board import people, windows_of
from taizhang.duties.figures import figure_of, values
from taizhang.readmodels.difference import Difference
from taizhang.readmodels.locating import locate
from taizhang.readmodels.points import Point
from taizhang.readmodels.why import Story
from taizhang.words.errors import Dependents, Invalid, NotFound, Refused, Usage
from taizhang.workspace import Receipt, Workspace

LINES = ["王小明=出席", "张伟=请假,出差", {"member": "李秀英", "presence": "缺席"}]


def held(ws: Workspace, lines: Any = None, on: str = "2012-03-01", **fields: Any) -> int:
    """Records a meeting; its position."""
    given = {"organisation": "第一支部", "topic": "学习", "attendance": lines or LINES, **fields}
    return ws.record("gather.meeting.hold", given, on=on).seq[0]


def shown(ws: Workspace, known: int | None = None) -> list[tuple[int, str, str, str]]:
    """Number, name, presence and note of each line there is."""
    ledger = ws.at(known=known)
    rows = ledger.rows("gather_attendance")
    names = ledger.names("member", [row["member"] for row in rows])
    return [(r["line"], names[r["member"]], r["presence"], r["note"]) for r in rows]


def stored(ws: Workspace) -> list[tuple[Any, ...]]:
    """The rows of lines, as they are stored."""
    return ws.db.execute("SELECT * FROM _gather_attendance ORDER BY src").fetchall()


def present(ws: Workspace) -> list[int]:
    return [row["present"] for row in ws.at().rows("gather_meetings")]


FIRST = [(1, "王小明", "出席", ""), (2, "张伟", "请假", "出差"), (3, "李秀英", "缺席", "")]


def test_a_meeting_is_one_event_with_a_row_for_each_line(meeting: Workspace) -> None:
    seq = held(meeting)
    assert shown(meeting) == FIRST
    assert present(meeting) == [1]
    event = meeting.event(seq)
    said = json.loads(event.data)["payload"]["attendance"]
    assert ["note" in line for line in said] == [True, False, True]
    assert "出差" not in event.data.decode()
    assert sum(tag.startswith("member:") for tag in event.tags) == 3
    assert list(event.envelope.sealed) == ["attendance/2/note"]


def test_one_line_is_corrected_and_the_others_stay_byte_for_byte(meeting: Workspace) -> None:
    seq = held(meeting)
    before = stored(meeting)
    again = meeting.correct(seq, {"presence": "迟到"}, reason="来了", line=3).seq[0]
    after = stored(meeting)
    assert after[:2] == before[:2]
    assert shown(meeting) == [*FIRST[:2], (3, "李秀英", "迟到", "")]
    assert present(meeting) == [2]
    assert shown(meeting, known=seq) == FIRST
    gone = meeting.db.execute("SELECT src FROM _gather_attendance_history").fetchall()
    assert gone == [(before[2][0],)]
    event = meeting.event(again)
    assert event.envelope.line == "attendance/3"
    assert sum(tag.startswith("member:") for tag in event.tags) == 1

    meeting.correct(again, {"member": "赵强"}, reason="写错人")
    assert shown(meeting)[2] == (3, "赵强", "迟到", "")
    meeting.void(again, reason="多余")
    assert shown(meeting)[2] == (3, "赵强", "迟到", "")
    meeting.void(again + 1, reason="多余")
    assert shown(meeting) == FIRST


def test_one_line_is_void_and_the_void_of_that_revives_it(meeting: Workspace) -> None:
    seq = held(meeting)
    before = stored(meeting)
    void = meeting.void(seq, reason="没通知他", line=2).seq[0]
    assert shown(meeting) == [FIRST[0], FIRST[2]]
    assert stored(meeting) == [before[0], before[2]]
    with pytest.raises(Refused, match="attendance/2 行已经作废"):
        meeting.void(seq, reason="再来", line=2)
    with pytest.raises(Refused, match="第 2 行已作废，不能更正"):
        meeting.correct(seq, {"presence": "出席"}, reason="来了", line=2)
    revived = meeting.void(void, reason="通知了").seq[0]
    assert shown(meeting) == FIRST
    assert shown(meeting, known=void) == [FIRST[0], FIRST[2]]
    meeting.void(revived, reason="还是没有")
    assert shown(meeting) == [FIRST[0], FIRST[2]]


def test_a_correction_of_the_whole_keeps_the_numbers_and_what_was_said_of_lines(
    meeting: Workspace,
) -> None:
    seq = held(meeting)
    meeting.void(seq, reason="没通知他", line=2)
    meeting.correct(seq, {"presence": "迟到"}, reason="来了", line=3)
    whole = meeting.correct(seq, {"topic": "改选"}, reason="议题写错").seq[0]
    assert shown(meeting) == [FIRST[0], (3, "李秀英", "迟到", "")]
    assert [r["topic"] for r in meeting.at().rows("gather_meetings")] == ["改选"]
    before = stored(meeting)
    meeting.correct(seq, {"attendance": ["李秀英=出席", "王小明=出席", "赵强=缺席"]}, reason="重报")
    # Those who were there keep their numbers, whatever the order in which they are given.
    assert shown(meeting) == [FIRST[0], (3, "李秀英", "出席", ""), (4, "赵强", "缺席", "")]
    assert stored(meeting)[0] == before[0]
    meeting.void(whole + 1, reason="不对")
    assert shown(meeting) == [FIRST[0], (3, "李秀英", "迟到", "")]
    meeting.void(whole, reason="不对")
    assert shown(meeting) == [FIRST[0], (3, "李秀英", "迟到", "")]
    meeting.void(seq, reason="没开")
    assert shown(meeting) == []
    assert present(meeting) == []


def test_a_line_that_is_not_there_is_named(meeting: Workspace) -> None:
    seq = held(meeting, guests=["客人"])
    with pytest.raises(Usage, match=r"没有 hosts/1 行；写成 N\|attendance/N\|guests/N"):
        meeting.void(seq, reason="多", line="hosts/1")
    with pytest.raises(NotFound, match=f"第 {seq} 号事件没有第 9 行"):
        meeting.void(seq, reason="多", line="attendance/9")
    with pytest.raises(Usage, match="没有明细行"):
        meeting.void(2, reason="多", line=1)
    with pytest.raises(Usage, match="明细行没有字段 topic"):
        meeting.correct(seq, {"topic": "x"}, reason="多", line="attendance/1")
    with pytest.raises(Usage, match="没有自己的日期"):
        meeting.correct(
            seq, {"presence": "出席"}, on="2012-01-01", reason="多", line="attendance/1"
        )
    meeting.void(seq, reason="没来", line="guests/1")
    assert meeting.at().rows("gather_guests") == []
    assert len(shown(meeting)) == 3


def test_all_problems_of_all_lines_are_told_at_once(meeting: Workspace) -> None:
    lines = ["王小明=来了", "某某=出席", {"presence": "出席"}, {"谁": "张伟"}, "张伟=出席,一,二", 5]
    with pytest.raises(Invalid) as refused:
        held(meeting, lines, guests=[{"name": "客人", "seats": 10}])
    cells = [(p.field, p.cell) for p in refused.value.problems]
    assert cells == [
        ("attendance", (1, "presence")),
        ("attendance", (2, "member")),
        ("attendance", (3, "member")),
        ("attendance", (4, "")),
        ("attendance", (5, "")),
        ("attendance", (6, "")),
        ("guests", (1, "seats")),
    ]
    text = str(refused.value)
    assert "出席 第 1 行 状态：应为 出席、迟到、请假、缺席 之一" in text
    assert "出席 第 2 行 党员：2012-03-01 没有名为“某某”的党员" in text
    assert "来宾 第 1 行 座位：不得大于 9" in text
    with pytest.raises(Invalid, match="同一人列了两次"):
        held(meeting, ["王小明=出席", "王小明=缺席"])
    with pytest.raises(Invalid, match="必填"):
        meeting.record("gather.meeting.hold", {"organisation": "第一支部", "topic": "学习"})
    with pytest.raises(Invalid, match="至少要有 1 行"):
        meeting.record(
            "gather.meeting.hold", {"organisation": "第一支部", "topic": "学习", "attendance": []}
        )


def test_a_correction_of_one_line_is_held_to_the_rules_among_lines(meeting: Workspace) -> None:
    seq = held(meeting)
    with pytest.raises(Invalid, match="同一人列了两次"):
        meeting.correct(seq, {"member": "王小明"}, reason="写错", line=2)
    with pytest.raises(Invalid, match="出席 第 2 行 状态：应为"):
        meeting.correct(seq, {"presence": "病假"}, reason="写错", line=2)


def taken(ws: Workspace, action: str, count: int) -> Receipt:
    payments = [{"member": "王小明", "amount": n + 1} for n in range(count)]
    return ws.record(f"gather.dues.{action}", {"payments": payments}, on="2012-03-01")


def test_an_event_has_two_thousand_lines_at_most_and_an_action_yields_several(
    meeting: Workspace,
) -> None:
    with pytest.raises(Refused, match="超过 2000 行"):
        taken(meeting, "lump", MOST_LINES + 1)
    receipt = taken(meeting, "take", MOST_LINES + 1)
    assert len(receipt.seq) == 2
    assert meeting.at().value("SELECT sum(amount) FROM gather_payments") == sum(
        range(1, MOST_LINES + 2)
    )
    with pytest.raises(Invalid, match="最多 2000 行，这里有 2001 行"):
        held(meeting, ["王小明=出席"] * (MOST_LINES + 1))


def test_a_void_that_later_facts_need_lists_them(meeting: Workspace) -> None:
    seq = held(meeting)
    member = meeting.at().called("member", "王小明")[0]
    with pytest.raises(Dependents):
        meeting.void(2, reason="没这人")
    meeting.void(2, reason="没这人", cascade=True)
    # The meeting named the member: it fell with the registration.
    assert meeting.at().rows("gather_attendance", member=member) == []
    assert meeting.event(seq + 1).envelope.voids is not None


def test_why_names_the_event_behind_a_cell_of_a_line(meeting: Workspace) -> None:
    seq = held(meeting)
    meeting.correct(seq, {"presence": "迟到"}, reason="张三更正", line=3)
    again = meeting.correct(seq, {"presence": "迟到"}, reason="来了", line=2).seq[0]
    ledger, table = meeting.at(), meeting.registry.table("gather_attendance")
    with pytest.raises(Usage, match=f"#{seq}/1"):
        locate(ledger, table, str(seq))
    story = Story(ledger, meeting.log, locate(ledger, table, f"#{seq}/2"))
    assert (story.cells()["src"], story.cells()["line"]) == (seq, 2)
    presence, member = story.cell("presence"), story.cell("member")
    assert presence.behind is not None
    assert (presence.behind.seq, presence.behind.line) == (again, "attendance/2")
    assert presence.behind.title() == f"开会（更正 #{seq} 第 2 行）"
    assert member.behind is not None
    assert member.behind.seq == seq
    assert [(k.value, [b.seq for b in k.by]) for k in presence.known] == [
        ("迟到", [again]),
        ("请假", [seq]),
    ]
    whole = Story(
        ledger, meeting.log, locate(ledger, meeting.registry.table("gather_meetings"), f"#{seq}")
    )
    behind = whole.cell("present").behind
    assert behind is not None
    assert behind.seq == again
    last = Story(
        ledger, meeting.log, locate(ledger, meeting.registry.table("gather_standing"), "张伟")
    )
    found = last.cell("presence").behind
    assert found is not None
    assert found.seq == again


def test_a_difference_has_the_line_that_changed_and_no_other(meeting: Workspace) -> None:
    seq = held(meeting)
    again = meeting.correct(seq, {"presence": "出席"}, reason="来了", line=2).seq[0]
    tables = [meeting.registry.table(f"gather_{name}") for name in ("attendance", "standing")]
    day = meeting.today()
    found = list(Difference(meeting.at(), meeting.log, Point(day, seq), Point(day, again), tables))
    assert [
        (line.table.name, line.sign, [(c.old, c.new) for c in line.changes]) for line in found
    ] == [
        ("gather_attendance", "changed", [("请假", "出席")]),
        ("gather_standing", "changed", [("请假", "出席")]),
    ]
    assert found[0].row["line"] == 2
    assert [[e.seq for e in line.events] for line in found] == [[again], [again]]


def test_a_late_event_with_lines_is_spliced_into_timelines(meeting: Workspace) -> None:
    held(meeting, ["王小明=出席", "张伟=出席"], on="2012-03-01")
    held(meeting, ["王小明=缺席", "张伟=缺席"], on="2012-02-01")
    member = meeting.at().called("member", "王小明")[0]
    spans = meeting.at().spans("gather_standing", member=member)
    assert [(s["since"], s["until"], s["presence"]) for s in spans] == [
        ("2012-02-01", "2012-03-01", "缺席"),
        ("2012-03-01", None, "出席"),
    ]


def test_duties_and_figures_count_lines(meeting: Workspace) -> None:
    seq = held(meeting)
    again = meeting.correct(seq, {"presence": "出席"}, reason="来了", line=3).seq[0]

    def counted(known: int) -> tuple[dict[str, int | None], list[str]]:
        ledger = meeting.at(known=known)
        figure = figure_of(ledger, "gather.called")
        groups = {v.group: v.value for v in values(ledger, figure, count=1) if not v.whole}
        window = windows_of(ledger, ["gather.present"])[-1]
        done = [one.id for one in people(ledger, window, states=("done",))]
        return groups, sorted(ledger.names("member", done).values())

    assert counted(seq) == ({"出席": 1, "请假": 1, "缺席": 1}, ["王小明"])
    assert counted(again) == ({"出席": 2, "请假": 1}, ["李秀英", "王小明"])


class Colour(Line):
    colour: Choice = field("颜色|Colour", choices=("红|red", "黄|yellow", "蓝|blue"))


class Called(Line):
    member: Member = field("党员|Member")


class Said(Line):
    topic: Text = field("议题|Topic")


class Listed(Row):
    colours: Lines[Colour] = field("颜色|Colours", lines=Colour)
    called: Lines[Called] = field("党员|Called", lines=Called)
    said: Lines[Said] = field("议题|Topics", lines=Said)


def test_one_text_holds_several_lines_of_one_field(meeting: Workspace) -> None:
    ledger, spec = meeting.at(), specs(Listed)["colours"]
    for given in ("红,黄", "红，yellow,", ["红、黄"], ["红", {"colour": "黄"}], "红\n黄"):
        lines, problems = parse_lines(spec, given, ledger)
        assert ([line.colour for line in lines], problems) == (["红", "黄"], [])
    lines, problems = parse_lines(spec, ["红,绿", "蓝,黑"], ledger)
    assert [line.colour for line in lines] == ["红", "蓝"]
    assert [problem.cell for problem in problems] == [(2, "colour"), (4, "colour")]
    lines, problems = parse_lines(specs(Listed)["called"], "王小明、张伟", ledger)
    named = ledger.names("member", [m.member for m in lines])
    assert [named[m.member] for m in lines] == ["王小明", "张伟"]
    # Free text may have commas of its own.
    lines, _ = parse_lines(specs(Listed)["said"], ["学习文件、讨论接收", "其他"], ledger)
    assert [line.topic for line in lines] == ["学习文件、讨论接收", "其他"]
