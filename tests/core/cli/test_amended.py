"""Corrections and voids read as what they change, in preview, in the answer and in the log."""

import datetime as dt
import time

import pytest

from .conftest import Command

JOIN = ("record", "member.register", "--name", "赵小龙", "--organisation", "第一支部", "--on", "2010-01-01")  # fmt: skip


@pytest.fixture
def member(office: Command) -> str:
    """The event that registered a member."""
    done = office(*JOIN, "--phone", "13812345678", "--id_number", "340702197501011234", "--json")
    return str(done.json["seq"][0])


def last(tz: Command, language: str = "") -> str:
    """What the log says of its last event."""
    return str(tz("events", "--limit", "1", "--json").json[0]["summary"])


def correct(tz: Command, seq: str, *words: str) -> str:
    """The one line that a correction is answered with; the preview says the same."""
    said = ("correct", seq, *words, "--reason", "核对")
    tried = tz(*said, "--dry-run").out.splitlines()[1]
    done = tz(*said)
    assert done.code == 0, done.err
    line: str = done.out.splitlines()[0]
    assert line == tried
    assert last(tz) in line
    return line


def void(tz: Command, seq: str, *more: str) -> list[str]:
    """The lines that a void is answered with; the preview says the same."""
    said = ("void", seq, "--reason", "记错", *more)
    tried = tz(*said, "--dry-run").out.splitlines()[1:]
    done = tz(*said)
    assert done.code == 0, done.err
    lines: list[str] = done.out.splitlines()
    assert lines == tried
    assert last(tz) in lines[-1]
    return lines


def number(line: str) -> str:
    return line.split()[0].removeprefix("#")


def test_what_sets_details_anew_says_from_what_to_what(office: Command, member: str) -> None:
    """Of a person, with numbers masked, and of whatever else is given another name."""
    for said, told in (
        (("member.correct_details", "--member", "赵小龙", "--name", "赵小隆"), "姓名 赵小龙 → 赵小隆"),
        (("member.correct_details", "--member", "赵小隆", "--phone", "13912345678"), "138****5678 → 139****5678"),
        (("member.correct_details", "--member", "赵小隆", "--joined", "1999"), "入党日期 1999"),
        (("member.correct_details", "--member", "赵小隆", "--joined", "2000-07"), "入党日期 1999 → 2000-07"),
        (("organisation.rename", "--organisation", "第二支部", "--name", "贰支部"), "新名称 第二支部 → 贰支部"),
    ):  # fmt: skip
        words = ("record", *said, "--on", "2012-01-01")
        tried = office(*words, "--dry-run").out.splitlines()[1]
        done = office(*words)
        assert done.code == 0, done.err
        assert tried.endswith(told)
        assert done.out.splitlines()[0].endswith(told)
        assert last(office).endswith(told)
    # A fact of before is told from what held then.
    late = office("record", "member.correct_details", "--member", "赵小龙", "--name", "赵龙", "--on", "2011-01-01")  # fmt: skip
    assert "姓名 赵小龙 → 赵龙" in late.out


def test_a_correction_says_from_what_to_what(office: Command, member: str) -> None:
    line = correct(office, member, "--name", "赵小隆")
    assert line.endswith(f"登记党员 更正 #{member}  姓名 赵小龙 → 赵小隆  （核对）")
    line = correct(office, member, "--organisation", "第二支部", "--joined", "1999")
    assert "党员 赵小隆  支部 第一支部 → 第二支部  入党日期 – → 1999  （核对）" in line
    line = correct(office, member, "--on", "2010-02-01")
    assert "党员 赵小隆  日期 2010-01-01 → 2010-02-01  （核对）" in line
    listed = office("events", "--limit", "3").out
    assert "姓名 赵小龙 → 赵小隆" in listed
    assert "支部 第一支部 → 第二支部" in listed


def test_numbers_stay_masked_unless_they_are_asked_for(office: Command, member: str) -> None:
    line = correct(office, member, "--phone", "13912340678", "--id_number", "340702197601011234")
    assert "电话 138****5678 → 139****0678" in line
    assert "身份号码 340***********1234 → 340***********1234（已改）" in line
    assert "13912340678" not in office("events").out
    plain = office("events", "--limit", "1", "--plain").out
    assert "电话 13812345678 → 13912340678" in plain
    assert "340702197501011234 → 340702197601011234" in plain


