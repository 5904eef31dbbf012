"""Behind open screens: no file of the store says in clear whom they show."""

from pathlib import Path
from typing import Any

from officekit.screens import open_form

TYPED = "欧阳娜娜"


def said(store: Path, texts: set[str]) -> list[str]:
    """The files that have one of some texts."""
    forms = [t.encode(code) for t in texts for code in ("utf-8", "utf-16-le")]
    files = [p for p in store.rglob("*") if p.is_file()]
    return [p.name for p in files if any(form in p.read_bytes() for form in forms)]


async def test_no_file_holds_a_name_while_screens_are_open(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.shows("王小明")
        people = stage.app.desk.view.at().query("SELECT name, phone, id_number FROM members")
        texts = {str(t) for row in people for t in row.values() if t and len(t) > 2}
        assert "王小明" in texts
        await stage.press("slash", "w", "x", "m")
        await stage.shows("王小明")
        assert said(community, texts) == []
        await stage.press("escape", "escape")
        await open_form(stage, "member.register")
        await stage.press("'" + TYPED, "escape")
        await stage.shows("草稿已保留")
        assert len(list((community / "drafts").iterdir())) == 1
        assert said(community, {*texts, TYPED}) == []
    assert said(community, {*texts, TYPED}) == []
    (community / "plain").write_text(f"x{TYPED}", "utf-8")
    assert said(community, {TYPED}) == ["plain"], "or the search finds nothing that is there"
