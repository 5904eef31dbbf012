"""One declaration carries far, and a wrong one is refused where it is written."""

import typing

import msgspec
import pytest

from taizhang.api import (
    Action,
    Choice,
    Count,
    Deed,
    Event,
    Member,
    Organisation,
    Programme,
    Row,
    field,
)
from taizhang.declarations.fields import _SPECS, hints_of, refs, specs, tags
from taizhang.declarations.registry import Clash, Registry
from taizhang.loading.duty_checks import labels_of
from taizhang.loading.loader import load
from taizhang.readmodels.forms import action_schema, form_fields
from taizhang.words.errors import Usage


class Lent(Event):
    """Something was lent."""

    member: Member = field("党员|Member")
    organisation: Organisation | None = field("支部|Branch", default=None)
    kind: Choice = field("类别|Kind", choices=["书|Book", "伞|Umbrella"], default="书")
    count: Count = field("数量|Count", low=1, high=9, default=1)


def test_fields_have_kind_label_and_rules() -> None:
    found = specs(Lent)
    assert list(found) == ["member", "organisation", "kind", "count"]
    assert found["member"].required
    assert found["member"].entity == "member"
    assert found["organisation"].optional
    assert found["kind"].show("伞", "en") == "Umbrella"
    assert found["kind"].show("帽", "en") == "帽", "unknown choices are shown as they stand"


class Quoted(Lent):
    """Annotations as texts, in every way that authors write them."""

    again: "Member" = field("又一人|Again")
    maybe: "Organisation | None" = field("也许|Maybe", default=None)
    spelt: "typing.Optional[Count]" = field("拼写|Spelt", default=None)  # noqa: UP045
    turned: "None | Choice" = field("倒写|Turned", choices=["书|Book"], default=None)  # noqa: RUF036


def test_annotations_are_what_typing_makes_of_them() -> None:
    load()
    declared = [*_SPECS, Lent, Quoted]
    assert len(declared) > 120
    for cls in declared:
        expected = typing.get_type_hints(cls, include_extras=True)
        assert list(hints_of(cls).items()) == list(expected.items())
    assert [s.optional for s in specs(Quoted).values()][-4:] == [False, True, True, True]


def test_an_annotation_that_is_nowhere_is_refused_as_ever() -> None:
    class Lost(Event):
        """Names what nobody has."""

        member: "Nobody" = field("党员|Member")  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(NameError, match="Nobody"):
        specs(Lost)


def test_tags_name_everything_referred_to() -> None:
    event = Lent(member="m-1", organisation="o-2")
    assert list(refs(event)) == [("member", "m-1"), ("organisation", "o-2")]
    assert tags(event) == ["member:m-1", "organisation:o-2"]
    assert tags(Lent(member="m-1")) == ["member:m-1"]


def test_events_are_lenient_where_actions_are_strict() -> None:
    kept = msgspec.json.decode(
        b'{"member":"m-1","kind":"\xe5\xb8\xbd","count":99,"more":1}', type=Lent
    )
    assert (kept.kind, kept.count) == ("帽", 99)
    assert msgspec.json.decode(msgspec.json.encode(Lent(member="m-1")))["count"] == 1, (
        "defaults are written"
    )


