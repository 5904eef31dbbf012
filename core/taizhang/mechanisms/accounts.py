"""Accounts (收支账): money or goods that come in and go out, with a balance that never falls below its floor.

An account holds one thing in one unit of measure: yuan of a fund, bags of rice of a shop. Several are never added up. The
balance of a day is what came in less what went out until then, at both clocks. An entry that would leave too little on its
day, or on a later one because others are recorded already, is refused with that day; so are a void and a correction. Whoever
is helped is a case number, never a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from taizhang.declarations.actions import Deed
from taizhang.declarations.amounts import QuantityKind
from taizhang.declarations.computed import computed
from taizhang.declarations.fields import REQUIRED, Event, Row, field
from taizhang.declarations.kinds import Choice, Name, Quantity, Text
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import Fields, asked, code_of, declared, reference_of, stored_name
from taizhang.mechanisms.register import Register, register
from taizhang.mechanisms.rules import among, must
from taizhang.words.errors import Refused
from taizhang.words.labels import Label

IN, OUT = "收入", "支出"
WAYS = (f"{IN}|In", f"{OUT}|Out")
YUAN = "元"
FEN = 10
"""Thousandths of a yuan that no amount of money is finer than."""


class AccountRow(Row):
    """An account: what it holds, in which unit of measure, and how little may be left."""

    name: Name = field("账户|Account")
    book: Text = field("账册|Book", default="", help="同一账册的账户列在一起|Listed together")
    measure: Name = field("计量单位|Unit of measure", default=YUAN)
    floor: Quantity = field("余额下限|Least balance", low=0, default=0)


class Accounts(Struct, frozen=True):
    """The declarations of accounts: the register of them, and the table of their entries."""

    register: Register
    entries: Table[Any]


def accounts(
    programme: Programme,
    noun: str,
    label: str,
    *,
    prefix: str,
    incoming: Sequence[str],
    outgoing: Sequence[str],
    owner: Any = None,
    table: str = "",
    entries: str = "",
) -> Accounts:
    """Declares accounts, what comes in and what goes out.

    Args:
        programme: whose accounts they are.
        noun: what events and actions call one.
        label: what people call one, ``中文|English``.
        prefix: what ids begin with.
        incoming: the kinds of what comes in, as pairs.
        outgoing: the kinds of what goes out, as pairs.
        owner: the annotated kind of reference of whoever keeps accounts; nobody in particular without it.
        table: the table's name, unless it is the noun with an s.
        entries: the name of the table of entries, unless it is the noun with ``_entries``.

    Raises:
        TypeError: ``owner`` is no kind of reference.

    Returns:
        The register and the table of entries. The register's ``balance`` is that of the day looked at.
    """
    more: Fields = {}
    if owner is not None:
        kind = reference_of(owner)
        if kind is None:
            raise TypeError(f"{programme.id}.{noun}: accounts are kept by entities")
        more[kind.entity] = (owner | None, field("管理者|Kept by", default=None))
    row = declared(AccountRow, "AccountRow", AccountRow.__doc__ or "", more)
    own = entries or f"{noun}_entries"
    made = register(
        programme,
        noun,
        label,
        row,
        prefix=prefix,
        table=table,
        search=("name", "book"),
        same=("name", *more),
        fixed=("measure",),
        reads=(own if programme.nouns else f"{programme.id}_{own}",),
    )
    zh, en = Label.of(label).zh, Label.of(label).en
    kinds = tuple(dict.fromkeys((*incoming, *outgoing)))
    columns: Fields = {
        noun: (made.reference, field(label, default=REQUIRED)),
        "way": (Choice, field("收支|In or out", choices=WAYS, default=REQUIRED)),
        "kind": (Choice, field("类别|Kind", choices=kinds, default=REQUIRED)),
        "amount": (Quantity, field("数额|Amount", low=1, default=REQUIRED)),
        "change": (Quantity, field("增减|Change", default=REQUIRED)),
        "reference": (Text, field("凭证或案号|Voucher or case", default="")),
    }
    lines = programme.records(
        own,
        f"{zh}收支|Entries: {en}",
        declared(Row, "EntryRow", "Something came in or went out.", columns),
        indexes=((noun,),),
    )
    lines.code = code_of(__file__)
    said = f"(SELECT coalesce(sum(e.change), 0) FROM {lines.name} e WHERE e.{noun} = r.id)"
    made.table.computed.update(computed("balance", "余额|Balance", said, QuantityKind()))
    for way, verb, label_, choices in (
        (IN, ("receive", "received"), f"记{zh}收入|Enter what came in", incoming),
        (OUT, ("spend", "spent"), f"记{zh}支出|Enter what went out", outgoing),
    ):
        _entry(programme, noun, made, lines, way, verb, label_, tuple(choices))
    _never_below(programme, noun, made, lines)
    return Accounts(made, lines)


def _entry(
    programme: Programme,
    noun: str,
    made: Register,
    lines: Table[Any],
    way: str,
    verb: tuple[str, str],
    label: str,
    choices: tuple[str, ...],
) -> None:
    """Declares the deed that enters what came in, or what went out."""
    sign = 1 if way == IN else -1

    def decide(deed: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused for a part of a fen."""
        account = must(ledger, made.table.name, getattr(deed, noun))
        if account["measure"] == YUAN and deed.amount % FEN:
            raise Refused("金额最多两位小数|an amount of money has at most two decimals")
        yield deed

    own = (noun, "kind", "amount", "reference")
    fields = asked(lines.row, {column: lines.fields[column].required for column in own})
    fields["kind"] = (Choice, field("类别|Kind", choices=choices, default=REQUIRED))
    name = "".join(part.capitalize() for part in (*noun.split("_"), verb[1]))
    deed = declared(Deed, name, f"{label.replace('|', ': ')}.", fields, decide=decide)
    programme.event(stored_name(programme, noun, verb[1]), label, rank=40 if way == IN else 60)(
        deed
    )
    programme.deed(f"{noun}.{verb[0]}", label)(deed)
    row = lines.row

    def entry(said: Any) -> Any:
        given = {column: getattr(said, column) for column in own}
        return row(way=way, change=sign * said.amount, **given)

    lines.records(deed, entry)


