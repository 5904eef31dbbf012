"""What a programme declares of duties and figures is held against the tables when it is loaded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from taizhang.api import (
    Action,
    Choice,
    Counting,
    Date,
    Event,
    Member,
    Minutes,
    Name,
    Not,
    Organisation,
    PersonalText,
    Programme,
    RefKind,
    Row,
    Selection,
    Unit,
    Yes,
    field,
    flow_in,
    flow_out,
)
from taizhang.declarations.registry import Clash, Registry
from taizhang.loading.admission import take_in, vocabulary_of
from taizhang.loading.loader import load
from taizhang.words.errors import Usage

SINCE = dt.date(2012, 1, 1)
KINDS = ("甲|A", "乙|B")
Declare = Callable[[Programme], Any]


class DeedRow(Row):
    member: Member = field("党员|Member")
    helper: Member | None = field("帮手|Helper", default=None)
    kind: Choice = field("类别|Kind", choices=KINDS)
    minutes: Minutes | None = field("时长|Time", default=None)
    day: Date | None = field("日期|Day", default=None)
    public: Yes = field("公开|Public", default=True)
    what: PersonalText = field("内容|What", default="")


class TaskRow(Row):
    name: Name = field("名称|Name")
    unit: Unit = field("单位|Unit")
    due: Date | None = field("期限|Due", default=None)


class NodeRow(Row):
    name: Name = field("名称|Name")
    above: Annotated[str, RefKind("probe_task")] | None = field("上级|Above", default=None)


@pytest.fixture(scope="module")
def core() -> dict[str, Programme]:
    return load(["liudai"]).registry.programmes


def taken(core: dict[str, Programme], declare: Declare, **more: Any) -> Registry:
    """A registry of the core and a programme with two tables that declares something."""
    programme = Programme("probe", "试|Probe", **more)
    programme.records("deeds", "事|Deeds", DeedRow)
    programme.folds("tasks", "任务|Tasks", TaskRow, entity="probe_task", prefix="k")
    declare(programme)
    return vocabulary_of([*core.values(), programme])


def duty(who: Selection | None = None, counts: Any = None, **more: Any) -> Declare:
    """Declares one duty that would be sound but for what is given."""
    given = {"at_least": 1, "per": "quarter", "since": SINCE, **more}
    return lambda p: p.duty(
        "act",
        "做事|Act",
        who=who or Selection("categories", "member", where={"category": "在职党员"}),
        counts=counts or Counting("probe_deeds", "member"),
        **given,
    )


def test_what_is_sound_is_taken_in(core: dict[str, Programme]) -> None:
    def declare(p: Programme) -> None:
        duty()(p)
        duty(until=dt.date(2011, 7, 1), since=dt.date(2011, 1, 1), at_least=2)(p)
        p.duty(
            "tasks", "任务|Tasks", who=Selection("probe_tasks", due="due"), counts=None,
            per="standing", since=SINCE, source="D4.19",
        )  # fmt: skip
        p.duty(
            "both", "两样|Both", who=Selection("memberships", "member", where={"organisation.kind": Not("外部组织")}),
            counts=Counting("probe_deeds", "member", where={"kind": ("甲", "乙"), "helper": None, "public": True}),
            at_least=1, each="kind", per="month", since=SINCE,
        )  # fmt: skip
        p.figure("time", "时长|Time", select=Selection("probe_deeds"), measure="sum:minutes", by="kind", over="year", unit="分钟|minutes")  # fmt: skip
        p.figure("share", "完成率|Share", measure="share:act", by="organisation")
        p.belongs("probe_tasks", to="unit")
        p.balance(
            "roll", "名册|Roll", stock=Selection("memberships", "member"),
            flows=[flow_in("来|In", Selection("probe_deeds", "member", where={"kind": "甲|A"})), flow_out("去|Out", Selection("probe_deeds", "helper"))],
        )  # fmt: skip

    registry = taken(core, declare)
    assert {"probe.act", "probe.both", "probe.tasks"} <= set(registry.duties)
    assert [v.since.year for v in registry.duties["probe.act"].versions] == [2011, 2012]
    assert registry.duties["probe.act"].owner == "probe"
    assert {"probe.time", "probe.share"} <= set(registry.figures)
    assert "probe.roll" in registry.balances


MEMBERS = Selection("members")
DEEDS = Counting("probe_deeds", "member")


@pytest.mark.parametrize(
    ("declare", "named"),
    [
        (duty(Selection("nobodies")), "nobodies"),
        (duty(Selection("categories", "who")), "who"),
        (duty(Selection("categories", "category")), "category"),
        (duty(Selection("probe_deeds", "member")), "probe_deeds"),
        (duty(Selection("categories", "member", where={"sort": "甲"})), "sort"),
        (duty(Selection("categories", "member", where={"category": "居民"})), "居民"),
        (duty(Selection("categories", "member", where={"category": 3})), "category"),
        (duty(Selection("categories", "member", where={"category": None})), "category"),
        (duty(Selection("categories", "member", where={"category": ()})), "category"),
        (duty(Selection("members", where={"name": "王小明"})), "name"),
        (duty(Selection("memberships", where={"organisation.sort": "支部"})), "sort"),
        (duty(Selection("memberships", where={"how.kind": "支部"})), "how"),
        (duty(Selection("members", organisation="stage")), "stage"),
        (duty(Selection("memberships", organisation="member")), "member"),
        (duty(MEMBERS, Counting("nothings")), "nothings"),
        (duty(MEMBERS, Counting("probe_deeds")), "probe_deeds"),
        (duty(MEMBERS, Counting("probe_deeds", "kind")), "kind"),
        (duty(MEMBERS, Counting("probe_tasks", "unit")), "unit"),
        (duty(MEMBERS, Counting("probe_deeds", "member", where={"minutes": "30"})), "minutes"),
        (duty(MEMBERS, Counting("probe_deeds", "member", where={"minutes": True})), "minutes"),
        (duty(MEMBERS, Counting("probe_deeds", "member", where={"public": 1})), "public"),
        (duty(MEMBERS, Counting("probe_deeds", "member", where={"day": "2012-01-01"})), "day"),
        (duty(MEMBERS, Counting("probe_deeds", "member", sum="kind")), "kind"),
        (duty(MEMBERS, Counting("probe_deeds", "member", distinct="what")), "what"),
        (duty(MEMBERS, Counting("probe_deeds", "member", day="kind")), "kind"),
        (duty(MEMBERS, Counting("services", "member", sum="minutes")), "services"),
        (duty(MEMBERS, DEEDS, each="minutes"), "minutes"),
        (duty(MEMBERS, DEEDS, each={"kind": ("丙",)}), "丙"),
        (lambda p: p.figure("f", "数|F", select=Selection("nobodies")), "nobodies"),
        (lambda p: p.figure("f", "数|F", select=Selection("probe_deeds"), measure="sum:kind"), "kind"),
        (lambda p: p.figure("f", "数|F", select=Selection("probe_deeds"), by="what"), "what"),
        (lambda p: p.figure("f", "数|F", select=Selection("probe_deeds"), by="organisation"), "probe_deeds"),
        (lambda p: p.figure("f", "数|F", measure="share:nothing"), "nothing"),
        (lambda p: p.balance("b", "表|B", stock=MEMBERS, flows=[flow_in("来|In", Selection("probe_tasks"))]), "probe_task"),
        (lambda p: p.belongs("probe_tasks", to="name"), "name"),
        (lambda p: p.belongs("memberships", "member", to="organisation"), "member"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_and_named(
    core: dict[str, Programme], declare: Declare, named: str
) -> None:
    with pytest.raises(Usage) as refusal:
        taken(core, declare)
    for side, owner in zip(refusal.value.pair, ("：", ": "), strict=True):
        assert named in side.split(owner, 1)[1]
    assert "probe" not in vocabulary_of(core.values()).programmes


def test_a_refused_programme_leaves_nothing_behind(core: dict[str, Programme]) -> None:
    programme = Programme("probe", "试|Probe")

    @programme.event("done", "做了|Done")
    class Done(Event):
        member: Member = field("党员|Member")

    duty(MEMBERS, Counting("nothings"))(programme)
    registry = vocabulary_of(core.values())
    with pytest.raises(Usage):
        take_in(registry, programme)
    assert "probe.done" not in registry.events
    assert registry.duties == vocabulary_of(core.values()).duties


@pytest.mark.parametrize(
    "more",
    [
        {"at_least": None},
        {"at_least": 0},
        {"at_least": 2, "at_most": 1},
        {"until": SINCE},
        {"soon": -1},
        {"at_least": None, "at_most": 1, "each": "kind"},
        {"each": {"kind": ("甲",), "public": ()}},
        {"counts": (DEEDS, DEEDS), "each": "kind"},
    ],
)
def test_what_makes_no_sense_is_no_duty(more: dict[str, Any]) -> None:
    programme = Programme("probe", "试|Probe")
    with pytest.raises(ValueError, match="="):
        duty(MEMBERS, **more)(programme)


def test_a_name_has_one_owner_and_one_meaning(core: dict[str, Programme]) -> None:
    programme = Programme("probe", "试|Probe")
    duty(MEMBERS)(programme)
    with pytest.raises(ValueError, match="two versions"):
        duty(MEMBERS, since=dt.date(2012, 7, 1))(programme)
    programme.figure("n", "数|N", select=MEMBERS)
    with pytest.raises(ValueError, match="twice"):
        programme.balance("n", "表|N", stock=MEMBERS, flows=[])
    with pytest.raises(ValueError, match="a-z"):
        programme.figure("数", "数|N", select=MEMBERS)
    again = Programme("again", "再|Again", nouns=("probe",))
    again.figure("probe.n", "数|N", select=MEMBERS)
    core_only = vocabulary_of(core.values())
    core_only.add(again)
    programme.tables.clear()
    programme.duties.clear()
    with pytest.raises(Clash, match=r"again.*probe"):
        core_only.fits(programme)


def test_of_others_only_what_it_needs(core: dict[str, Programme]) -> None:
    other = Programme("other", "别|Other")
    other.records("deeds", "事|Deeds", DeedRow)

    def registry(*needs: str) -> Registry:
        mine = Programme("probe", "试|Probe", needs=needs)
        duty(MEMBERS, Counting("other_deeds", "member"))(mine)
        return vocabulary_of([*core.values(), other, mine])

    assert "probe.act" in registry("other").duties
    with pytest.raises(Usage, match=r"needs=\(\"other\",\)"):
        registry()


def test_a_reference_of_another_kind_is_no_deed_of_a_unit(core: dict[str, Programme]) -> None:
    with pytest.raises(Usage, match="unit"):
        taken(core, duty(Selection("units"), DEEDS))


def test_what_fits_a_reference_is_held_against_its_table(core: dict[str, Programme]) -> None:
    def declare(column: str) -> Declare:
        def declared(programme: Programme) -> None:
            @programme.action("place.put", "放|Put")
            class Put(Action):
                """Put something somewhere."""

                spot: Organisation = field(
                    "处所|Where", fits={column: "支部"}, otherwise="不行|“{name}” will not do"
                )

        return declared

    taken(core, declare("kind"))
    with pytest.raises(Usage, match="sort"):
        taken(core, declare("sort"))


def test_a_store_has_one_hierarchy(core: dict[str, Programme]) -> None:
    registry = vocabulary_of(core.values())
    tree = registry.hierarchy
    assert tree is not None
    assert (tree.table, tree.kind, tree.parent) == ("organisations", "organisation", "parent")

    def another(programme: Programme) -> None:
        programme.hierarchy("probe_tasks", parent="parent")

    with pytest.raises(ValueError, match="parent"):
        taken(core, another)
    programme = Programme("probe", "试|Probe")
    programme.folds("tasks", "任务|Tasks", NodeRow, entity="probe_task", prefix="k")
    programme.hierarchy("probe_tasks", parent="above")
    with pytest.raises(Clash, match="hierarchy"):
        take_in(registry, programme)


@pytest.mark.parametrize(
    ("table", "column", "term"),
    [
        ("probe_tasks", "due", {"months": 6}),  # said twice: by the column, and by the number
        ("probe_tasks", "name", {}),
        ("probe_tasks", "sometime", {}),
        ("probe_tasks", "until", {"label": "至|Until", "months": "name"}),
        ("probe_deeds", "day", {}),
    ],
)
def test_only_a_state_runs_out_by_a_date_or_a_number_of_its_own(
    core: dict[str, Programme], table: str, column: str, term: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=table):
        taken(core, lambda p: p.tables[table].runs_out(column, **term))


def test_what_runs_out_is_no_stock_of_a_balance(core: dict[str, Programme]) -> None:
    def declare(programme: Programme) -> None:
        programme.tables["probe_tasks"].runs_out("due")
        programme.balance("b", "表|B", stock=Selection("probe_tasks"), flows=[])

    with pytest.raises(Usage, match="probe_tasks"):
        taken(core, declare)
