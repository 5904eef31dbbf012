"""``why`` and ``diff`` as people call them."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from taizhang.workspace import Workspace
from taizhang_eventstore.ambient import SeededAmbient

from .conftest import Command

CHINA = dt.timezone(dt.timedelta(hours=8))


def recorded(office: Command, *words: str) -> int:
    """Records an action; gives its first position."""
    done = office(*words, "--json")
    assert done.code == 0, done.err
    return int(done.json["seq"][0])


@pytest.fixture
def member(office: Command) -> Command:
    """The office with 王小明, registered by #6 in 第一支部."""
    words = ("--name", "王小明", "--organisation", "第一支部", "--phone", "13812345678")
    assert recorded(office, "record", "member.register", *words, "--on", "2006-01-01") == 6
    return office


def one(done: Any) -> Any:
    """The only cell of an answer."""
    assert done.code == 0, done.err
    (cell,) = done.json["cells"]
    return cell


def test_a_column_is_set_by_another_event_than_the_row_was_written_by(office: Command) -> None:
    moved = recorded(
        office, "record", "organisation.move", "--organisation", "第二支部",
        "--parent", "", "--on", "2007-01-01", "--reason", "体制调整",
    )  # fmt: skip
    renamed = recorded(
        office, "record", "organisation.rename", "--organisation", "第二支部",
        "--name", "湖滨支部", "--on", "2008-01-01", "--document", "天发〔2008〕3号",
    )  # fmt: skip
    parent = one(office("why", "organisations", "湖滨支部", "parent", "--json"))
    assert parent["present"]
    assert parent["value"] is None
    assert parent["event"]["seq"] == moved
    assert parent["event"]["reason"] == "体制调整"
    assert [(e["since"], e["until"], e["event"]["seq"]) for e in parent["earlier"]] == [
        ("2005-01-01", "2007-01-01", 4)
    ]
    name = one(office("why", "organisations", "湖滨支部", "name", "--json"))
    assert (name["event"]["seq"], name["event"]["document"]) == (renamed, "天发〔2008〕3号")
    shown = office("why", "organisations", "湖滨支部")
    assert shown.code == 0
    lines = {line.split()[0]: line for line in shown.out.splitlines() if line}
    assert f"#{renamed} " in lines["名称"]
    assert f"#{moved} " in lines["上级"]
    assert "（空）" in lines["上级"]
    assert "#4 " in lines["类别"]


def test_of_two_corrections_the_one_that_changed_the_column(member: Command) -> None:
    assert (
        recorded(
            member, "record", "member.move", "--member", "王小明", "--organisation", "第二支部",
            "--on", "2010-03-01",
        )
        == 7
    )  # fmt: skip
    first = recorded(member, "correct", "7", "--organisation", "外地党组织", "--reason", "去向写错")
    second = recorded(member, "correct", "7", "--how", "整建制", "--reason", "方式写错")
    branch = one(member("why", "memberships", "王小明", "organisation", "--json"))
    assert (branch["event"]["seq"], branch["event"]["reason"]) == (first, "去向写错")
    assert one(member("why", "memberships", "王小明", "how", "--json"))["event"]["seq"] == second
    assert one(member("why", "memberships", "王小明", "since", "--json"))["event"]["seq"] == 7
    known = [(k["known"], k["gone"], k["event"]["seq"]) for k in branch["known"]]
    assert known == [(first, None, first), (7, first, 7), (6, 7, 6)]
    # As known before, and on a day before.
    then = ("why", "memberships", "王小明", "organisation", "--known", "7", "--json")
    assert one(member(*then))["event"]["seq"] == 7
    before = ("why", "memberships", "王小明", "organisation", "--on", "2009-12-31", "--json")
    assert one(member(*before))["event"]["seq"] == 6
    until = one(member("why", "memberships", "王小明", "until", "--on", "2009-12-31", "--json"))
    assert (until["value"], until["event"]["seq"]) == ("2010-03-01", 7)
    # Taken back, the correction before it counts again.
    voided = recorded(member, "void", str(first), "--reason", "原来是对的")
    branch = one(member("why", "memberships", "王小明", "organisation", "--json"))
    assert branch["event"]["seq"] == second
    assert [b["seq"] for b in branch["known"][0]["by"]] in ([voided], [second], [first])


