"""The overview: the tree of organisations with members counted upwards, and what each table holds.

This is the text that ``taizhang`` prints without a terminal, made of the same tree as stands beside the
members' table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taizhang.ledger.view import LedgerView
from taizhang.office.fits import GROUP, OUTSIDE
from taizhang.office.overview.tree import BRANCHES, tree_of
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.workspace import Workspace


def overview_of(ws: Workspace, ledger: LedgerView, language: str = "zh") -> dict[str, Any]:
    """The overview as data: the tree, totals, the number of rows of each table, and warnings.

    Args:
        ws: The open store.
        ledger: The ledger at its two clocks.
        language: ``zh`` or ``en``.
    """
    tree = tree_of(ledger)
    every = [node for top in tree for _, node in top.walk()]
    inside = [n for n in every if n.kind != OUTSIDE]
    outside = [n.id for n in every if n.kind == OUTSIDE]
    in_service = ledger.value(
        "SELECT count(*) FROM attachments a JOIN memberships m ON m.member = a.member "
        "JOIN organisations o ON o.id = m.organisation WHERE a.kind = '双重管理' AND o.kind = ?",
        OUTSIDE,
    )
    return {
        "store": ws.stamp.name if ws.stamp else "",
        "demonstration": ws.demonstration,
        "warnings": [w.text(language) for w in ws.warnings()],
        "on": ledger.on.isoformat(),
        "known": ledger.known,
        "head": ws.log.head(),
        "totals": {
            "members": sum(t.members for t in tree if t.kind != OUTSIDE),
            "branches": sum(n.kind in BRANCHES for n in inside),
            "groups": sum(n.kind == GROUP for n in inside),
            "outside": len(outside),
            "in_service_elsewhere": in_service,
            "grids": ledger.value("SELECT count(*) FROM places WHERE kind = '网格'"),
            "buildings": ledger.value("SELECT count(*) FROM places WHERE kind = '楼栋'"),
            "agreements": ledger.value("SELECT count(*) FROM agreements"),
            "committee_members": ledger.value("SELECT count(*) FROM committee_members"),
        },
        "organisations": [
            {"depth": depth, "id": n.id, "name": n.name, "kind": n.kind, "members": n.members}
            for top in tree
            if top.kind != OUTSIDE
            for depth, n in top.walk()
        ],
        "tables": {
            name: ledger.value(f'SELECT count(*) FROM "{name}"')
            for name in sorted(ws.registry.tables)
        },
    }


_WORDS = {
    "members": Label("党员", "members"),
    "branches": Label("支部", "branches"),
    "groups": Label("党小组", "groups"),
    "in_service_elsewhere": Label("在职（关系在外）", "in service, belonging elsewhere"),
    "grids": Label("网格", "grids"),
    "buildings": Label("楼栋", "buildings"),
    "agreements": Label("共建协议", "agreements"),
    "committee_members": Label("兼职委员", "part-time committee members"),
}


def overview_text(made: dict[str, Any], language: str = "zh") -> str:
    """The overview as text for a page or a pipe; groups are counted, not listed."""
    from rich.cells import cell_len

    english = language == "en"
    badge = ("  demonstration data" if english else "  示例数据") if made["demonstration"] else ""
    known = f"#{made['known']}" if made["known"] else ("now" if english else "现在")
    lines = [
        f"taizhang 台账  {clean(made['store'])}{badge}",
        f"on {made['on']}  as known {known}  #{made['head']:,}"
        if english
        else f"有效 {made['on']}  所知 {known}  #{made['head']:,}",
        *(("note: " if english else "注意：") + clean(w) for w in made["warnings"]),
        "",
    ]
    shown = [(w.text(language), made["totals"][k]) for k, w in _WORDS.items()]
    lines.append("  ".join(f"{word} {count:,}" for word, count in shown if count))
    lines.append("")
    for row in made["organisations"]:
        if row["kind"] == GROUP:
            continue
        left = "  " * (row["depth"] + 1) + clean(row["name"])
        lines.append(left + " " * max(1, 44 - cell_len(left)) + f"{row['members']:>7,}")
    if not made["organisations"]:
        lines.append(
            "  no organisations yet: taizhang record organisation.found --name ... --kind ..."
            if english
            else "  还没有组织：taizhang record organisation.found --name 名称 --kind 党工委"
        )
    return "\n".join(lines)
