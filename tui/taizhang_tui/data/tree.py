"""The tree of organisations as lines that open and close, and what a line stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from taizhang.ledger.view import LedgerView
from taizhang.office.kinds import GROUP, OUTSIDE
from taizhang.office.overview import Branch, tree_of
from taizhang.readmodels.listing import DIM, Column, Listed, Row
from taizhang_tui import cells
from taizhang_tui.words import say

EVERYTHING = ""
"""Key of the line that stands for all organisations of the store."""

FUNCTIONAL = "功能型支部"

LONG = 100_000
"""Positions from which on the tree is shown before its members are counted."""

UNCOUNTED = -1


class Scope(Struct, frozen=True):
    """Whose members are listed: the organisations, and the table that says who is in them."""

    id: str
    name: str
    ids: tuple[str, ...] = ()
    table: str = "memberships"
    members: int = 0
    """How many, or :data:`UNCOUNTED`."""

    @property
    def special(self) -> bool:
        """Whether membership is not the formal relation: a group, a functional branch."""
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
        """The same without counts, where counting takes a while; None where it does not."""
        if (ledger.value("SELECT max(src) FROM memberships_all") or 0) < LONG:
            return None
        rows = ledger.query("SELECT id, name, kind, parent FROM organisations ORDER BY src")
        nodes = {r["id"]: Branch(r["id"], r["name"], r["kind"], UNCOUNTED) for r in rows}
        tops: list[Branch] = []
        for row in rows:
            parent = nodes.get(row["parent"] or "")
            (parent.children if parent is not None else tops).append(nodes[row["id"]])
        return cls._of(sorted(tops, key=lambda b: b.kind == OUTSIDE))

    @classmethod
    def _of(cls, tops: list[Branch]) -> Forest:
        forest = cls(tops)
        for top in tops:
            for _, node in top.walk():
                forest.nodes[node.id] = node
                forest.parents.update((child.id, node.id) for child in node.children)
        return forest

    def path(self, id: str) -> list[str]:
        """The names from the top down to an organisation."""
        names: list[str] = []
        while id in self.nodes:
            names.append(self.nodes[id].name)
            id = self.parents.get(id, "")
        return names[::-1]

    def scope(self, id: str) -> Scope:
        """The members that an organisation's line stands for."""
        node = self.nodes.get(id)
        if node is None:
            inside = [top for top in self.tops if top.kind != OUTSIDE]
            ids = tuple(n.id for top in inside for _, n in top.walk() if n.kind != GROUP)
            return Scope("", "", ids, members=sum(top.members for top in inside))
        if node.kind == GROUP:
            return Scope(id, node.name, (id,), "group_memberships", node.members)
        if node.kind == FUNCTIONAL:
            return Scope(id, node.name, (id,), "attachments", node.members)
        ids = tuple(n.id for _, n in node.walk() if n.kind != GROUP)
        return Scope(id, node.name, ids, members=node.members)

    def first_open(self) -> set[str]:
        """What is open at first: everything above the branches, while that stays short."""
        opened = {top.id for top in self.tops if top.kind != OUTSIDE}
        for top in self.tops:
            opened |= {
                n.id for _, n in top.walk() if n.children and n.kind not in ("支部", "联合支部")
            }
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

    def source(self, opened: set[str], language: str) -> Listed:
        """The visible lines as rows."""
        columns = (
            Column("name", say("组织|Organisations", language), 8, 60),
            Column("members", say("党员|Members", language), 4, 9, "number"),
        )
        rows = []
        for depth, node in self.lines(opened):
            sign = ("▾ " if node.id in opened else "▸ ") if node.children else "  "
            mark = DIM if node.kind == OUTSIDE else None
            count = "…" if node.members == UNCOUNTED else cells.thousands(node.members)
            shown = (" " * depth + sign + cells.clean(node.name), count)
            rows.append(Row(node.id, shown, (mark, mark)))
        return Listed(columns, rows)
