"""No room below ``api`` names a table, an entity, a choice or a label of the office.

The words are read from the declarations of the slices, so that what a new slice declares is looked for from
its first day on. What is looked for, and where:

- Tables, their views ``T_all``, and kinds of entity: as a whole literal, also as part of a dotted name
  (``"member.moved"``), and as a word in SQL. In a sentence, an English word is English.
- Types of reference (``Member``), and table names of more than one word: as identifiers. A lower-case
  identifier alone reaches no row, and ``unit``, ``place`` or ``members`` mean other things too.
- Chinese terms (choices, and the labels of tables): as one side of a pair, as a whole literal or as a value
  in SQL. Within a sentence those of three characters or more, and what entities are called by those who
  refer to them. Two characters are mostly an ordinary word (其他, 登记, 撤销).

Left out: a table that a mechanism declared for a slice (its ``code`` is set) is the mechanism's; and a word
that is a column of the ledger's own bookkeeping (``unit``) is the ledger's, and so is its type.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

import taizhang
from taizhang.api import Choice, Row, field
from taizhang.declarations.fields import specs
from taizhang.declarations.programme import Programme
from taizhang.ledger import schema
from taizhang.office import SLICES

ROOMS = [
    "words",
    "isolation",
    "declarations",
    "store",
    "loading",
    "ledger",
    "duties",
    "decisions",
    "mechanisms",
    "workspace",
]
SQL = re.compile(r"\b(SELECT|FROM|JOIN|WHERE|AND|ON|AS|IN|BY|UPDATE|INSERT|DELETE)\b|\b\w\.\w")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTHERWISE = frozenset({"terms", "facts", "categories", "people", "人员"})
"""Names of the office's tables that are words of the platform too: terms of search, and of conditions; facts that are
recorded; categories of anything; people of any kind, who are a part of many words."""
SIDES = re.compile(r"[|（）()]")


@dataclass(frozen=True)
class Words:
    """What the office's slices call their things."""

    names: frozenset[str]
    types: frozenset[str]
    terms: frozenset[str]
    spoken: frozenset[str]
    """Terms that are looked for within sentences too."""


def words_of(programmes: list[Programme]) -> Words:
    tables = [t for p in programmes for t in p.tables.values() if not t.code]
    kinds = {t.entity for t in tables if t.entity is not None}
    own = set(re.findall(r"^\s+(\w+) ", "\n".join(bookkeeping()), re.MULTILINE))
    names = {t.name for t in tables} | {f"{t.name}_all" for t in tables} | kinds
    columns = [s for t in tables for s in specs(t.row).values()]
    columns += [s for p in programmes for e in p.events.values() for s in specs(e.type).values()]
    columns += [s for p in programmes for a in p.actions.values() for s in a.fields.values()]
    terms = {c.zh for s in columns for c in s.choices} | {t.label.zh for t in tables}
    people = {t.entity for t in tables for s in specs(t.row).values() if s.kind.personal}
    called = {s.label.zh for s in columns if s.entity in people and s.name == s.entity}
    called -= OTHERWISE
    return Words(
        frozenset(names - own - OTHERWISE),
        frozenset("".join(map(str.capitalize, k.split("_"))) for k in kinds - own)
        | {t.name for t in tables if "_" in t.name},
        frozenset(terms | called),
        frozenset({t for t in terms if len(t) > 2} | called),
    )


def bookkeeping() -> Iterator[str]:
    """The statements that make the ledger's own tables."""
    for made in vars(schema).values():
        if isinstance(made, str) and "CREATE TABLE" in made:
            yield re.sub(r"[(,]", "\n  ", made)


def literals(tree: ast.AST) -> Iterator[tuple[int, str, bool]]:
    """Line and text of each literal that is no docstring, and whether it is a part of a longer text."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(v) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for v in n.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.lineno, node.value, id(node) in parts


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        for part in ("id", "attr", "arg", "name", "asname"):
            if isinstance(found := getattr(node, part, None), str):
                yield getattr(node, "lineno", 0), found


def found_in(source: str, words: Words) -> list[tuple[int, str]]:
    """``(line, word)`` of every word of the office that a source names."""
    tree = ast.parse(source)
    found = {(line, i) for line, i in identifiers(tree) if i in words.types}
    for line, text, part in literals(tree):
        if CHINESE.search(text):
            if not part:
                found |= {(line, t) for t in words.terms & set(SIDES.split(text))}
            found |= {(line, t) for t in words.spoken if t in text}
            found |= {(line, t) for t in words.terms if f"'{t}'" in text}
        elif SQL.search(text) and not re.fullmatch(r"[\w.]+", text):
            found |= {(line, w) for w in words.names & set(re.findall(r"\w+", text))}
        else:
            found |= {(line, w) for w in words.names & set(text.split("."))}
    return sorted(found)


@pytest.fixture(scope="module")
def words() -> Words:
    return words_of([import_module(name).programme for name in SLICES])


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_below_the_door_names_nothing_of_the_office(room: str, words: Words) -> None:
    files = sorted(Path(taizhang.__file__).parent.joinpath(room).rglob("*.py"))
    assert files
    named = [
        f"{file.relative_to(file.parents[1])}:{line} {word}"
        for file in files
        for line, word in found_in(file.read_text(encoding="utf-8"), words)
    ]
    assert named == [], named


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ('ledger.rows("memberships")', "memberships"),
        ('ledger.query(f"SELECT id FROM organisations_all WHERE {x}")', "organisations_all"),
        ('x = f" JOIN members m ON m.id = {y}"', "members"),
        ('kind == "organisation"', "organisation"),
        ('ledger.event("member.moved")', "member"),
        ('field("党员|Member")', "党员"),
        ('OUTSIDE = "外部组织"', "外部组织"),
        ('Label("支部", "Branch")', "支部"),
        ("x = \"SELECT id FROM x WHERE kind = '党委'\"", "党委"),
        ('raise Refused("这名党员已在这里|this one is here")', "党员"),
        ("from taizhang.api import Member", "Member"),
        ("def of(it: Organisation) -> None: ...", "Organisation"),
        ("tables.group_memberships", "group_memberships"),
    ],
)
def test_what_is_planted_is_found(planted: str, word: str, words: Words) -> None:
    assert word in {found for _, found in found_in(planted, words)}


@pytest.mark.parametrize(
    "harmless",
    [
        "# members of 外部组织",
        'def f() -> None:\n    """A member (党员) of organisations."""',
        "unit = place = members = 1",
        'raise Refused("请登记|the members of a family")',
        'x = "UPDATE _tracking SET fault = ? WHERE unit = ?"',
        'x = "mechanism"',
    ],
)
def test_what_is_not_the_offices_is_not_found(harmless: str, words: Words) -> None:
    assert found_in(harmless, words) == []


def test_what_a_new_slice_declares_is_looked_for() -> None:
    class KiteRow(Row):
        tail: Choice = field("尾|Tail", choices=("三尺长|Three feet",))

    kites = Programme("kites", "风筝|Kites", nouns=("kite",))
    kites.folds("kites", "风筝|Kites", KiteRow, entity="kite", prefix="kt")
    found = found_in(
        'rows("kites"); Kite; say("三尺长的|long"); Label("风筝", "Kite")', words_of([kites])
    )
    assert {word for _, word in found} == {"kites", "Kite", "三尺长", "风筝"}
