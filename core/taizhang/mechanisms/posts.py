"""Posts: a catalogue of posts (设岗定责), who claims them and who holds them.

A catalogue is often published with a number and fewer names: 14 posts of which 7 are named. Both numbers
stand side by side with the posts that are held, on any day: the number is a fact with its day, as the
names are, and an office adds the names that were not printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated, Any

from msgspec import Struct

from taizhang.declarations.actions import Action
from taizhang.declarations.computed import computed
from taizhang.declarations.declared import Impossible
from taizhang.declarations.fields import REQUIRED, Event, Row, field
from taizhang.declarations.kinds import Count, Name, RefKind, Text
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import Fields, code_of, declared, one_of, reference_of
from taizhang.mechanisms.rules import among, must, overlap, unique
from taizhang.words.errors import Refused
from taizhang.words.labels import Label


class PostRow(Row):
    """A post of the catalogue."""

    name: Name = field("岗位|Post")


class CatalogueRow(Row):
    """A catalogue as it was published: how many posts it says that there are."""

    name: Name = field("岗位目录|Catalogue")
    stated: Count = field("公布数|Stated")
    source: Text = field("出处|Source", default="")


class Posts(Struct, frozen=True):
    """The declarations of a catalogue: the posts, who holds them, and the catalogue's numbers."""

    posts: Table[Any]
    holders: Table[Any]
    catalogue: Table[Any]
    entity: str


class _Named(Struct, frozen=True):
    """The names of a catalogue's declarations, and the fields that they are made of."""

    programme: Programme
    noun: str
    label: Label
    holder: Any
    who: str
    person: Label

    @property
    def entity(self) -> str:
        """The kind of entity that a post is."""
        return self.programme.id + self.noun

    @property
    def post(self) -> Fields:
        """The field that names a post."""
        said = field(f"{self.label.zh}|{self.label.en}", default=REQUIRED)
        return {self.noun: (Annotated[str, RefKind(self.entity)], said)}

    @property
    def held_by(self) -> Fields:
        """The fields that name a post and one who holds it."""
        said = field(f"{self.person.zh}|{self.person.en}", default=REQUIRED)
        return {**self.post, self.who: (self.holder, said)}

    @property
    def name(self) -> Fields:
        """The field of a post's own name."""
        return {"name": (Name, field("岗位|Post", default=REQUIRED))}

    def event(self, done: str, said: str, fields: Fields, rank: int) -> Any:
        """Declares an event of posts."""
        made = declared(Event, f"Post{done.capitalize()}", f"{said.replace('|', ': ')}.", fields)
        return self.programme.event(f"{self.noun}_{done}", said, rank=rank)(made)

    def action(self, verb: str, said: str, fields: Fields, decide: Any) -> None:
        """Declares an action on posts."""
        doc = f"{said.replace('|', ': ')}."
        made = declared(Action, f"{verb.capitalize()}Post", doc, fields, decide=decide)
        self.programme.action(f"{self.noun}.{verb}", said)(made)


class _Events(Struct, frozen=True):
    """The types of event of a catalogue."""

    published: Any
    listed: Any
    dropped: Any
    claimed: Any
    released: Any


class _Printed(Struct, frozen=True):
    """A catalogue as it was published."""

    stated: int
    listed: tuple[str, ...]
    source: str


def posts(
    programme: Programme,
    noun: str,
    label: str,
    *,
    holder: Any,
    called: str,
    prefix: str,
    stated: int,
    listed: Sequence[str],
    source: str = "",
    many: bool = True,
) -> Posts:
    """Declares a catalogue of posts for ``programme``, each held by several at once, or (``many`` false)
    by one at a time.

    Tables are the ``noun`` with an s, ``noun_holders`` and ``noun_catalogues``; the last shows ``stated``,
    ``listed``, ``held`` (posts that somebody holds) and ``holders`` (those that hold one).

    Args:
        programme: whose catalogue it is.
        noun: what a post is called in names.
        label: what it is called by people, as a pair.
        holder: the annotated kind of reference of those who hold posts.
        called: what a holder is called by people, as a pair.
        prefix: of the ids of posts.
        stated: the published number.
        listed: the published names.
        source: where that stands.
        many: whether several may hold one post at once.
    """
    kind = reference_of(holder)
    if kind is None:
        raise TypeError(f"{programme.id}.{noun}: posts are held by entities")
    named = _Named(programme, noun, Label.of(label), holder, kind.entity, Label.of(called))
    made = _tables(named, prefix)
    events = _events(named, made)
    _catalogue_actions(named, made, events, _Printed(stated, tuple(listed), source))
    _holder_actions(named, made, events, many)
    _checks(named, made, many)
    return made


def _tables(named: _Named, prefix: str) -> Posts:
    programme, noun, who = named.programme, named.noun, named.who
    zh, en = named.label.zh, named.label.en
    table = programme.folds(
        f"{noun}s", f"{zh}|{en}", PostRow, entity=named.entity, prefix=prefix, search=("name",)
    )
    table.key = (noun,)  # what events call it
    holders = programme.spans(
        f"{noun}_holders",
        f"{zh}任岗|Holders: {en}",
        declared(Row, "PostHolderRow", f"A {who} holds a post.", named.held_by),
        key=(noun, who),
        within=(noun,),
        ends_with=(who,),
    )
    catalogue = programme.spans(
        f"{noun}_catalogues",
        f"{zh}目录|Catalogue: {en}",
        declared(CatalogueRow, "PostCatalogueRow", "A published catalogue.", {}),
        key=("name",),
    )
    held = f"FROM {holders.name}"
    catalogue.computed.update(
        {
            **computed("listed", "列出数|Listed", f"(SELECT count(*) FROM {table.name})"),
            **computed("held", "在岗岗位|Held", f'(SELECT count(DISTINCT "{noun}") {held})'),
            **computed("holders", "任岗人数|Holders", f'(SELECT count(DISTINCT "{who}") {held})'),
        }
    )
    for made in (table, holders, catalogue):
        made.code = code_of(__file__)
    return Posts(table, holders, catalogue, named.entity)