def test_a_fact_that_was_moved_to_another_day_names_what_moved_it(member: Command) -> None:
    served = recorded(
        member,
        "record",
        "service.log",
        "--member",
        "王小明",
        "--minutes",
        "60",
        "--on",
        "2010-03-01",
    )
    asked = ("why", "services", f"#{served}", "minutes", "--json")
    assert one(member(*asked))["event"]["moved"] is None
    recorded(member, "correct", str(served), "--on", "2010-04-01", "--reason", "日期写错")
    moved = recorded(member, "correct", str(served), "--on", "2010-04-02", "--reason", "又写错")
    event = one(member(*asked))["event"]
    assert (event["seq"], event["on"]) == (served, "2010-03-01")
    assert (event["moved"]["seq"], event["moved"]["reason"]) == (moved, "又写错")
    assert f"#{served} 记服务时间（#{moved} 改日期）" in member("why", "services", f"#{served}").out
    day = one(member("why", "services", f"#{served}", "since", "--json"))["event"]
    assert (day["seq"], day["moved"]) == (moved, None)
    between = ("--from", "2010-01-01", "--to", "2010-12-31")
    assert f"（#{moved} 改日期）" in member("diff", "services", *between).out
    # What was corrected after it had moved stands on its day already; a text that is empty was not erased.
    later = recorded(member, "correct", str(served), "--minutes", "90", "--reason", "时长写错")
    event = one(member(*asked))["event"]
    assert (event["seq"], event["moved"]) == (later, None)
    what = one(member("why", "services", f"#{served}", "what", "--json"))
    assert what["value"] == ""


def test_personal_text_and_its_correction(member: Command) -> None:
    assert one(member("why", "members", "王小明", "name", "--json"))["event"]["seq"] == 6
    again = recorded(member, "correct", "6", "--joined", "1999", "--reason", "补登")
    assert one(member("why", "members", "王小明", "name", "--json"))["event"]["seq"] == 6
    assert one(member("why", "members", "王小明", "joined", "--json"))["event"]["seq"] == again
    renamed = recorded(member, "correct", "6", "--name", "王晓明", "--reason", "同音字")
    cell = one(member("why", "members", "王晓明", "name", "--json"))
    assert (cell["value"], cell["event"]["seq"]) == ("王晓明", renamed)
    assert [k["value"] for k in cell["known"]] == ["王晓明", "王小明"]


def test_an_empty_place_says_since_when_and_why(member: Command) -> None:
    early = member("why", "members", "王小明", "--on", "2005-06-01")
    assert early.code == 0
    assert "还没有这一行" in early.out
    assert "#6 登记党员" in early.out
    left = recorded(
        member,
        "record",
        "member.leave",
        "--member",
        "王小明",
        "--how",
        "退党",
        "--on",
        "2011-05-05",
    )
    gone = member("why", "memberships", "王小明", "--on", "2011-12-31")
    assert "已结束" in gone.out
    assert f"#{left} 出党" in gone.out
    cell = one(
        member("why", "memberships", "王小明", "organisation", "--on", "2012-01-01", "--json")
    )
    assert not cell["present"]
    assert cell["event"]["seq"] == left
    void = recorded(member, "void", "6", "--cascade", "--reason", "重复登记")
    nobody = member("why", "members", "#6")
    assert "没有这一行" in nobody.out
    assert "重复登记" in nobody.out
    assert f"作废 #{left}" in nobody.out or "作废 #6" in nobody.out
    assert void > left


def test_a_record_is_named_by_its_event(member: Command) -> None:
    words = ("--organisation", "第二支部", "--to", "第一支部", "--on", "2011-06-30")
    merged = recorded(member, "record", "organisation.merge", *words)
    assert one(member("why", "lineage", str(merged), "how", "--json"))["event"]["seq"] == merged
    later = recorded(member, "correct", str(merged), "--on", "2011-07-31", "--reason", "公文日期")
    for name in (merged, later):
        day = one(member("why", "lineage", f"#{name}", "on_date", "--json"))
        assert (day["value"], day["event"]["seq"]) == ("2011-07-31", later)
        how = one(member("why", "lineage", f"#{name}", "how", "--json"))
        assert (how["value"], how["event"]["seq"]) == ("合并", merged)


def test_a_span_of_several_keys(member: Command) -> None:
    for scheme, category in (("三种党员", "在职党员"), ("五类党员", "离退休党员")):
        last = recorded(
            member, "record", "member.set_category", "--member", "王小明", "--scheme", scheme,
            "--category", category, "--on", "2008-01-01",
        )  # fmt: skip
    unclear = member("why", "categories", "王小明", "category")
    assert unclear.code == 2
    assert "member/scheme" in unclear.err
    assert "王小明/三种党员" in unclear.err
    cell = one(member("why", "categories", "王小明/五类党员", "category", "--json"))
    assert (cell["value"], cell["event"]["seq"]) == ("离退休党员", last)
    by_event = one(member("why", "categories", f"#{last - 1}", "category", "--json"))
    assert by_event["value"] == "在职党员"


WRONG = [
    (("why", "nothing", "x"), 2),
    (("why", "members", "李四"), 1),
    (("why", "members", "#2"), 1),
    (("why", "members", "王小明", "colour"), 2),
    (("why", "lineage", "王小明"), 2),
    (("why", "categories", "王小明/三种党员/x"), 2),
    (("diff", "members"), 2),
    (("diff", "nothing", "--from", "2012-01-01"), 2),
    (("diff", "organisation", "--from", "2012-01-01"), 2),
    (("diff", "members", "--from", "2012-01-01", "--to", "#3"), 2),
    (("diff", "members", "--from", "2012-01-01", "--on", "2012-01-01"), 2),
    (("diff", "members", "--from", "2012-13-01"), 1),
    (("diff", "organisation", "没有的", "--from", "2012-01-01"), 1),
]
"""Words, and the exit code that they end with."""


