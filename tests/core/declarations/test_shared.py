"""Fields that several declarations share: said once, in order, and said otherwise where one differs."""

from __future__ import annotations

from datetime import date

import pytest

from taizhang.declarations.actions import Action, Deed
from taizhang.declarations.declared import Impossible
from taizhang.declarations.fields import Event, Row, Shared, field, specs
from taizhang.declarations.kinds import Choice, Count, Date, Name, Text
from taizhang.declarations.programme import Programme


class OfShelf(Shared):
    """What is said of a shelf."""

    shelf: Name = field("架|Shelf")


class Details(Shared):
    """What is said of a book."""

    title: Name = field("书名|Title")
    kind: Choice = field("类别|Kind", choices=("书|Book", "刊|Journal"))
    pages: Count | None = field("页数|Pages", low=1, high=9, default=None, help="数一数|Count")
    note: Text | None = field("注|Note", default=None)

    def check(self) -> list[str]:
        return ["查过|checked"]


class BookRow(Details, Row):
    """A book."""

    since_when: Date | None = field("自|Since", default=None)


class BookAdded(OfShelf, Details, Event, first=("kind",)):
    """A book is there."""


class AddBook(Details, Action):
    """Add a book."""

    kind: Choice = field(default="书")
    pages: Count | None = field(low=0, default=None)


class CorrectBook(OfShelf, Deed, help="不填则不变|unchanged when empty"):
    """Correct a book."""

    title: Name | None = field("书名|Title", default=None)
    pages: Count | None = field("页数|Pages", default=None, help="数一数|Count")


def test_bases_give_their_fields_in_order_before_the_class_s_own() -> None:
    assert list(specs(BookRow)) == ["title", "kind", "pages", "note", "since_when"]
    assert list(specs(BookAdded)) == ["kind", "shelf", "title", "pages", "note"]
    assert BookAdded.__struct_fields__ == ("kind", "shelf", "title", "pages", "note")


def test_a_field_without_label_is_that_of_the_base_said_otherwise() -> None:
    shared, own = specs(BookRow), specs(AddBook)
    assert list(own) == ["title", "kind", "pages", "note"]
    assert own["kind"].choices == shared["kind"].choices
    assert (own["kind"].default, shared["kind"].required) == ("书", True)
    assert (own["pages"].low, own["pages"].high) == (0, 9)
    assert own["pages"].help == shared["pages"].help
    assert shared["pages"].low == 1, "what one says otherwise is not said of the others"


def test_a_default_is_not_inherited() -> None:
    """As a type checker reads it: a field that is said again is required unless it says a default."""

    class Noted(Details, Row):
        note: Text | None = field()

    assert specs(Noted)["note"].required
    with pytest.raises(TypeError):
        Noted(title="a", kind="书")  # type: ignore[call-arg]


def test_help_is_said_once_for_all_that_may_be_left_out() -> None:
    helped = specs(CorrectBook)
    said = {name: spec.help and spec.help.zh for name, spec in helped.items()}
    assert said == {"shelf": None, "title": "不填则不变", "pages": "数一数"}, "it may be left out"


def test_what_is_shared_makes_one_of_the_other() -> None:
    wanted = AddBook(title="党章", pages=3)
    added = wanted.becomes(BookAdded, shelf="甲")
    assert added == BookAdded(shelf="甲", title="党章", kind="书", pages=3)
    row = added.becomes(BookRow, since_when=date(2012, 1, 1))
    assert row == BookRow(title="党章", kind="书", pages=3, since_when=date(2012, 1, 1))
    assert row.updated(CorrectBook(shelf="甲", pages=4)) == row.replace(pages=4)
    assert row.updated(CorrectBook(shelf="甲")) == row


def test_rules_are_shared_too() -> None:
    assert list(AddBook(title="a").check()) == ["查过|checked"]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("class R(Row):\n    a: Name = field()", "R.a: no base has such a field"),
        ("class R(Details, Row, first=('b',)):\n    pass", "R.b: there is no such field"),
        ("class R(Details, Row):\n    b = field('乙|B')", "R.b: there is no such field"),
    ],
)
def test_what_is_wrong_with_it_is_said_to_the_author(said: str, named: str) -> None:
    with pytest.raises(TypeError, match=named):
        exec(said, globals())


def test_a_life_that_begins_and_ends_plainly_is_declared_by_its_events() -> None:
    made = Programme("shelves", "书架|Shelves", nouns=("shelf",))
    table = made.folds("books", "书|Books", BookRow, entity="shelf", prefix="b", title="title")
    table.begins(BookAdded, "已经有|there already", note="新")
    table.ends(CorrectBook, "没有|not there")
    begin, end = table.feeds[BookAdded].make, table.feeds[CorrectBook].make
    assert begin is not None
    assert end is not None
    added = BookAdded(shelf="甲", title="党章", kind="书")
    row = begin(None, added, date(2012, 1, 1))
    assert row == BookRow(title="党章", kind="书", note="新")
    assert end(row, CorrectBook(shelf="甲"), date(2012, 1, 2)) is None
    with pytest.raises(Impossible, match="已经有"):
        begin(row, added, date(2012, 1, 2))
    with pytest.raises(Impossible, match="没有"):
        end(None, CorrectBook(shelf="甲"), date(2012, 1, 2))