def _never_below(programme: Programme, noun: str, made: Register, lines: Table[Any]) -> None:
    """Declares the check that what is left at the end of a day is never less than the floor, whatever is recorded late."""
    days = (
        f"SELECT e.{noun} AS id, e.on_date AS day, max(e.src) AS src, sum(sum(e.change)) OVER "
        f"(PARTITION BY e.{noun} ORDER BY e.on_date) AS left FROM {lines.name}_all e "
        "WHERE {which} GROUP BY e." + noun + ", e.on_date"
    )
    least = (
        f"coalesce((SELECT a.floor FROM {made.table.name}_all a WHERE a.id = d.id "
        "AND a.since <= d.day AND (a.until IS NULL OR a.until > d.day) LIMIT 1), 0)"
    )

    def breaches(ledger: Ledger, ids: Sequence[str] | None) -> list[dict[str, Any]]:
        which = among(f"e.{noun}", ids)
        return ledger.query(
            f"SELECT id, src, day, left, {least} AS least FROM ({days.format(which=which)}) d "
            f"WHERE left < {least} ORDER BY id, day",
            *(ids or ()),
        )

    def tell(ledger: Ledger, id: str, src: int) -> Label:
        first = breaches(ledger, [id])[0]
        shown = QuantityKind().show
        left, least = shown(first["left"]), shown(first["least"])
        return Label(
            f"{first['day']} 的余额将为 {left}，低于下限 {least}",
            f"the balance of {first['day']} would be {left}, below the least of {least}",
        )

    @programme.check(
        f"{noun}-floor",
        "余额低于下限|The balance is below its floor",
        entity=made.entity,
        reads=(lines.name, made.table.name),
        tell=tell,
    )
    def find(ledger: Ledger, ids: Sequence[str] | None) -> Iterator[tuple[str, int]]:
        yield from {row["id"]: row["src"] for row in reversed(breaches(ledger, ids))}.items()


__all__ = ["IN", "OUT", "Accounts", "accounts"]
