"""Meetings: several kinds with one attendance, line by line; how often, and how many came."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from officekit.meetings import DAY, LINES, hold

from taizhang.cli import main
from taizhang.duties.figures import figure_of, values
from taizhang.maintenance.erasing import erase
from taizhang.readmodels.difference import Difference
from taizhang.readmodels.due import Due
from taizhang.readmodels.points import Point
from taizhang.words.errors import Invalid, Refused
from taizhang.workspace import Workspace
from taizhang_eventstore.personal.cipher import ERASED


def shown(ws: Workspace, on: str | None = None, known: int | None = None) -> list[tuple[Any, ...]]:
    """Line, name and presence of every row of attendance, in the order of recording."""
    ledger = ws.at(on, known)
    rows = ledger.rows("attendance")
    names = ledger.names("member", [row["member"] for row in rows])
    return [(r["line"], names[r["member"]], r["presence"]) for r in rows]


def counts(ws: Workspace, on: str | None = None, known: int | None = None) -> list[tuple[int, int]]:
    """How many each meeting called, and how many came."""
    return [(r["called"], r["present"]) for r in ws.at(on, known).rows("meetings")]


FIRST = [(1, "王小明", "出席"), (2, "张伟", "请假"), (3, "李秀英", "出席")]


def test_a_meeting_is_entered_corrected_and_made_void_from_the_command_line(
    branch: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def tz(*words: str) -> Any:
        capsys.readouterr()
        code = 0
        try:
            main(["--store", str(branch), *words])
        except SystemExit as leave:
            code = leave.code if isinstance(leave.code, int) else 1
        said = capsys.readouterr()
        assert code == 0, said.err
        return json.loads(said.out) if "--json" in words else said.out

    def presences() -> list[tuple[int, str, str]]:
        listed = tz("show", "attendance", "--on", "2026-06-30", "--json")
        return [(row["line"], row["member_name"], row["presence"]) for row in listed]

    given = [word for line in LINES for word in ("--attendance", line)]
    hold = ("record", "meeting.hold", "--organisation", "第一支部", "--on", DAY, "--json")
    seq = str(tz(*hold, "--kinds", "支部党员大会,党课", *given)["seq"][0])
    assert presences() == FIRST
    (meeting,) = tz("show", "meetings", "--json")
    assert (meeting["name"], meeting["called"], meeting["present"]) == ("支部党员大会、党课", 3, 2)
    kinds = tz("show", "meeting_kinds", "--on", "2026-06-30", "--json")
    assert [row["kind"] for row in kinds] == ["支部党员大会", "党课"]

    tz("correct", seq, "--line", "2", "--presence", "出席", "--reason", "其实到了")
    assert presences() == [FIRST[0], (2, "张伟", "出席"), FIRST[2]]
    why = tz("why", "attendance", f"#{seq}/2", "presence", "--json")
    assert why["cells"][0]["event"]["line"] == "attendance/2"
    tz("void", seq, "--line", "3", "--reason", "没有通知")
    assert [name for _, name, _ in presences()] == ["王小明", "张伟"]
    assert "可给多次，或用逗号隔开" in tz("record", "meeting.hold", "--help")


def test_json_takes_objects_and_plain_texts(ws: Workspace) -> None:
    lines = [{"member": "王小明", "presence": "迟到"}, {"党员": "张伟", "presence": "absent"}]
    hold(ws, lines=lines, kinds=["主题党日", "党课"])
    assert shown(ws) == [(1, "王小明", "迟到"), (2, "张伟", "缺席")]
    assert counts(ws) == [(2, 1)]
    assert [r["kind"] for r in ws.at().rows("meeting_kinds")] == ["主题党日", "党课"]


def test_one_line_is_corrected_void_and_revived(ws: Workspace) -> None:
    def stored() -> list[Any]:
        return ws.db.execute("SELECT * FROM _attendance ORDER BY src").fetchall()

    seq = hold(ws)
    before = stored()
    again = ws.correct(seq, {"presence": "迟到"}, reason="来了", line=2).seq[0]
    assert [a == b for a, b in zip(stored(), before, strict=True)] == [True, False, True]
    assert counts(ws) == [(3, 3)]
    assert (shown(ws, known=seq), counts(ws, known=seq)) == (FIRST, [(3, 2)])

    tables = [ws.registry.table("attendance")]
    points = (Point(ws.today(), seq), Point(ws.today(), again))
    (line,) = Difference(ws.at(), ws.log, *points, tables)
    assert [(c.old, c.new) for c in line.changes] == [("请假", "迟到")]
    assert [event.seq for event in line.events] == [again]

    void = ws.void(seq, reason="没有通知", line=3).seq[0]
    assert (len(shown(ws)), counts(ws)) == (2, [(2, 2)])
    ws.void(void, reason="通知过")
    assert (len(shown(ws)), counts(ws)) == (3, [(3, 3)])
    ws.void(again, reason="还是请假")
    assert shown(ws) == FIRST
    ws.void(seq, reason="没开")
    assert (shown(ws), counts(ws), ws.at().rows("meeting_kinds")) == ([], [], [])


def test_a_meeting_entered_late_stands_on_its_day(ws: Workspace) -> None:
    first = hold(ws, on="2026-06-01")
    hold(ws, on="2026-02-01", lines=["赵强=缺席"])
    assert shown(ws, on="2026-03-01") == [(1, "赵强", "缺席")]
    assert shown(ws, on="2026-03-01", known=first) == []
    assert shown(ws, on="2026-06-30", known=first) == FIRST


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"attendance": ["王小明=出席", "王小明=请假"]}, "同一名党员列了两次"),
        ({"kinds": "党课,党课"}, "同一会议类别列了两次"),
        ({"kinds": ""}, "至少要有 1 行"),
        ({"organisation": "县供电局支部"}, "外部组织的会议不记在这里"),
        ({"organisation": "第一党小组"}, "党小组不召开支部党员大会"),
    ],
)
def test_what_cannot_be_is_refused(ws: Workspace, fields: dict[str, Any], said: str) -> None:
    with pytest.raises((Invalid, Refused), match=said):
        hold(ws, **fields)


def test_a_correction_is_held_to_the_rules_among_lines(ws: Workspace) -> None:
    seq = hold(ws)
    with pytest.raises(Invalid, match="同一名党员列了两次"):
        ws.correct(seq, {"member": "王小明"}, reason="写错", line=2)
    ws.correct(seq, {"kinds": "支部党员大会、主题党日"}, reason="不是党课")
    assert [r["kind"] for r in ws.at().rows("meeting_kinds")] == ["支部党员大会", "主题党日"]
    assert shown(ws) == FIRST


def test_a_person_erased_goes_out_of_every_line_and_counts_stay(ws: Workspace) -> None:
    hold(ws, chair="张伟", guests=["钱工=环城一小"])
    hold(ws, on="2026-06-01", lines=["张伟"])
    (member,) = ws.at().called("member", "张伟")
    erase(ws, "member", member, "本人要求")
    assert [name for _, name, _ in shown(ws)] == ["王小明", ERASED, "李秀英", ERASED]
    assert counts(ws) == [(3, 2), (1, 1)]
    assert [r["name"] for r in ws.at().rows("meeting_guests")] == ["钱工"]
    before = shown(ws)
    ws.rebuild()
    assert shown(ws) == before


def figure(ws: Workspace, name: str, on: str = "2026-06-30") -> dict[str | None, Any]:
    """The value of each group in the period of a day; the whole is under None."""
    ledger = ws.at()
    asked = figure_of(ledger, name)
    return {v.group: v.value for v in values(ledger, asked, day=dt.date.fromisoformat(on))}


def test_a_member_attends_so_often_in_a_year(ws: Workspace) -> None:
    hold(ws, on="2025-12-31")
    hold(ws)
    hold(ws, on="2026-06-01", lines=["王小明=迟到", "张伟=缺席"])
    (member,) = ws.at().called("member", "王小明")
    (other,) = ws.at().called("member", "李秀英")
    assert figure(ws, "meeting.attended") == {None: 3, member: 2, other: 1}
    assert figure(ws, "meeting.presence") == {None: 5, "出席": 2, "迟到": 1, "请假": 1, "缺席": 1}


def test_a_joint_event_is_one_meeting_and_counts_once_for_each_kind(ws: Workspace) -> None:
    hold(ws, kinds="主题党日,支部党员大会,党课")
    hold(ws, on="2026-05-20", kinds="党课")
    month = figure(ws, "meeting.count", DAY)
    assert month == {None: 2, "主题党日": 1, "支部党员大会": 1, "党课": 2}
    for duty, day in (("meeting.theme", "2026-05-31"), ("meeting.general", "2026-06-30")):
        read = Due(ws.at(), duties=[duty], day=dt.date.fromisoformat(day))
        assert [(line.done, line.obliged) for line in read.lines][:1] == [(1, 1)]
    assert len(shown(ws)) == 6


def test_bodies_meet_by_the_calendar(ws: Workspace) -> None:
    def state(duty: str, day: str) -> str:
        at = dt.date.fromisoformat(day)
        (line, *_) = Due(ws.at(), duties=[duty], day=at).lines
        (found,) = [name for name, n in line.states.items() if n]
        return found

    hold(ws, on="2026-02-28", organisation="第一党小组", kinds="党小组会")
    late = hold(ws, on="2026-04-01", organisation="第一党小组", kinds="党小组会")
    months = ("2026-02-01", "2026-03-15", "2026-04-30", "2026-05-31")
    # Every month of the calendar has its own: 32 days lie between the two.
    assert [state("meeting.group", day) for day in months] == ["done", "missed", "done", "missed"]
    ws.correct(late, {}, on="2026-03-31", reason="日期写错")
    assert [state("meeting.group", day) for day in months] == ["done", "done", "missed", "missed"]
    assert state("meeting.general", "2026-01-01") == "missed"
    assert state("meeting.life", "2026-06-30") == "due"
    hold(ws, kinds="组织生活会,民主评议")
    assert [state(d, "2026-06-30") for d in ("meeting.life", "meeting.appraisal")] == ["done"] * 2
    # None of it was asked for before the regulations of 2018.
    assert not list(Due(ws.at(), duties=["meeting.general"], day=dt.date(2017, 1, 1)).lines)
