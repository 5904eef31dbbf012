"""Names as people write them: rosters with their branch, tables and actions by label, and misspelt ones."""

import pytest

from .conftest import Command


@pytest.fixture
def roster(office: Command) -> Command:
    """Three members of a branch, of whom one was transferred out and one is only attached here."""
    for name, branch in (("王小明", "第一支部"), ("张伟", "第一支部"), ("李在职", "外地党组织")):
        fields = ("--name", name, "--organisation", branch, "--phone", "13800001234")
        assert office("record", "member.register", *fields, "--on", "2010-01-01").code == 0
    attached = ("--member", "李在职", "--organisation", "第二支部", "--on", "2010-02-01")
    assert office("record", "member.attach", *attached).code == 0
    out = ("--member", "张伟", "--to", "外地党组织", "--on", "2011-01-01")
    letter = office("record", "transfer.issue", *out, "--json")
    assert letter.code == 0, letter.err
    done = ("--transfer", letter.json["ids"]["transfer"], "--on", "2011-02-01", "--accept")
    received = office("record", "transfer.receive", *done)
    assert received.code == 0, received.err
    return office


def names(done: object) -> list[str]:
    return [row["name"] for row in done.json]  # type: ignore[attr-defined]


def test_a_list_of_members_is_a_roster_with_their_branch(roster: Command) -> None:
    listed = roster("show", "members", "--json")
    assert names(listed) == ["王小明", "李在职"]
    assert [row["organisation_name"] for row in listed.json] == ["第一支部", "外地党组织"]
    text = roster("show", "members").out.splitlines()
    assert text[0].split()[:3] == ["编号", "姓名", "支部"]
    assert text[-1] == "2 行"
    assert names(roster("show", "members", "--left", "--json")) == ["王小明", "张伟", "李在职"]
    assert names(roster("show", "members", "--on", "2011-01-15", "--json"))[1] == "张伟"
    assert len(roster("show", "members", "--all", "--json").json) == 3


def test_rows_are_found_by_the_joined_column(roster: Command) -> None:
    assert names(roster("show", "members", "--where", "organisation=第一支部", "--json")) == [
        "王小明"
    ]
    assert names(roster("show", "members", "--where", "支部=外地党组织", "--json")) == [
        "张伟",
        "李在职",
    ], "who asks for those outside is given them"
    every = roster("show", "members", "--all", "--where", "支部=第一支部", "--json")
    assert names(every) == ["王小明", "张伟"], "the branch as each row began"
    assert roster("show", "memberships", "--where", "支部=第一支部", "--json").json


def test_tables_columns_actions_and_fields_are_known_by_their_labels(roster: Command) -> None:
    assert roster("show", "党员").out == roster("show", "members").out
    assert roster("show", "Members").out == roster("show", "members").out
    by_label = ("--姓名", "赵六", "--支部", "第二支部", "--on", "2012-01-01")
    done = roster("record", "登记党员", *by_label, "--json")
    assert done.code == 0, done.err
    why = roster("why", "党员", "赵六", "电话")
    assert why.out == roster("why", "members", "赵六", "phone").out
    assert why.code == 0
    assert roster("diff", "党员", "--from", "2011-12-31").code == 0


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("show", "membrs"), "最接近的是 members（党员）"),
        (("show", "党园"), "最接近的是 members（党员）"),
        (("why", "membrs", "王小明"), "最接近的是 members（党员）"),
        (("show", "members", "--where", "phon=1"), "最接近的是 phone（电话）"),
        (("show", "members", "--where", "支部名=1"), "最接近的是 organisation（支部）"),
        (("why", "members", "王小明", "phon"), "最接近的是 phone（电话）"),
        (("record", "member.regster"), "最接近的是 member.register（登记党员）"),
        (("record", "登记党元"), "最接近的是 member.register（登记党员）"),
        (("record", "member.register", "--nme", "王"), "最接近的是 name（姓名）"),
        (("correct", "6", "--phon", "1", "--reason", "错"), "最接近的是 phone（电话）"),
        (("due", "--duty", "transfer.leter"), "最接近的是 transfer.letter"),
        (("figures", "member.cont"), "最接近的是 member.count"),
        (("shwo", "members"), "最接近的是 show"),
        (("show", "members", "--limt", "3"), "最接近的是 --limit"),
        (("plugins", "lst"), "最接近的是 list"),
    ],
)
def test_a_misspelt_name_is_answered_with_the_nearest(
    roster: Command, words: tuple[str, ...], near: str
) -> None:
    done = roster(*words)
    assert (done.code, near in done.err) == (2, True), done.err


def test_what_is_like_nothing_is_answered_with_no_name(roster: Command) -> None:
    assert "最接近" not in roster("show", "zzzzzz").err


def test_a_label_that_several_bear_is_refused_with_their_names() -> None:
    from taizhang.api import Programme, Row, Text, field
    from taizhang.declarations.registry import Registry
    from taizhang.words.errors import Usage

    class KiteRow(Row):
        tail: Text = field("尾|Tail")

    kites = Programme("kites", "风筝|Kites")
    for name in ("small", "big"):
        kites.records(name, "风筝|Kites", KiteRow)
    with pytest.raises(Usage, match="kites_big, kites_small"):
        Registry([kites]).table_called("风筝")


def test_a_cut_list_says_of_how_many(roster: Command) -> None:
    assert roster("show", "members", "--limit", "1").out.splitlines()[-1] == "2 行中的 1 行"
    assert roster("show", "members", "--limit", "2").out.splitlines()[-1] == "2 行"


def test_who_is_found_by_a_number_was_looked_at(roster: Command) -> None:
    found = roster("show", "members", "--where", "phone=13800001234", "--limit", "0")
    assert found.code == 0
    record = roster("personal-record", "王小明", "--json").json
    assert [v["how"] for v in record["viewings"]][:1] == ["numbers"], record["viewings"]
    roster("show", "members", "--where", "phone=")
    again = roster("personal-record", "王小明", "--json").json
    assert len([v for v in again["viewings"] if v["how"] == "numbers"]) == 1
