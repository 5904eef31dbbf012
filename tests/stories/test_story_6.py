"""Story H.6: circulars by a programme of the store's own; two in a year bar a unit until one is revoked."""

from __future__ import annotations

from pathlib import Path

import pytest
from officekit.commands import runner, seq

from taizhang.cli import main

PROGRAMME = '''"""通报 (circulars): a unit with two in a year is not eligible."""

from datetime import date

from taizhang.api import Counting, Name, Not, Programme, Row, Selection, Step, Unit, field, steps

programme = Programme("xingguang", "星光榜|Roll of stars", api=1, needs=("units",))


class CircularRow(Row):
    """A circular about a unit."""

    name: Name = field("标题|Title")
    unit: Unit = field("单位|Unit", ended=True)


steps(
    programme,
    "circular",
    "通报|Circular",
    CircularRow,
    (Step("draft", "拟稿|Drafted", done="drafted"), Step("issue", "印发|Issued")),
    prefix="xc",
    title="name",
    search=("name",),
    revoke=Step("revoke", "撤销|Revoked"),
)
programme.duty(
    "eligible",
    "一年内通报少于两次|Fewer than two circulars a year",
    who=Selection("units"),
    counts=Counting("xingguang_circulars", "unit", day="issued_on", where={"step": Not("撤销")}),
    at_most=1,
    per="year",
    since=date(2012, 1, 1),
)
'''


def test_two_circulars_of_which_one_is_revoked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    tz = runner(store, capsys)

    def unit(on: str, *known: str) -> list[tuple[str, int]]:
        said = tz("due", "--duty", "eligible", "--on", on, "--state", "exceeded,done,due", *known)
        return [(n["state"], n["value"]) for n in said["names"] if n["window"].startswith(on[:4])]

    tz("init", "--since", "2012-01-01", "--programmes", "")
    (store / "plugins").mkdir(exist_ok=True)
    (store / "plugins" / "xingguang.py").write_text(PROGRAMME, "utf-8")
    with pytest.raises(SystemExit, match="0"):
        main(["--store", str(store), "plugins", "trust", "xingguang"])
    found = ("record", "organisation.found", "--name", "社区党委", "--kind", "党委")
    tz(*found, "--on", "2012-01-01")
    new = ("--name", "环城一小", "--kind", "事业单位", "--organisation", "社区党委")
    tz("record", "unit.register", *new, "--on", "2012-01-01")
    for name, on in (("一号", "2012-03-05"), ("二号", "2012-09-10")):
        circular = ("record", "xingguang.circular.draft", "--name", name, "--unit", "环城一小")
        tz(*circular, "--on", on)
        tz("record", "xingguang.circular.issue", "--circular", name, "--on", on)
    assert unit("2012-10-15") == [("exceeded", 2)]
    revoke = ("record", "xingguang.circular.revoke", "--circular", "二号", "--on", "2012-11-20")
    revoked = seq(tz(*revoke, "--json"))
    assert unit("2012-11-20") == [("done", 1)]
    assert unit("2012-11-20", "--known", str(revoked - 1)) == [("exceeded", 2)]
    assert unit("2012-10-15") == [("exceeded", 2)]
    assert unit("2013-01-31") == [("done", 0)]
    (row,) = [r for r in tz("show", "xingguang_circulars", "--on", "2012-12-31") if r["name"] == "二号"]  # fmt: skip
    assert (row["issued_on"], row["revoked_on"], row["step"]) == (
        "2012-09-10",
        "2012-11-20",
        "撤销",
    )
