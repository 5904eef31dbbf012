"""Many at once and undone at once, as typed: ``--member a,b``, ``@file``, ``--partial``, batches, revert."""

import json
from pathlib import Path
from typing import Any

import pytest

from taizhang.workspace import Workspace

from .conftest import Command, found
from .test_import import ROWS, xlsx

NAMES = ("王小明", "张伟", "欧阳娜")


@pytest.fixture
def members(office: Command) -> Command:
    """Three members of the first branch."""
    for name in NAMES:
        fields = ("--name", name, "--organisation", "第一支部", "--on", "2010-01-01")
        assert office("record", "member.register", *fields).code == 0
    return office


def move(tz: Command, who: str, *more: str, to: str = "第二支部", on: str = "2011-01-01") -> Any:
    return tz(
        "record", "member.move", "--member", who, "--organisation", to, "--on", on, *more
    )  # fmt: skip


def branches(tz: Command) -> dict[str, str]:
    rows = tz("show", "memberships", "--json").json
    return {r["member_name"]: r["organisation_name"] for r in rows}


def test_names_in_a_list_are_one_batch(members: Command) -> None:
    tried = move(members, "王小明,张伟", "--dry-run", "--json").json
    assert tried["dry_run"]
    assert "batch" not in tried
    done = move(members, "王小明，张伟", "--json")
    assert done.code == 0, done.err
    assert len(done.json["seq"]) == 2
    assert branches(members) == {"王小明": "第二支部", "张伟": "第二支部", "欧阳娜": "第一支部"}
    (batch,) = members("batches", "--json").json
    assert batch["batch"] == done.json["batch"]
    assert (batch["events"], batch["void"]) == (2, 0)
    assert [c["name"] for c in batch["contents"]] == ["member.moved"]
    assert batch["actor"]


def test_names_in_a_file(members: Command, tmp_path: Path) -> None:
    file = tmp_path / "名单.txt"
    file.write_text("\ufeff王小明\n\n 欧阳娜 \n", "utf-8")
    done = move(members, f"@{file}")
    assert done.code == 0, done.err
    assert "2 条事件" in done.out
    (batch,) = members("batches", "--json").json
    assert f"taizhang revert {batch['batch']} --reason" in done.out
    for wrong, why in ((tmp_path / "没有", "读不了"), (tmp_path / "empty", "没有名字")):
        (tmp_path / "empty").touch()
        refused = move(members, f"@{wrong}")
        assert (refused.code, why in refused.err) == (2, True)
    (tmp_path / "gbk").write_bytes("王小明".encode("gbk"))
    assert "UTF-8" in move(members, f"@{tmp_path / 'gbk'}").err


def test_a_name_with_a_comma_in_it_is_one_name(members: Command) -> None:
    found(members, "东湖、西湖联合支部")
    assert move(members, "王小明", to="东湖、西湖联合支部").code == 0
    assert branches(members)["王小明"] == "东湖、西湖联合支部"
    # In a list of names too.
    several = ("--organisation", "东湖、西湖联合支部,第二支部", "--member", "张伟")
    tried = members("record", "member.move", *several, "--on", "2011-01-01", "--json", "--partial")
    assert len(tried.json["seq"]) == 2
    assert "batch" in tried.json
    # What is no reference is never split.
    name = "南湖,北湖支部"
    found(members, name)
    assert name in {r["name"] for r in members("show", "organisations", "--json").json}


def test_all_that_is_wrong_is_said_of_everybody(members: Command) -> None:
    refused = move(members, "王小明,无名氏,张伟,王小明", to="第一支部")
    assert refused.code == 1
    lines = refused.err.splitlines()
    assert any("王小明、张伟：" in line and "已在这个支部" in line for line in lines)
    assert any("无名氏：" in line and "没有名为" in line for line in lines)
    assert any("王小明：" in line and "给了两次" in line for line in lines)
    assert members("batches", "--json").json == []


