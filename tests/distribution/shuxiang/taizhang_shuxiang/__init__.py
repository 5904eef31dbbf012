"""书香支部: members read together. A programme as a community ships it, from outside of this project."""

from taizhang.api import Count, Deed, Member, Name, Programme, Row, field

programme = Programme("shuxiang", "书香支部|Reading circles", api=1, needs=("members",))


class ReadingRow(Row):
    """A book that a member has read."""

    member: Member = field("党员|Member")
    book: Name = field("书名|Book")
    pages: Count = field("页数|Pages", default=0)


readings = programme.records("readings", "读书记录|Readings", ReadingRow)


@programme.deed("book.read", "记读书|Record a book", event="book_read")
class ReadBook(Deed):
    """A member has read a book."""

    member: Member = field("党员|Member")
    book: Name = field("书名|Book")
    pages: Count = field("页数|Pages", low=1, high=10_000, default=0)


readings.records(ReadBook)
