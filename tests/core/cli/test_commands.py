"""Each command does what the contract says: answers, ``--json`` and exit codes (design: 0, 1, 2, 3)."""

import json
from pathlib import Path

import pytest

from .conftest import Command, register

ACTIONS = [
    "organisation.found",
    "organisation.rename",
    "organisation.move",
    "organisation.merge",
    "organisation.dissolve",
    "member.register",
    "member.correct_details",
    "member.set_status",
    "member.set_category",
    "member.join_group",
    "member.leave",
    "transfer.issue",
    "transfer.receive",
    "transfer.return_slip",
    "transfer.cancel",
    "transfer.reissue",
    "team.form",
    "team.join",
    "team.leave",
    "service.log",
    "service.approve",
    "unit.register",
    "agreement.sign",
    "agreement.end",
    "act.record",
    "place.register",
    "place.link",
]
TABLES = [
    "organisations",
    "lineage",
    "members",
    "memberships",
    "transfers",
    "teams",
    "services",
    "units",
    "agreements",
    "acts",
    "places",
]


def test_record_answers_positions_and_ids(office: Command) -> None:
    made = register(office, "王小明", "第一支部", "--json")
    assert made.code == 0
    assert made.json["seq"] == [6]
    member = made.json["ids"]["member"]
    shown = office("show", "memberships", "--on", "2006-01-01", "--json").json
    assert [(r["member"], r["organisation_name"], r["since"]) for r in shown] == [
        (member, "第一支部", "2006-01-01")
    ]


def test_actions_and_tables_bear_the_promised_names(office: Command) -> None:
    actions = {a["name"]: a["schema"] for a in office("actions", "--json").json}
    assert set(ACTIONS) <= set(actions)
    for schema in actions.values():
        assert schema["type"] == "object"
        assert "on" in schema["properties"]
        assert set(schema["required"]) <= set(schema["properties"])
    tables = {t["name"] for t in office("tables", "--json").json}
    assert set(TABLES) <= tables


def test_references_are_ids_or_unique_names(office: Command) -> None:
    for branch in ("第一支部", "第二支部"):
        register(office, "张三", branch)
    refused = office(
        "record", "service.log", "--member", "张三", "--minutes", "60", "--on", "2006-02-01"
    )
    assert refused.code == 1
    assert "第一支部" in refused.err
    assert "第二支部" in refused.err
    member = office("show", "members", "--json").json[0]["id"]
    assert (
        office(
            "record", "service.log", "--member", member, "--minutes", "1:30", "--on", "2006-02-01"
        ).code
        == 0
    )
    assert office("show", "services", "--json").json[0]["minutes"] == 90


def test_correct_and_void_and_void_of_the_correction(office: Command) -> None:
    register(office, "李四", "第一支部")
    assert office("correct", "6", "--name", "李思").code == 2, "a reason is needed"
    corrected = office("correct", "6", "--name", "李思", "--reason", "写错", "--json")
    assert corrected.json["seq"] == [7]
    assert office("show", "members", "--json").json[0]["name"] == "李思"
    assert office("show", "members", "--known", "6", "--json").json[0]["name"] == "李四"
    assert office("void", "7", "--reason", "没写错").code == 0
    assert office("show", "members", "--json").json[0]["name"] == "李四"
    assert office("void", "8", "--reason", "还是写错了").code == 0
    assert office("show", "members", "--json").json[0]["name"] == "李思"
    states = {e["seq"]: e["state"] for e in office("events", "--json").json}
    assert (states[6], states[7], states[8], states[9]) == (
        "corrected",
        "correction",
        "void",
        "voiding",
    )


def test_a_void_with_dependents_lists_them_and_cascades(office: Command) -> None:
    register(office, "李四", "第一支部")
    office("record", "service.log", "--member", "李四", "--minutes", "30", "--on", "2006-02-01")
    refused = office("void", "6", "--reason", "重复")
    assert refused.code == 1
    assert "#7" in refused.err
    assert len(office("events", "--json").json) == 7
    assert office("void", "6", "--reason", "重复", "--cascade").code == 0
    assert office("show", "members", "--json").json == []
    assert office("show", "services", "--json").json == []


def test_dry_run_records_nothing(office: Command) -> None:
    tried = office(
        "record", "organisation.found", "--name", "三", "--kind", "支部", "--dry-run", "--json"
    )
    assert tried.code == 0
    assert tried.json["dry_run"]
    assert len(office("events", "--json").json) == 5


