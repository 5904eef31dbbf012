"""``events``: found by who, when, what and of whom; nothing that is unknown passes for nothing found."""

import re

import pytest

from .conftest import Command


def seqs(done: object) -> list[int]:
    return [event["seq"] for event in done.json]  # type: ignore[attr-defined]


@pytest.fixture
def log(office: Command) -> Command:
    """Events 6 and 7 by two people."""
    fields = ("--name", "王小明", "--organisation", "第一支部")
    assert (
        office("--actor", "李静", "record", "member.register", *fields, "--on", "2010-01-01").code
        == 0
    )
    moved = ("--member", "王小明", "--organisation", "第二支部", "--on", "2011-03-01")
    assert office("--actor", "张华", "record", "member.move", *moved).code == 0
    return office


def test_events_are_found_by_who_when_what_and_of_whom(log: Command) -> None:
    every = seqs(log("events", "--json"))
    assert every == list(range(1, 8))
    assert seqs(log("events", "--actor", "李静", "--json")) == [6]
    assert seqs(log("events", "--on", "2011-03-01", "--json")) == [7]
    assert seqs(log("events", "--on", "2011-03-02", "--json")) == []
    assert seqs(log("events", "--after", "2", "--before", "5", "--json")) == [3, 4]
    assert seqs(log("events", "--type", "member.", "--before", "7", "--json")) == [6]
    assert seqs(log("events", "--type", "登记党员", "--json")) == [6]
    assert seqs(log("events", "--tag", "member:王小明", "--json")) == [6, 7]
    assert seqs(log("events", "--tag", "member:王小明", "--actor", "张华", "--json")) == [7]
    assert seqs(log("events", "--tag", "owner:members", "--limit", "1", "--json")) == [7]


def test_times_of_recording_bound_the_list_and_are_told_with_their_zone(log: Command) -> None:
    at = log("events", "--limit", "1", "--json").json[0]["recorded_at"]
    day = at[:10]
    assert 7 in seqs(log("events", "--since", at, "--json"))
    assert 7 in seqs(log("events", "--until", at, "--json"))
    assert seqs(log("events", "--since", "2099-01-01", "--json")) == []
    assert seqs(log("events", "--until", "2000-01-01T08:00Z", "--json")) == []
    assert (
        seqs(log("events", "--since", f"{day}T00:00Z", "--until", "2098-01-01", "--json"))[-1] == 7
    )
    printed = log("events", "--limit", "1").out
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d\+08:00", printed)
    (told,) = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d\+08:00", printed)
    assert 7 in seqs(log("events", "--since", told, "--json")), "as it is told it can be asked for"
    assert log("events", "--since", "昨天").code == 1
    assert log("events", "--since", "5").code == log("events", "--until", "5").code == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--actor", "李净"), "最接近的是 李静"),
        (("--actor", "没有的人"), "没有经办人"),
        (("--type", "membr."), "最接近的是 member."),
        (("--type", "登记党元"), "最接近的是 member.registered（登记党员）"),
        (("--tag", "membr:x"), "最接近的是 member（党员）"),
        (("--tag", "member:无此人"), "没有名为“无此人”"),
        (("--tag", "fact:99"), "没有事件带标签"),
        (("--tag", "王小明"), "没有标签"),
    ],
)
def test_what_is_unknown_is_refused_with_the_nearest(
    log: Command, words: tuple[str, str], said: str
) -> None:
    done = log("events", *words)
    assert done.code in (1, 2)
    assert said in done.err


def test_a_cut_log_says_of_how_many(log: Command) -> None:
    assert log("events", "--limit", "3").out.splitlines()[-1] == "7 条中的 3 条"
    assert log("events", "--limit", "3", "--type", "organisation.").out.splitlines()[-1] == (
        "4 条中的 3 条"
    )
    assert "中的" not in log("events").out
    differences = ("diff", "organisations", "--from", "2000-01-01")
    assert log(*differences, "--limit", "1").out.splitlines()[-1] == "4 处差异中的 1 处"
    assert log(*differences).out.splitlines()[-1] == "4 处差异"