def test_a_void_says_what_it_takes_back(office: Command, member: str) -> None:
    first = number(correct(office, member, "--name", "赵小隆"))
    second = number(correct(office, member, "--phone", "13912340678"))
    # Of a correction: back to what was before it.
    (line,) = void(office, second)
    assert (
        f"作废 #{second}  更正 #{member} 登记党员  党员 赵小隆  电话 139****0678 → 138****5678"
        in line
    )
    # Of a void: what it had taken back is there again.
    (line,) = void(office, number(line))
    assert f"作废 #{second} 登记党员  党员 赵小隆  电话 138****5678 → 139****0678" in line
    # Of a correction behind which a later one stands.
    (line,) = void(office, first)
    assert f"更正 #{member} 登记党员  党员 赵小隆  现有内容不变" in line
    (line,) = void(office, member)
    gone = number(line)
    assert f"作废 #{member}  登记党员  姓名 赵小隆  支部 第一支部" in line
    assert "139****0678" in line
    (line,) = void(office, gone)
    assert f"作废 #{gone}  作废 #{member} 登记党员  恢复  姓名 赵小隆" in line


def test_what_others_are_called_outlives_their_being_void(office: Command, member: str) -> None:
    done = office("record", "service.log", "--member", "赵小龙", "--minutes", "60", "--on", "2011-01-01", "--json")  # fmt: skip
    lines = office("void", member, "--reason", "记错", "--cascade").out.splitlines()
    assert [line.split("  ")[2:4] for line in lines] == [
        [f"作废 #{done.json['seq'][0]}", "记服务时间"],
        [f"作废 #{member}", "登记党员"],
    ]
    assert lines[0].endswith("人员 赵小龙  服务时间 1:00  （记错）")
    assert "人员 赵小龙  服务时间 1:00" in office("events", "--limit", "3").out.splitlines()[-3]


def test_a_revert_says_it_too(office: Command) -> None:
    names = ("--member", "王一,王二")
    for name in ("王一", "王二"):
        office("record", "member.register", "--name", name, "--organisation", "第一支部", "--on", "2010-01-01")  # fmt: skip
    move = office("record", "member.move", *names, "--organisation", "第二支部", "--on", "2011-01-01", "--json")  # fmt: skip
    assert office("revert", move.json["batch"], "--reason", "弄错了").code == 0
    told = [e["summary"] for e in office("events", "--limit", "2", "--json").json]
    assert [t.split("  ")[:2] for t in told] == [
        ["转入支部", "党员 王二"],
        ["转入支部", "党员 王一"],
    ]


def test_lines_say_which_and_from_what_to_what(hall: object, tz: Command) -> None:
    given = ("--attendance", "王小明=出席", "--attendance", "张伟=请假，note:出差")
    hold = ("record", "gather.meeting.hold", "--on", "2012-03-01", "--topic", "学习")
    seq = str(tz(*hold, "--organisation", "第一支部", *given, "--json").json["seq"][0])
    line = correct(tz, seq, "--line", "1", "--presence", "迟到")
    assert f"更正 #{seq} 第 1 行" in line
    assert "出席 王小明 出席 → 王小明 迟到  （核对）" in line
    (line,) = void(tz, seq, "--line", "2")
    assert "出席 张伟 请假 出差 → –  （记错）" in line
    (line,) = void(tz, number(line))
    assert "出席 – → 张伟 请假 出差  （记错）" in line
    line = correct(tz, seq, "--attendance", "王小明=缺席", "--attendance", "李秀英=出席")
    assert "出席 第 1 行 王小明 迟到 → 王小明 缺席" in line
    assert "→ 李秀英 出席" in line


def test_times_are_of_china_and_say_so(
    office: Command, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        shown = office("events", "--limit", "1").out.replace("\n", "  ").split("  ")
        at = next(cell for cell in shown if cell.endswith("+08:00"))
        utc = dt.datetime.fromisoformat(
            office("events", "--limit", "1", "--json").json[0]["recorded_at"]
        )
        assert dt.datetime.fromisoformat(at) == utc.replace(second=0, microsecond=0)
        # As it stands there it is taken where a time is asked for.
        assert office("show", "members", "--known", at, "--json").json
    finally:
        monkeypatch.undo()
        time.tzset()