@pytest.mark.parametrize("name", ["on", "reason", "select", "check", "decide", "src", "cause"])
def test_reserved_names_are_refused(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        type(Event)("Wrong", (Event,), {"__annotations__": {name: Count}, name: field("数|N")})


def test_a_field_without_label_or_kind_is_refused() -> None:
    class Bare(Event):
        count: Count

    class Kindless(Event):
        count: int = field("数|N")

    for wrong in (Bare, Kindless):
        with pytest.raises(TypeError, match="count"):
            specs(wrong)


def programme(id: str = "lending") -> Programme:
    made = Programme(id, "借用|Lending")

    class LentRow(Row):
        member: Member = field("党员|Member")
        count: Count = field("数量|Count", default=1)

    table = made.records("loans", "借用|Loans", LentRow)

    @made.deed("loan.make", "借出|Lend", event="lent")
    class Lend(Deed):
        member: Member = field("党员|Member")
        count: Count = field("数量|Count", low=1, default=1)

    table.records(Lend)
    return made


def test_names_begin_with_their_owner() -> None:
    made = programme()
    assert list(made.events) == ["lending.lent"]
    assert list(made.actions) == ["lending.loan.make"]
    assert list(made.tables) == ["lending_loans"]


def test_a_form_and_a_schema_follow_from_an_action() -> None:
    (action,) = programme().actions.values()
    schema = action_schema(action, "en")
    assert schema["required"] == ["member"]
    assert schema["properties"]["count"] == {
        "title": "Count",
        "type": "integer",
        "minimum": 1,
        "default": 1,
    }
    assert schema["properties"]["on"]["format"] == "date"
    assert [(f.name, f.widget, f.required) for f in form_fields(action)] == [
        ("member", "pick", True),
        ("count", "number", False),
    ]


def test_of_two_owners_of_one_name_the_later_is_refused_and_both_are_named() -> None:
    registry = Registry([programme()])
    with pytest.raises(Clash, match="lending"):
        registry.fits(programme())
    # The last never wins in silence: an id that makes another one's names is a clash too.
    with pytest.raises(ValueError, match="lending_more"):
        Programme("lending_more")


def test_a_programme_for_another_interface_or_without_its_needs_is_refused() -> None:
    with pytest.raises(Usage, match="9"):
        Registry([Programme("future", api=9)])
    with pytest.raises(Usage, match="absent"):
        Registry([Programme("needy", needs=("absent",))])


def test_an_action_has_to_decide() -> None:
    class Idle(Action):
        pass

    with pytest.raises(TypeError, match="Idle"):
        Idle().decide(None)  # type: ignore[arg-type]


def test_every_label_of_every_declaration_is_in_both_languages() -> None:
    registry = load().registry
    labels = [("programme " + p.id, p.label) for p in registry.programmes.values()]
    labels += [(n, d.label) for n, d in registry.events.items()]
    labels += [(n, d.label) for n, d in registry.actions.items()]
    labels += [(n, t.label) for n, t in registry.tables.items()]
    labels += [(c.code, c.label) for c in registry.checks]
    for programme in registry.programmes.values():
        labels += [(programme.id, label) for label in labels_of(programme)]
    declared = [d.type for d in registry.events.values()] + [
        d.type for d in registry.actions.values()
    ]
    for cls in [*declared, *(t.row for t in registry.tables.values())]:
        for name, spec in specs(cls).items():
            labels.append((f"{cls.__name__}.{name}", spec.label))
            labels += [(f"{cls.__name__}.{name}", choice) for choice in spec.choices]
    assert [name for name, label in labels if not label.zh or not label.en] == []
    assert [name for name, label in labels if label.en == label.zh] == []


def test_personal_fields_of_core_and_bundled_programmes_are_the_few_that_are_needed() -> None:
    registry = load().registry
    personal = {
        f"{table.name}.{name}"
        for table in registry.tables.values()
        for name, spec in specs(table.row).items()
        if spec.kind.personal
    }
    assert personal == {
        "development.name",  # whoever applies is no member yet
        "seats.name",  # the head of a unit that has a seat
        "people.name",  # whoever is no member
        "people.phone",
        "people.id_number",
        "members.name",
        "members.phone",
        "members.id_number",
        "committee_members.name",
        "services.what",
        "meeting_guests.name",
        "liunuo_pledges.what",
        "sanguan_mobiles.place",
        "sanguan_mobiles.work",
        "wujian_matters.contact",
        # What is written freely of people or their cases.
        "acts.what",
        "agenda_items.topic",
        "meeting_guests.unit",
        "resolutions.done",
        "resolutions.follow_up",
        "resolutions.subject",
        "papers.place",
        "transfers.refusal",
        "sanguan_certificates.number",
        "wujian_matters.what",
    }


def test_a_programme_declares_nothing_twice() -> None:
    programme = Programme("twice", "两次|Twice")

    class Done(Deed):
        """A deed."""

    class Thing(Row):
        """A thing."""

    programme.deed("thing.do", "做|Do", event="thing_done")(Done)
    with pytest.raises(ValueError, match=r"twice\.thing_done twice"):
        programme.event("thing_done", "做了|Done")(type("Other", (Event,), {}))
    with pytest.raises(ValueError, match=r"twice\.thing\.do twice"):
        programme.action("thing.do", "做|Do")(type("Do", (Action,), {}))
    programme.folds("things", "物|Things", Thing, entity="twicething", prefix="tt")
    with pytest.raises(ValueError, match="twice_things twice"):
        programme.records("things", "物|Things", Thing)
    with pytest.raises(ValueError, match="two tables of twicething"):
        programme.folds("more", "物|Things", Thing, entity="twicething", prefix="tu")
