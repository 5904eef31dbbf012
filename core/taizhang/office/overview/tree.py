"""The tree of organisations with members counted upwards: as data, as lines that open and close, and whose
members a line stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, field

from taizhang.declarations.ledger import Cells
from taizhang.ledger.view import LedgerView
from taizhang.office.fits import GROUP, OUTSIDE
from taizhang.readmodels.listing import DIM, Column, Listed, Row
from taizhang.words.labels import Label

FUNCTIONAL = "功能型支部"

BRANCHES = ("支部", "联合支部")

LONG = 100_000
"""Positions from which on the tree is shown before its members are counted."""

UNCOUNTED = -1


class Branch(Struct):
    """One organisation of the tree; ``members`` counts its whole subtree."""

    id: str
    name: str
    kind: str
    members: int = 0
    children: list[Branch] = field(default_factory=list)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Branch]]:
        """Itself and everything below, with the depth."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)


def tree_of(ledger: LedgerView) -> list[Branch]:
    """The organisations on the ledger's day as trees, outside ones last.

    A group counts the members in it, everything else the memberships of its subtree's branches.
    """
    own = ledger.counts("memberships", "organisation")
    grouped = ledger.counts("group_memberships", "organisation")
    tops = _planted(
        ledger, lambda row: (grouped if row["kind"] == GROUP else own).get(row["id"], 0)
    )
    for top in tops:
        _count_up(top)
    return tops


def _planted(ledger: LedgerView, members: Callable[[Cells], int]) -> list[Branch]:
    """The organisations on the ledger's day as trees, outside ones last."""
    rows = ledger.query("SELECT id, name, kind, parent FROM organisations ORDER BY src")
    nodes = {r["id"]: Branch(r["id"], r["name"], r["kind"], members(r)) for r in rows}
    tops: list[Branch] = []
    for row in rows:
        parent = nodes.get(row["parent"] or "")
        (parent.children if parent is not None else tops).append(nodes[row["id"]])
    return sorted(tops, key=lambda b: b.kind == OUTSIDE)


def _count_up(node: Branch) -> int:
    for child in node.children:
        below = _count_up(child)
        if child.kind != GROUP:
            node.members += below
    return node.members


class MemberScope(Struct, frozen=True):
    """The scope of a list of members: the organisations, and the table that says who is in them."""

    id: str
    name: str
    ids: tuple[str, ...] = ()
    table: str = "memberships"
    members: int = 0
    """How many, or :data:`UNCOUNTED`."""

    @property
    def special(self) -> bool:
        """Tells if membership is not the formal relation: a group, a functional branch."""
        return self.table != "memberships"


class Forest(Struct):
    """The organisations at one moment, and which of them are open."""

    tops: list[Branch] = field(default_factory=list)
    nodes: dict[str, Branch] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, ledger: LedgerView) -> Forest:
        """The organisations on the ledger's day, members counted."""
        return cls._of(tree_of(ledger))

    @classmethod
    def outline(cls, ledger: LedgerView) -> Forest | None:
        """Makes the tree without counts, where counting takes a while; None where it does not."""
        if (ledger.value("SELECT max(src) FROM memberships_all") or 0) < LONG:
            return None
        return cls._of(_planted(ledger, lambda row: UNCOUNTED))

    @classmethod
    def _of(cls, tops: list[Branch]) -> Forest:
        forest = cls(tops)
        for top in tops:
            for _, node in top.walk():
                forest.nodes[node.id] = node
                forest.parents.update((child.id, node.id) for child in node.children)
        return forest

    def scope(self, id: str) -> MemberScope:
        """The members that an organisation's line stands for."""
        node = self.nodes.get(id)
        if node is None:
            inside = [top for top in self.tops if top.kind != OUTSIDE]
            ids = tuple(n.id for top in inside for _, n in top.walk() if n.kind != GROUP)
            return MemberScope("", "", ids, members=sum(top.members for top in inside))
        if node.kind == GROUP:
            return MemberScope(id, node.name, (id,), "group_memberships", node.members)
        if node.kind == FUNCTIONAL:
            return MemberScope(id, node.name, (id,), "attachments", node.members)
        ids = tuple(n.id for _, n in node.walk() if n.kind != GROUP)
        return MemberScope(id, node.name, ids, members=node.members)

    def first_open(self) -> set[str]:
        """Chooses what is open at first: everything above the branches, while that stays short."""
        opened = {top.id for top in self.tops if top.kind != OUTSIDE}
        for top in self.tops:
            opened |= {n.id for _, n in top.walk() if n.children and n.kind not in BRANCHES}
        return opened if sum(1 for _ in self.lines(opened)) <= 60 else {t.id for t in self.tops}

    def lines(self, opened: Iterable[str]) -> Iterator[tuple[int, Branch]]:
        """The visible organisations with their depth."""
        wanted = set(opened)

        def walk(nodes: Iterable[Branch], depth: int) -> Iterator[tuple[int, Branch]]:
            for node in nodes:
                yield depth, node
                if node.id in wanted:
                    yield from walk(node.children, depth + 1)

        yield from walk(self.tops, 0)

    def listing(self, opened: set[str], language: str) -> Listed:
        """The visible lines as rows."""
        columns = (
            Column("name", Label.of("组织|Organisations").text(language), 8, 60),
            Column("members", Label.of("党员|Members").text(language), 4, 9, "number"),
        )
        rows = []
        for depth, node in self.lines(opened):
            sign = ("▾ " if node.id in opened else "▸ ") if node.children else "  "
            mark = DIM if node.kind == OUTSIDE else None
            count = "…" if node.members == UNCOUNTED else f"{node.members:,}"
            shown = (" " * depth + sign + node.name, count)
            rows.append(Row(node.id, shown, (mark, mark)))
        return Listed(columns, rows)
