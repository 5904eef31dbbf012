"""What has to hold for letters (介绍信) on every day, and the list of overdue ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from taizhang.api import Ledger, among, overlap
from taizhang.office.transfers.facts import LIVING, programme


@programme.check(
    "two-letters",
    "同一党员同时有两封在途介绍信|Two letters under way at once",
    entity="member",
    reads=("transfers",),
)
def _two_letters(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    for row in ledger.query(
        "SELECT DISTINCT a.member AS id, a.src AS src FROM transfers_all a JOIN transfers_all b "
        f"ON b.member = a.member AND b.id > a.id AND {overlap('a', 'b')} "
        f"WHERE a.state = '在途' AND b.state = '在途' AND {among('a.member', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "of-one-who-left",
    "党员已出党，介绍信仍在途|A letter under way of one who left",
    entity="member",
    reads=("transfers", "members"),
)
def _of_one_who_left(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Leaving ends what is under way, also where the letter or the leaving is recorded late."""
    for row in ledger.query(
        "SELECT DISTINCT t.member AS id, t.src AS src FROM transfers_all t "
        f"WHERE t.state = '在途' AND {among('t.member', ids)} AND NOT EXISTS ("
        "SELECT 1 FROM members_all m WHERE m.id = t.member "
        "AND (m.until IS NULL OR (t.until IS NOT NULL AND m.until >= t.until)))",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "receiver",
    "接收组织不能编入党员|The receiver holds no members",
    entity="transfer",
    reads=("transfers", "organisations"),
)
def _receiver(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Finds letters that issuing would have refused and that became so by a correction."""
    for row in ledger.query(
        "SELECT DISTINCT t.id AS id, t.src AS src FROM transfers_all t JOIN organisations_all o "
        f'ON o.id = t."to" AND {overlap("t", "o")} '
        f"WHERE t.state = '在途' AND o.holds_members = 0 AND {among('t.id', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "number",
    "同一转出组织同一年已有此号的介绍信|The sender has a letter of this number in this year",
    entity="transfer",
    reads=("transfers",),
)
def _number(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Only letters that count bear a number: one that was taken back has given it free."""
    living = ", ".join(f"'{state}'" for state in LIVING)
    for row in ledger.query(
        "SELECT DISTINCT a.id AS id, a.src AS src FROM transfers_all a JOIN transfers_all b "
        "ON b.sender = a.sender AND b.number = a.number AND b.id <> a.id "
        f"AND substr(b.issued, 1, 4) = substr(a.issued, 1, 4) AND {overlap('a', 'b')} "
        f"WHERE a.number <> '' AND a.state IN ({living}) AND b.state IN ({living}) "
        f"AND {among('a.id', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@programme.check(
    "late",
    "接收时介绍信已过有效期|The letter had run out when received",
    entity="transfer",
    reads=("transfers",),
    hard=False,
)
def _late(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
    """Soft, since sources differ on validity and a superior may approve exceptions."""
    for row in ledger.query(
        f"SELECT id, src FROM transfers_all WHERE state = '已接收' AND received > due "
        f"AND {among('id', ids)}",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


def overdue(ledger: Ledger) -> list[dict[str, Any]]:
    """Letters under way that are no longer valid on the ledger's day, the oldest first."""
    return ledger.query(
        "SELECT * FROM transfers WHERE state = '在途' AND due < ? ORDER BY due, id",
        ledger.on.isoformat(),
    )
