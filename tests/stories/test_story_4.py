"""Story H.4, ten communities become eight: the tree of the day before, successors, members who go over as a whole, and an undoing
that is refused with what rests on it. Through the command line.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import column, runner, seq

TEN = ("文化路", "迎宾路", "富兴路", "文化东路", "文化西路", "团结路", "解放路", "人民路", "胜利路", "和平路")  # fmt: skip
ON = ("--on", "2009-01-01")
DAY = ("--on", "2011-05-01")


def test_ten_communities_become_eight(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tz = runner(tmp_path / "store", capsys)
    tz("init", "--since", "2009-01-01", "--programmes", "")
    tz("record", "organisation.found", "--name", "县委", "--kind", "党委", *ON)
    for name in TEN:
        new = ("--name", f"{name}社区支部", "--kind", "支部", "--parent", "县委", *ON)
        tz("record", "organisation.found", *new)
    for name, branch in (("王小明", "文化路"), ("张伟", "文化西路"), ("李秀英", "富兴路")):
        new = ("--name", name, "--organisation", f"{branch}社区支部", *ON)
        tz("record", "member.register", *new)
    merge = ("record", "organisation.merge", "--organisation")
    merged = [
        tz(*merge, f"{gone}社区支部", "--to", f"{to}社区支部", *DAY, "--json")
        for gone, to in (("文化路", "迎宾路"), ("文化西路", "富兴路"))
    ]

    def branches(day: str, *known: str) -> set[str]:
        rows = tz("show", "organisations", "--on", day, "--where", "kind=支部", *known)
        return {row["name"] for row in rows}

    assert len(branches("2011-04-30")) == 10
    assert len(branches("2011-05-01")) == 8
    assert len(branches("2011-05-01", "--known", str(seq(merged[0]) - 1))) == 10
    heirs = column(tz("show", "lineage", *DAY), "organisation_name", "successor_name", "how")
    assert ("文化西路社区支部", "富兴路社区支部", "合并") in heirs
    homes = column(tz("show", "memberships", *DAY), "member_name", "organisation_name", "how")
    assert ("王小明", "迎宾路社区支部", "整建制") in homes
    assert ("张伟", "富兴路社区支部", "整建制") in homes
    assert tz("show", "transfers", *DAY) == []
    # Whoever came with it joins a group there: that rests on the merger, which is not undone under it.
    new = ("--name", "迎宾路第一小组", "--kind", "党小组", "--parent", "迎宾路社区支部", *ON)
    tz("record", "organisation.found", *new)
    join = ("--member", "王小明", "--organisation", "迎宾路第一小组", "--on", "2011-09-01")
    later = tz("record", "member.join_group", *join, "--json")
    undo = ("void", str(seq(merged[0])), "--reason", "没有合并")
    refused = tz(*undo, refused=True)
    assert f"#{seq(later)}" in refused
    assert len(branches("2011-05-01")) == 8
    tz("void", str(seq(later)), "--reason", "没有编组")
    tz(*undo, "--cascade")
    assert len(branches("2011-05-01")) == 9
    assert ("王小明", "文化路社区支部") in column(
        tz("show", "memberships", *DAY), "member_name", "organisation_name"
    )
