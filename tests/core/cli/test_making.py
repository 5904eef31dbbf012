"""What is made aside by commands, and what people have beside it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .conftest import Command, files

OURS = ("part", "before", "empty", "taizhang-part", "taizhang-before", "taizhang-empty")


@pytest.mark.parametrize("form", ["directory", "link", "file"])
@pytest.mark.parametrize("word", OURS)
def test_nothing_goes_that_is_not_of_our_making(
    office: Command, tmp_path: Path, word: str, form: str
) -> None:
    """Whatever people have beside the place that is written to: it stays, or the command is refused."""
    assert office("backup", tmp_path / "b").code == 0
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "letter.txt").write_text("to keep")
    shutil.copy(tmp_path / "b" / "backup.json", papers)
    shutil.copytree(tmp_path / "b" / "seals", papers / "seals")
    for made in ("b", "new", "store", "p"):
        there = tmp_path / f"{made}.{word}"
        if form == "directory":
            shutil.copytree(papers, there)
        elif form == "link":
            there.symlink_to(papers)
        else:
            there.write_text("to keep")
    before = {p: files(p) for p in tmp_path.iterdir() if p.name == "papers" or p.suffix}
    for words, store in (
        (("backup", tmp_path / "b"), None),
        (("restore", tmp_path / "b"), tmp_path / "new"),
        (("restore", tmp_path / "b", "--over"), None),
        (("plugins", "new", "lamp", "--folder", tmp_path / "p"), None),
    ):
        made = office(*words, store=store)
        assert made.code in (0, 1), made.err
        if made.code:
            assert len(made.err.splitlines()) == 1
            assert f".{word} " in made.err
            assert word.startswith("taizhang-")
        assert {p: files(p) for p in before} == before
    (tmp_path / "b").rename(tmp_path / "away")
    made = office("backup", tmp_path / "b")
    assert (made.code == 0) == (word not in ("taizhang-part", "taizhang-before"))
    assert {p: files(p) for p in before} == before


@pytest.mark.slow
def test_a_demonstration_is_built_beside_what_people_have(tz: Command, tmp_path: Path) -> None:
    for word in ("part", "taizhang-part"):
        (tmp_path / f"d.{word}").mkdir()
        (tmp_path / f"d.{word}" / "letter.txt").write_text("to keep")
    refused = tz("demo", store=tmp_path / "d")
    assert refused.code == 1
    assert "d.taizhang-part " in refused.err
    (tmp_path / "d.taizhang-part").rename(tmp_path / "away")
    assert tz("demo", store=tmp_path / "d").code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["away", "d", "d.part"]
    assert (tmp_path / "d.part" / "letter.txt").read_text() == "to keep"


def test_a_link_is_followed_to_the_disk_it_names(office: Command, tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "b"
    link.symlink_to(tmp_path / "disk" / "backup")
    for _ in range(2):
        assert office("backup", link).code == 0
        assert link.is_symlink()
        assert os.listdir(tmp_path / "disk") == ["backup"]
    assert office("verify", store=tmp_path / "disk" / "backup").code == 0