def _events(named: _Named, made: Posts) -> _Events:
    zh, en = named.label.zh, named.label.en
    printed: Fields = {
        "name": (Name, field("岗位目录|Catalogue", default=REQUIRED)),
        "stated": (Count, field("公布数|Stated", low=1, default=REQUIRED)),
        "source": (Text, field("出处|Source", default="")),
    }
    both = {**named.post, **named.name}
    events = _Events(
        named.event("published", f"公布{zh}目录|Catalogue published: {en}", printed, 10),
        named.event("listed", f"列入{zh}|Listed: {en}", both, 20),
        named.event("dropped", f"撤销{zh}|Dropped: {en}", named.post, 90),
        named.event("claimed", f"认领{zh}|Claimed: {en}", named.held_by, 50),
        named.event("released", f"离开{zh}|Released: {en}", named.held_by, 80),
    )
    made.catalogue.sets(events.published)
    made.holders.sets(events.claimed)
    made.holders.clears(events.released)

    @made.posts.step(events.listed)
    def _listed(state: Any, happened: Any, on: date) -> PostRow:
        if state is not None:
            raise Impossible("该岗位已经列入|this post is listed already")
        return PostRow(name=happened.name)

    @made.posts.step(events.dropped)
    def _dropped(state: Any, happened: Any, on: date) -> None:
        if state is None:
            raise Impossible("该岗位当日不存在|this post does not exist on that day")

    return events


def _catalogue_actions(named: _Named, made: Posts, events: _Events, printed: _Printed) -> None:
    """Actions of whoever keeps the catalogue: enter it, list a post, drop one."""
    noun, zh = named.noun, named.label.zh

    def publish(this: Any, ledger: Ledger) -> Iterator[Event]:
        """The number, and those of the printed names that are not listed yet."""
        there = {row["name"] for row in ledger.rows(made.posts.name)}
        yield events.published(name=zh, stated=this.stated, source=this.source)
        for one in printed.listed:
            if one not in there:
                yield events.listed(**{noun: ledger.new_id(named.entity)}, name=one)

    def enter(this: Any, ledger: Ledger) -> Iterator[Event]:
        """As it stands; names are kept apart by a check."""
        yield events.listed(**{noun: ledger.new_id(named.entity)}, name=this.name)

    def drop(this: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused while somebody holds it."""
        id = getattr(this, noun)
        must(ledger, made.posts.name, id)
        holding = ledger.rows(made.holders.name, **{noun: id})
        if holding:
            raise Refused("还有 {n} 人在这个岗位上|{n} people hold this post still", n=len(holding))
        yield events.dropped(**{noun: id})

    number: Fields = {
        "stated": (Count, field("公布数|Stated", low=1, default=printed.stated)),
        "source": (Text, field("出处|Source", default=printed.source)),
    }
    one = one_of(noun)
    named.action("publish", f"录入{zh}目录|Enter the catalogue: {named.label.en}", number, publish)
    named.action("list", f"列入{zh}|List {one}", named.name, enter)
    named.action("drop", f"撤销{zh}|Drop {one}", named.post, drop)


def _holder_actions(named: _Named, made: Posts, events: _Events, many: bool) -> None:
    """Actions of those who hold posts: claim one, release it."""
    noun, who, zh = named.noun, named.who, named.label.zh
    called = {"zh": named.person.zh, "en": named.person.en.lower()}

    def claim(this: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused to one who holds it; where a post has one holder, while somebody does."""
        id, holder = getattr(this, noun), getattr(this, who)
        holding = ledger.rows(made.holders.name, **{noun: id})
        if any(row[who] == holder for row in holding):
            raise Refused("该{zh}已在这个岗位上|this {en} holds the post already", **called)
        if holding and not many:
            raise Refused("这个岗位已有人|somebody holds this post already")
        yield events.claimed(**{noun: id, who: holder})

    def release(this: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused for one who does not hold it."""
        place = {noun: getattr(this, noun), who: getattr(this, who)}
        if not ledger.rows(made.holders.name, **place):
            raise Refused("该{zh}不在这个岗位上|this {en} does not hold the post", **called)
        yield events.released(**place)

    one = one_of(noun)
    named.action("claim", f"认领{zh}|Claim {one}", named.held_by, claim)
    named.action("release", f"离开{zh}|Release {one}", named.held_by, release)


def _checks(named: _Named, made: Posts, many: bool) -> None:
    programme, noun, who = named.programme, named.noun, named.who
    posts, holders = made.posts.name, made.holders.name
    programme.check(
        f"{noun}-name", "已有同名岗位|A post bears this name", entity=named.entity, reads=(posts,)
    )(unique(posts, "name"))
    if many:
        return

    @programme.check(
        f"{noun}-two-holders",
        "岗位同时有两人|Two hold one post at once",
        entity=named.entity,
        reads=(holders,),
    )
    def _two(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        for row in ledger.query(
            f'SELECT DISTINCT a."{noun}" AS id, a.src AS src FROM {holders}_all a '
            f'JOIN {holders}_all b ON b."{noun}" = a."{noun}" AND b."{who}" > a."{who}" '
            f"AND {overlap('a', 'b')} WHERE {among(f'a.{noun}', ids)}",
            *(ids or ()),
        ):
            yield row["id"], row["src"]


__all__ = ["Posts", "posts"]
