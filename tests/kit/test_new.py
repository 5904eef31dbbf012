"""``plugins new``: what it writes, and what it refuses to write over or to call by a name."""

import ast
from pathlib import Path

import pytest

from taizhang.scaffold import FILES, scaffold
from taizhang.words.errors import Refused, Usage


def test_it_writes_a_package(tmp_path: Path) -> None:
    folder = tmp_path / "somewhere"
    files = scaffold("huixiang", folder)
    assert {f.relative_to(folder).as_posix() for f in files} == {
        path.format(name="huixiang") for path in FILES
    }
    for file in files:
        text = file.read_text("utf-8")
        assert "{{" not in text
        if file.suffix == ".py":
            assert ast.get_docstring(ast.parse(text))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["somewhere"]


@pytest.mark.parametrize("name", ["志愿", "Big", "a", "two words", "class", "../up", "1st", ""])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Usage, match="小写字母"):
        scaffold(name, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "who"), [("liudai", "taizhang"), ("member", "平台"), ("members", "平台")]
)
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str, who: str) -> None:
    with pytest.raises(Refused, match=who):
        scaffold(name, tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    with pytest.raises(Refused, match="已经存在"):
        scaffold("huixiang", tmp_path / "here")
    assert list((tmp_path / "here").iterdir()) == []
