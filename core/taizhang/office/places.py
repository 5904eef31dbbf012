"""Places (场所): grids, buildings and rooms, and the organisations that answer for them.

Sources: 支部包网格、党员包楼栋 (D1.02, D1.03). A grid (网格) has one branch or more (30 branches stand on
19 grids); a building (楼栋) has exactly one group (81 groups on 245 buildings, rule R27), so that
linking it to another group takes it from the former. Places are places: there are no households and
no residents here, and no field for them (domain section F).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taizhang.api import (
    Action,
    Choice,
    Dated,
    Deed,
    Event,
    Ledger,
    Name,
    Organisation,
    Place,
    Programme,
    Refused,
    Row,
    Shared,
    among,
    field,
    later,
    must,
    overlap,
    unique,
)

programme = Programme("places", "场所|Places", nouns=("place",))

KINDS = (
    "网格|Grid",
    "片区|Quarter",
    "楼栋|Building",
    "服务中心|Service centre",
    "活动室|Activity room",
    "其他|Other",
)

_LINKS = {
    "网格": (
        ("支部", "联合支部", "功能型支部"),
        "网格由支部承包|a grid is answered for by a branch",
    ),
    "楼栋": (("党小组",), "楼栋由党小组承包|a building is answered for by a group"),
}


class OfPlace(Shared):
    """The field of all that is said of a place that is in the ledger."""

    place: Place = field("场所|Place")


class PlaceDetails(Shared):
    """A place as it is entered."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Place | None = field("所在网格|Grid", default=None)


class PlaceLink(OfPlace):
    """An organisation and a place that it answers for."""

    organisation: Organisation = field("承包组织|Organisation")


class PlaceRow(PlaceDetails, Row):
    """A place."""

    parent: Place | None = field(default=None, ended=True)


class PlaceLinkRow(PlaceLink, Row):
    """An organisation answers for a place."""


places = programme.folds(
    "places", "场所|Places", PlaceRow, entity="place", prefix="p", search=("name",)
)
place_links = programme.spans(
    "place_links",
    "承包关系|Place links",
    PlaceLinkRow,
    key=("place", "organisation"),
    within=("organisation",),
    ends_with=("place",),
)


@programme.event("place.registered", "登记场所|Place registered", rank=10)
class PlaceRegistered(OfPlace, PlaceDetails, Event):
    """A place is entered."""


@programme.deed("place.close", "撤销场所|Close a place")
@programme.event("place.closed", "撤销场所|Place closed", rank=90, ends="place")
class PlaceClosed(OfPlace, Deed):
    """End a place and the links to it."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a grid in which places stand."""
        inside = later(ledger, ledger.spans("places", parent=self.place))
        if inside:
            raise Refused(
                "网格内还有 {n} 处场所|{n} places stand in this grid",
                n=len({row["id"] for row in inside}),
            )
        yield self


@programme.deed("place.link", "承包|Link a place")
@programme.event("place.linked", "承包|Place linked", rank=60)
class PlaceLinked(PlaceLink, Deed):
    """Let an organisation answer for a place."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """A building leaves its former group; a grid keeps the branches it has."""
        kind = must(ledger, "places", self.place)["kind"]
        wanted, rule = _LINKS.get(kind, ((), ""))
        if wanted and must(ledger, "organisations", self.organisation)["kind"] not in wanted:
            raise Refused(rule)
        former = ledger.rows("place_links", place=self.place)
        if any(row["organisation"] == self.organisation for row in former):
            raise Refused("该组织已承包这个场所|this organisation answers for the place already")
        if kind == "楼栋":
            for row in former:
                yield PlaceUnlinked(place=self.place, organisation=row["organisation"])
        yield self


@programme.deed("place.unlink", "解除承包|Unlink a place")
@programme.event("place.unlinked", "解除承包|Place unlinked", rank=55)
class PlaceUnlinked(PlaceLink, Deed):
    """End that an organisation answers for a place."""

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused when it does not."""
        if not ledger.rows("place_links", place=self.place, organisation=self.organisation):
            raise Refused("该组织没有承包这个场所|this organisation does not answer for the place")
        yield self


places.begins(PlaceRegistered, "该场所已经登记|this place is registered already")


places.ends(PlaceClosed, "该场所当日不存在|this place does not exist on that day")


@programme.follows("organisation.merged", "承包的场所随之转入|The places it answers for go over")
def _go_over(ledger: Ledger, merged: Any) -> Iterator[Event | Dated]:
    """A place that the other one answers for already needs no second link."""
    linked = {row["place"] for row in ledger.rows("place_links", organisation=merged.to)}
    for row in ledger.rows("place_links", organisation=merged.organisation):
        place = row["place"]
        yield PlaceUnlinked(place=place, organisation=merged.organisation)
        if place not in linked:
            linked_to = PlaceLinked(place=place, organisation=merged.to)
            yield Dated(linked_to, ledger.on, "整建制", (row["src"],))


place_links.sets(PlaceLinked)
place_links.clears(PlaceUnlinked)
programme.belongs("place_links", "place", to="organisation")


@programme.action("place.register", "登记场所|Register a place")
class RegisterPlace(PlaceDetails, Action):
    """Enter a place; a building or room may stand in a grid."""

    kind: Choice = field(default="其他")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a grid within a grid, and for a parent that is no grid."""
        above = must(ledger, "places", self.parent)["kind"] if self.parent else None
        if above is not None and (self.kind == "网格" or above != "网格"):
            raise Refused("只有楼栋等场所可以设在网格之内|only buildings and rooms stand in a grid")
        yield self.becomes(PlaceRegistered, place=ledger.new_id("place"))


programme.check(
    "name", "该网格内已有同名场所|A place there bears this name", entity="place", reads=("places",)
)(unique("places", "name", "kind", "parent"))


@programme.check(
    "two-groups",
    "楼栋同时有两个党小组承包|Two groups answer for one building",
    entity="place",
    reads=("place_links", "places"),
)
def _two_groups(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """The half of R27 that one fact can break; the other half is :func:`without_group`."""
    for row in ledger.query(
        "SELECT DISTINCT a.place AS id, a.src AS src FROM place_links_all a "
        "JOIN place_links_all b ON b.place = a.place AND b.organisation > a.organisation "
        f"AND {overlap('a', 'b')} JOIN places_all p ON p.id = a.place AND p.kind = '楼栋' "
        f"WHERE {among('a.place', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


def without_group(ledger: Ledger) -> list[dict[str, Any]]:
    """Buildings that no group answers for on the ledger's day: to be done, not an error (R27)."""
    return ledger.query(
        "SELECT * FROM places p WHERE p.kind = '楼栋' AND NOT EXISTS "
        "(SELECT 1 FROM place_links l WHERE l.place = p.id) ORDER BY p.name, p.id"
    )