def test_wrong_words_are_refused_in_one_sentence(member: Command) -> None:
    for words, code in WRONG:
        done = member(*words)
        assert (done.code, done.out) == (code, ""), words
        assert done.err.startswith("错误："), words
        assert "Traceback" not in done.err
        assert "{" not in done.err, words


def test_two_dates_of_a_table_and_of_an_organisation(member: Command) -> None:
    moved = recorded(
        member, "record", "member.move", "--member", "王小明", "--organisation", "第二支部",
        "--on", "2010-03-01", "--reason", "搬家",
    )  # fmt: skip
    words = ("diff", "memberships", "--from", "2009-12-31", "--to", "2010-12-31")
    (line,) = member(*words, "--json").json["lines"]
    assert line["sign"] == "changed"
    assert [c["column"] for c in line["changes"]][:2] == ["organisation", "how"]
    assert line["before"]["organisation_name"] == "第一支部"
    assert line["after"]["organisation_name"] == "第二支部"
    assert [(e["seq"], e["reason"]) for e in line["events"]] == [(moved, "搬家")]
    text = member(*words).out
    assert "王小明" in text
    assert "第一支部 → 第二支部" in text
    assert f"#{moved} " in text
    assert "1 处差异" in text
    # Backwards, the same event.
    (back,) = member(
        "diff", "memberships", "--from", "2010-12-31", "--to", "2009-12-31", "--json"
    ).json["lines"]
    assert (back["before"], back["after"]) == (line["after"], line["before"])
    assert [e["seq"] for e in back["events"]] == [moved]
    clocks = ("--from", "2009-12-31", "--to", "2010-12-31", "--json")
    for name, tables in (
        ("第一支部", {"memberships"}),
        ("第二支部", {"memberships"}),
        ("天井湖社区党工委", {"memberships"}),
        ("外地党组织", set()),
    ):
        found = member("diff", "organisation", name, *clocks).json["lines"]
        assert {x["table"] for x in found} == tables
        restricted = member("diff", "memberships", "--organisation", name, *clocks).json["lines"]
        assert restricted == [x for x in found if x["table"] == "memberships"]
    assert (
        member(
            "diff", "organisation", "第一支部", "--from", "2000-01-01", "--limit", "1", "--json"
        ).json["lines"][0]["sign"]
        == "added"
    )


def test_story_1_the_difference_names_the_event(tz: Command, tmp_path: Path) -> None:
    """Domain story H.1: for 2012-06-30, known 07-05 and 07-11."""
    ambient = SeededAmbient(7, dt.datetime(2012, 6, 1, 9, tzinfo=CHINA))
    with Workspace.init(tmp_path / "store", ambient=ambient, disabled={"liudai"}) as ws:

        def record(action: str, on: str, **fields: Any) -> Any:
            return ws.record(action, fields, on=on)

        branch = record("organisation.found", "2010-01-01", name="第七支部", kind="支部")
        id = branch.ids["organisation"]
        for name in [f"党员{k}" for k in range(31)] + ["甲"]:
            record("member.register", "2010-07-01", name=name, organisation=id)
        ambient.set(dt.datetime(2012, 7, 3, 9, tzinfo=CHINA))
        joined = record("member.register", "2012-06-29", name="乙", organisation=id)
        ambient.set(dt.datetime(2012, 7, 10, 9, tzinfo=CHINA))
        left = record("member.leave", "2012-06-28", member="甲", how="退党")
    day = ("--on", "2012-06-30")
    for known, count in (("2012-07-05", 33), ("2012-07-11", 32)):
        assert len(tz("show", "memberships", *day, "--known", known, "--json").json) == count
    clocks = (*day, "--from-known", "2012-07-05", "--to-known", "2012-07-11")
    (line,) = tz("diff", "memberships", *clocks, "--json").json["lines"]
    assert (line["sign"], line["subject"]) == ("gone", "甲")
    (event,) = line["events"]
    assert (event["seq"], event["on"]) == (left.seq[0], "2012-06-28")
    assert event["recorded_at"].startswith("2012-07-10")
    shown = tz("diff", "organisation", "第七支部", *clocks)
    assert shown.code == 0
    assert "甲" in shown.out
    assert f"#{left.seq[0]} 出党" in shown.out
    assert "乙" not in shown.out
    # Between two positions, written as such; and with 乙 too.
    words = (
        "diff",
        "memberships",
        *day,
        "--from",
        f"#{branch.seq[0] + 32}",
        "--to",
        "#100",
        "--json",
    )
    lines = tz(*words).json["lines"]
    assert [(x["sign"], x["subject"]) for x in lines] == [("gone", "甲"), ("added", "乙")]
    assert [e["seq"] for x in lines for e in x["events"]] == [left.seq[0], joined.seq[0]]
