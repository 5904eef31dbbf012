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
    """What was published of a catalogue: how many posts it says that there are."""

    name: Name = field("岗位目录|Catalogue")
    stated: Count = field("公布数|Stated")
    source: Text = field("出处|Source", default="")


class Posts(Struct, frozen=True):
    """The declarations of a catalogue: the posts, who holds them, and the catalogue's numbers."""

    posts: Table[Any]
    holders: Table[Any]
    catalogue: Table[Any]
    entity: str


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
    zh, _, en = label.partition("|")
    entity = programme.id + noun
    ref = Annotated[str, RefKind(entity)]
    post: Fields = {noun: (ref, field(label, default=REQUIRED))}
    kind = reference_of(holder)
    if kind is None:
        raise TypeError(f"{programme.id}.{noun}: posts are held by entities")
    who = kind.entity
    person = Label.of(called)
    held_by: Fields = {who: (holder, field(called, default=REQUIRED))}
    name: Fields = {"name": (Name, field("岗位|Post", default=REQUIRED))}

    table = programme.folds(
        f"{noun}s", label, PostRow, entity=entity, prefix=prefix, search=("name",)
    )
    table.key = (noun,)  # what events call it
    holders = programme.spans(
        f"{noun}_holders",
        f"{zh}任岗|Holders: {en}",
        declared(Row, "PostHolderRow", f"A {who} holds a post.", {**post, **held_by}),
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

    def event(done: str, said: str, fields: Fields, rank: int) -> Any:
        doc = f"{said.replace('|', ': ')}."
        made = declared(Event, f"Post{done.capitalize()}", doc, fields)
        return programme.event(f"{noun}_{done}", said, rank=rank)(made)

    printed: Fields = {
        "name": (Name, field("岗位目录|Catalogue", default=REQUIRED)),
        "stated": (Count, field("公布数|Stated", low=1, default=REQUIRED)),
        "source": (Text, field("出处|Source", default="")),
    }
    published = event("published", f"公布{zh}目录|Catalogue published: {en}", printed, 10)
    entered = event("listed", f"列入{zh}|Listed: {en}", {**post, **name}, 20)
    dropped = event("dropped", f"撤销{zh}|Dropped: {en}", post, 90)
    claimed = event("claimed", f"认领{zh}|Claimed: {en}", {**post, **held_by}, 50)
    released = event("released", f"离开{zh}|Released: {en}", {**post, **held_by}, 80)
    catalogue.sets(published)
    holders.sets(claimed)
    holders.clears(released)

    @table.step(entered)
    def _listed(state: Any, happened: Any, on: date) -> PostRow:
        if state is not None:
            raise Impossible("该岗位已经列入|this post is listed already")
        return PostRow(name=happened.name)

    @table.step(dropped)
    def _dropped(state: Any, happened: Any, on: date) -> None:
        if state is None:
            raise Impossible("该岗位当日不存在|this post does not exist on that day")

    def action(verb: str, said: str, fields: Fields, decide: Any) -> None:
        doc = f"{said.replace('|', ': ')}."
        made = declared(Action, f"{verb.capitalize()}Post", doc, fields, decide=decide)
        programme.action(f"{noun}.{verb}", said)(made)

    def publish(this: Any, ledger: Ledger) -> Iterator[Event]:
        """The number, and those of the printed names that are not listed yet."""
        there = {row["name"] for row in ledger.rows(table.name)}
        yield published(name=zh, stated=this.stated, source=this.source)
        for one in listed:
            if one not in there:
                yield entered(**{noun: ledger.new_id(entity)}, name=one)

    def enter(this: Any, ledger: Ledger) -> Iterator[Event]:
        """As it stands; names are kept apart by a check."""
        yield entered(**{noun: ledger.new_id(entity)}, name=this.name)

    def drop(this: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused while somebody holds it."""
        id = getattr(this, noun)
        must(ledger, table.name, id)
        holding = ledger.rows(holders.name, **{noun: id})
        if holding:
            raise Refused("还有 {n} 人在这个岗位上|{n} people hold this post still", n=len(holding))
        yield dropped(**{noun: id})

    def claim(this: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused to one who holds it; where a post has one holder, while somebody does."""
        id, holder = getattr(this, noun), getattr(this, who)
        holding = ledger.rows(holders.name, **{noun: id})
        if any(row[who] == holder for row in holding):
            raise Refused(
                "该{zh}已在这个岗位上|this {en} holds the post already",
                zh=person.zh,
                en=person.en.lower(),
            )
        if holding and not many:
            raise Refused("这个岗位已有人|somebody holds this post already")
        yield claimed(**{noun: id, who: holder})

    def release(this: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused for one who does not hold it."""
        named = {noun: getattr(this, noun), who: getattr(this, who)}
        if not ledger.rows(holders.name, **named):
            raise Refused(
                "该{zh}不在这个岗位上|this {en} does not hold the post",
                zh=person.zh,
                en=person.en.lower(),
            )
        yield released(**named)

    number: Fields = {
        "stated": (Count, field("公布数|Stated", low=1, default=stated)),
        "source": (Text, field("出处|Source", default=source)),
    }
    one = one_of(noun)
    action("publish", f"录入{zh}目录|Enter the catalogue: {en}", number, publish)
    action("list", f"列入{zh}|List {one}", name, enter)
    action("drop", f"撤销{zh}|Drop {one}", post, drop)
    action("claim", f"认领{zh}|Claim {one}", {**post, **held_by}, claim)
    action("release", f"离开{zh}|Release {one}", {**post, **held_by}, release)

    programme.check(
        f"{noun}-name", "已有同名岗位|A post bears this name", entity=entity, reads=(table.name,)
    )(unique(table.name, "name"))
    if not many:

        @programme.check(
            f"{noun}-two-holders",
            "岗位同时有两人|Two hold one post at once",
            entity=entity,
            reads=(holders.name,),
        )
        def _two(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
            for row in ledger.query(
                f'SELECT DISTINCT a."{noun}" AS id, a.src AS src FROM {holders.name}_all a '
                f'JOIN {holders.name}_all b ON b."{noun}" = a."{noun}" AND b."{who}" > a."{who}" '
                f"AND {overlap('a', 'b')} WHERE {among(f'a.{noun}', ids)}",
                *(ids or ()),
            ):
                yield row["id"], row["src"]

    return Posts(table, holders, catalogue, entity)


__all__ = ["Posts", "posts"]