def test_those_that_stand_can_be_recorded(members: Command) -> None:
    some = move(members, "王小明,无名氏", "--partial")
    assert some.code == 1
    assert "1 条事件" in some.out
    assert "未登记：无名氏" in some.err
    assert "1 个没有登记，其余的已经登记" in some.err
    told = move(members, "王小明,张伟", "--partial", "--json")
    assert told.code == 1
    assert [r["subject"] for r in told.json["refused"]] == ["王小明"]
    assert len(told.json["seq"]) == 1
    none = move(members, "王小明,张伟", "--partial")
    assert none.code == 1
    assert "2 个都没有登记" in none.err
    everybody = move(members, "王小明,张伟", "--partial", "--json", to="第一支部", on="2012-01-01")
    assert everybody.code == 0
    assert "refused" not in everybody.json


def test_words_that_do_not_go_together(members: Command, tmp_path: Path) -> None:
    refused = move(members, "王小明,张伟", to="第一支部,第二支部")
    assert refused.code == 2
    assert "只能有一个字段给出多个" in refused.err
    file = tmp_path / "lines.json"
    file.write_text("", "utf-8")
    assert members("record", "--from-json", str(file), "--partial").code == 2


def test_a_batch_is_taken_back_but_for_what_others_built_on(
    members: Command, tmp_path: Path
) -> None:
    lines = [
        {"action": "member.register", "on": "2010-01-01", "name": n, "organisation": "第一支部"}
        for n in ("甲", "乙", "丙")
    ]
    file = tmp_path / "lines.json"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    done = members("record", "--from-json", file, "--json").json
    first, second, third = done["seq"]
    members("void", str(third), "--reason", "重复")
    built = members(
        "record", "service.log", "--member", "甲", "--minutes", "60", "--on", "2011-01-01", "--json"
    ).json["seq"][0]
    assert members("revert", done["batch"]).code == 2
    tried = members("revert", done["batch"], "--reason", "误", "--dry-run", "--json").json
    answer = members("revert", done["batch"], "--reason", "误", "--json")
    assert answer.code == 0
    said = answer.json
    for lists in (tried, said):
        assert lists["reverted"] == [second]
        assert lists["already"] == [third]
        assert [k["seq"] for k in lists["kept"]] == [first]
        assert f"#{built}" in lists["kept"][0]["why"]
    listed = members("batches", "--json").json
    assert [b["batch"] for b in listed] == [done["batch"], said["batch"]]
    assert [b["void"] for b in listed] == [2, 0]
    again = members("revert", done["batch"], "--reason", "误")
    assert again.code == 1
    assert f"保留 #{first}" in again.out
    back = members("revert", said["batch"], "--reason", "没有误")
    assert back.code == 0
    assert "收回 1 条，保留 0 条" in back.out
    assert "乙" in branches(members)
    assert members("revert", "nothing", "--reason", "误").code == 1
    assert "批次" in members("batches").out


def test_an_import_names_its_batch(office: Command, tmp_path: Path) -> None:
    file = xlsx(tmp_path / "名册.xlsx", ROWS)
    tried = office("import", "members", file, "--on", "2010-01-01", "--json").json
    assert "batch" not in tried
    done = office("import", "members", file, "--on", "2010-01-01", "--commit", "--json").json
    said = office("revert", done["batch"], "--reason", "错了名册", "--json").json
    assert said["reverted"] == done["seq"]
    assert office("show", "members", "--json").json == []
    again = office("import", "members", file, "--on", "2010-01-01", "--commit")
    assert "整批收回：taizhang revert " in again.out


def test_batches_of_before_they_were_listed(office: Command, tmp_path: Path) -> None:
    """A ledger of an older layout is built anew from the log, which had their correlation always."""
    lines = tmp_path / "lines.json"
    said = {"action": "organisation.found", "on": "2010-01-01", "name": "三", "kind": "支部"}
    lines.write_text(json.dumps(said), "utf-8")
    done = office("record", "--from-json", lines, "--json").json
    with Workspace.open(tmp_path / "store") as ws:
        ws.db.execute("DROP TABLE _batches")
        ws.db.execute("UPDATE _meta SET value = '2' WHERE name = 'version'")
    (batch,) = office("batches", "--json").json
    assert (batch["batch"], batch["events"]) == (done["batch"], 1)
