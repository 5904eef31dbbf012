"""Has a check that looks at a table which its reads do not name."""

from collections.abc import Iterator, Sequence

from taizhang.api import Deed, Ledger, Member, Programme, Row, among, field

programme = Programme("reads", "试验|Trial", api=1, needs=("members",))


class TurnRow(Row):
    """One turn."""

    member: Member = field("党员|Member")


turns = programme.records("turns", "值岗|Turns", TurnRow)


@programme.deed("turn.take", "值岗|Take a turn", event="turn_taken")
class TakeTurn(Deed):
    """A turn."""

    member: Member = field("党员|Member")


turns.records(TakeTurn)


@programme.check(
    "joined",
    "还没有入党就值岗|A turn before joining",
    entity="member",
    hard=False,
    reads=("reads_turns",),
)
def _joined(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Turns of those who joined later."""
    for row in ledger.query(
        "SELECT t.member AS id, t.src AS src FROM reads_turns t JOIN members m ON m.id = t.member "
        f"WHERE m.joined > t.on_date AND {among('t.member', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]