def test_batch_is_all_or_nothing_and_names_the_line(office: Command, tmp_path: Path) -> None:
    lines = [
        {
            "action": "member.register",
            "name": f"甲{i}",
            "organisation": "第一支部",
            "on": "2006-01-01",
        }
        for i in range(3)
    ]
    good = tmp_path / "good.jsonl"
    good.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    bad = tmp_path / "bad.jsonl"
    bad.write_text(good.read_text() + '\n{"action": "member.regis')
    refused = office("record", "--from-json", bad)
    assert refused.code == 1
    assert "第 4 行" in refused.err
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text(
        good.read_text() + "\n" + json.dumps({**lines[0], "organisation": "没有的支部"})
    )
    refused = office("record", "--from-json", wrong)
    assert refused.code == 1
    assert "第 4 行" in refused.err
    assert "没有的支部" in refused.err
    assert office("show", "members", "--json").json == []
    assert office("record", "--from-json", good, "--json").json["seq"] == [6, 7, 8]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nonsense"], 2, "nonsense"),
        (["show", "nonsense"], 2, "nonsense"),
        (["show", "members", "--where", "shoe=1"], 2, "shoe"),
        (["record", "member.nonsense"], 2, "member.nonsense"),
        (["record", "member.register", "--name"], 2, "--name"),
        (["record", "member.register", "--shoe", "1"], 2, "shoe"),
        (["record", "member.register", "--name", "王"], 1, "支部"),
        (
            [
                "record",
                "organisation.rename",
                "--organisation",
                "第一支部",
                "--name",
                "一",
                "--on",
                "2012-02-30",
            ],
            1,
            "2012-02-30",
        ),
        (["record", "organisation.rename", "--organisation", "无", "--name", "一"], 1, "无"),
        (["void", "99", "--reason", "x"], 1, "99"),
        (["void", "1", "--reason", "x"], 1, "开账"),
        (["show", "members", "--on", "2012-13-01"], 1, "2012-13-01"),
        (["import", "members", "没有.csv"], 1, "没有.csv"),
    ],
)
def test_bad_words_get_one_sentence_and_the_right_code(
    office: Command, words: list[str], code: int, said: str
) -> None:
    found = office(*words)
    assert found.code == code, found.err
    assert said in found.err
    assert "Traceback" not in found.err
    assert len(office("events", "--json").json) == 5


def test_known_time_and_position_snap_to_actions(office: Command) -> None:
    assert office("show", "organisations", "--known", "3", "--json").json[-1]["name"] == "第一支部"
    assert office("show", "organisations", "--known", "2000-01-01", "--json").json == []


def test_overview_without_a_terminal(office: Command) -> None:
    found = office()
    assert found.code == 0
    assert "天井湖社区党工委" in found.out


def test_rebuild_says_where_it_stands(office: Command) -> None:
    before = office("show", "organisations", "--json").json
    assert office("rebuild", "--json").json == {"position": 5}
    assert office("show", "organisations", "--json").json == before


def test_plugins_listed_disabled_enabled(office: Command) -> None:
    assert {"name": "liudai", "state": "loaded"}.items() <= office(
        "plugins", "list", "--json"
    ).json[0].items()
    register(office, "王", "第一支部")
    office(
        "record", "liudai.lead.take", "--member", "王", "--kind", "宣传政策", "--on", "2006-02-01"
    )
    rows = office("show", "liudai_leads", "--json").json
    assert office("plugins", "disable", "liudai").code == 0
    assert office("show", "liudai_leads").code == 2
    assert office("plugins", "list", "--json").json[0]["state"] == "disabled"
    listed = office("events", "--json").json
    assert listed[-1]["type"] == "liudai.lead_taken@1"
    assert listed[-1]["payload"]["kind"] == "宣传政策"
    assert office("rebuild").code == 0
    assert office("plugins", "enable", "liudai").code == 0
    assert office("show", "liudai_leads", "--json").json == rows
    assert office("plugins", "disable", "nonsense").code == 1


def _letters(office: Command, branches: list[str]) -> None:
    """From each branch a member is on the way to 第一支部, under a letter without a number."""
    for branch in branches:
        found = ("organisation.found", "--kind", "支部", "--parent", "天井湖社区党工委")
        assert office("record", *found, "--name", branch, "--on", "2006-01-01").code == 0
        fields = ("--name", f"{branch}党员", "--organisation", branch, "--on", "2007-01-01")
        assert office("record", "member.register", *fields).code == 0
    for branch in reversed(branches):
        issued = ("transfer.issue", "--member", f"{branch}党员", "--to", "第一支部")
        assert office("record", *issued, "--on", "2012-03-01").code == 0


def test_what_is_due_says_whose_it_is_branch_by_branch_as_they_were_founded(
    office: Command,
) -> None:
    branches = [f"{n}号支部" for n in "甲乙丙丁戊己"]
    _letters(office, branches)
    names = office("due", "--on", "2012-04-01", "--json").json["names"]
    assert [row["name"] for row in names] == [f"{b}党员 {b} 第一支部" for b in branches]
    assert "甲号支部党员 甲号支部 第一支部" in office("due", "--on", "2012-04-01").out


def test_a_finding_names_what_it_is_about(office: Command) -> None:
    _letters(office, ["甲号支部"])
    letter = office("show", "transfers", "--json").json[0]["id"]
    late = ("transfer.receive", "--transfer", letter, "--on", "2012-06-01", "--reason", "路远")
    assert office("record", *late).code == 0
    (line,) = (row for row in office("findings").out.splitlines() if letter in row)
    assert "接收时介绍信已过有效期" in line
    assert "甲号支部党员 甲号支部 第一支部" in line
