"""Static checks: what is refused when a programme is taken in, and what is not kept of persons."""

import re

import pytest

from taizhang.api import Choice, Deed, Event, Member, Name, Programme, Row, Text, field
from taizhang.declarations.registry import Registry
from taizhang.loading.admission import take_in
from taizhang.loading.checking import troubles
from taizhang.loading.forbidden import MATTERS, matter_of, traces
from taizhang.loading.loader import core_registry, load
from taizhang.loading.trouble import Examined
from taizhang.words.errors import Usage


def test_the_core_and_every_bundled_programme_pass() -> None:
    before = Registry()
    for programme in load().registry.programmes.values():
        found = troubles(Examined(programme, None, before))
        assert [t.label.zh for t in found] == []
        take_in(before, programme)


def of_a_member(name: str, label: str, *choices: str) -> Programme:
    """A programme with one field about a member."""
    programme = Programme("demo1", "试验|Trial", needs=("members",))
    kind = Choice if choices else Name
    said = {"member": field("党员|Member"), name: field(label, choices=choices)}
    cls = type(Deed)("Noted", (Deed,), {"__annotations__": {"member": Member, name: kind}, **said})
    programme.deed("note.take", "记|Note", event="noted")(cls)
    return programme


@pytest.mark.parametrize(
    ("name", "label", "choices", "code"),
    [
        ("nation", "民族|People", (), "ethnicity"),
        ("min_zu", "类|Kind", (), None),
        ("minzu", "类|Kind", (), "ethnicity"),
        ("kind", "类|Religion", (), "religion"),
        ("health", "类|Kind", (), "health"),
        ("key_person", "类|Kind", (), "watch"),
        ("kind", "类|Kind", ("重点人员|Others",), "watch"),
        ("kind", "类|Kind", ("在册|On the roll", "上访|Others"), "petition"),
        ("kind", "类|His political opinions", (), "opinion"),
        ("kind", "家庭成员|Others", (), "family"),
        # A post, a deed and a total are no field on anybody.
        ("post", "岗位|Post", ("健康教育岗|Health education",), None),
        (
            "kind",
            "类|Kind",
            ("帮扶困难家庭|Helping families in need", "维护治安|Public order"),
            None,
        ),
        ("received", "思想汇报|Report received", (), None),
    ],
)
def test_what_is_not_kept_of_persons(
    name: str, label: str, choices: tuple[str, ...], code: str | None
) -> None:
    programme = of_a_member(name, label, *choices)
    assert {t.matter.code for t in traces(programme)} == ({code} if code else set())
    if code is None:
        take_in(core_registry(), programme)
    else:
        with pytest.raises(Usage, match=re.escape(f"（{code}）")) as refused:
            take_in(core_registry(), programme)
        assert f"demo1.noted.{name}" in refused.value.pair[1]


def test_totals_that_concern_nobody_may_be_kept() -> None:
    programme = Programme("demo1", "试验|Trial")

    @programme.event("counted", "统计|Counted")
    class Counted(Event):
        what: Text = field("出租房栋数|Houses let")

    assert list(traces(programme)) == []
    take_in(core_registry(), programme)


def test_the_list_is_found_in_both_scripts() -> None:
    for matter in MATTERS:
        for term in matter.zh:
            assert matter_of(f"其{term}情况") is matter
        for word in matter.words:
            assert matter_of(word.replace(" ", "_"), name=True) is matter
            assert matter_of(word.upper()) is matter


@pytest.mark.parametrize("id", ["member", "subject", "transfer"])
def test_a_name_of_the_platform_is_refused(id: str) -> None:
    with pytest.raises(Usage, match="平台"):
        take_in(core_registry(), Programme(id, "试验|Trial"))


def test_an_event_without_a_way_up_is_refused_as_every_other_fault_is() -> None:
    programme = Programme("demo1", "试验|Trial")

    @programme.event("noted", "记|Noted", version=3, upcasters={1: lambda p: p})
    class Noted(Event):
        text: Text = field("内容|Text")

    with pytest.raises(Usage, match="第 2 版没有升级函数"):
        take_in(core_registry(), programme)


def test_labels_lack_a_language() -> None:
    programme = Programme("demo1", "试验")

    class NoteRow(Row):
        text: Text = field("Words")
        code: Text = field("D2.24")

    programme.records("notes", "便条|便条", NoteRow)
    found = troubles(Examined(programme, None, core_registry()))
    assert [(t.check, t.where, t.what.zh) for t in found] == [
        ("labels", "", "“试验”没有英文"),
        ("labels", "demo1_notes", "“便条”没有英文"),
        ("labels", "demo1_notes.text", "“Words”没有中文"),
    ]
