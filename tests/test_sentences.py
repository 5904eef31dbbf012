"""Sentences for people: Chinese ones have Chinese punctuation, in every source tree."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE_ROOTS = ("core", "eventstore", "plugins", "tui")

HAN = "\u4e00-\u9fff"
# A half-width mark that ends or joins Chinese words. Before a Han character alone it may belong to
# a name or a tag (member:编号); a placeholder counts as a word of the sentence that goes on after it.
HALF_WIDTH = re.compile(rf"[{HAN}”）][,:;?!(]|[}}”）)][,;:?!)](?=[{HAN}])|\([{HAN}]|[{HAN}]\)")


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """The literals of a module with their lines: no docstrings, f-strings with {} for values."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            skipped.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            skipped.update(id(part) for part in node.values)
            parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield node.lineno, "".join(map(str, parts))
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in skipped
        ):
            yield node.lineno, node.value


def half_width(text: str) -> bool:
    """Whether the Chinese side of ``"中文|English"`` has punctuation of the other language."""
    zh = text.partition("|")[0]
    return "\\" not in text and HALF_WIDTH.search(zh) is not None


@pytest.mark.parametrize("root", SOURCE_ROOTS)
def test_chinese_sentences_have_full_width_punctuation(root: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in sorted((ROOT / root).rglob("*.py"))
        for line, text in strings(path)
        if half_width(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("磁盘已满,没有写入|no room, nothing written", True),
        ("日志 {path}:打不开|the log {path}: closed", True),
        ("共 {n} 条(已封存)|{n} events", True),
        ("日志打不开({why})|closed ({why})", True),
        ("{a}不能并入{b}：类别不同|“{a}” cannot be merged into “{b}”: their kinds differ", False),
        ("标签（member:编号）|a tag", False),
        ("用 --seal 给出 a, b|give a, b", False),
    ],
)
def test_the_search_finds_what_it_should(text: str, wrong: bool) -> None:
    assert half_width(text) is wrong
