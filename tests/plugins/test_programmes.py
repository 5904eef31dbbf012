"""What holds for every bundled programme: its size, its door, its labels, and what it keeps of people."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from taizhang.declarations.fields import specs
from taizhang.declarations.programme import Programme
from taizhang.declarations.subjects import is_person
from taizhang.loading.duty_checks import labels_of
from taizhang.loading.loader import load
from taizhang.readmodels.tables import column_label, shown_names
from taizhang.words.labels import Label

PLUGINS = Path(__file__).parents[2] / "plugins"
NAMES = sorted(path.parent.name for path in PLUGINS.glob("*/__init__.py"))
LONGEST = 150
SHOWING = "showing.py"

LOADED = load()
PROGRAMMES = [p for p in LOADED.registry.programmes.values() if not p.nouns]

KEPT = {
    "liunuo_pledges.what": "what was pledged",
    "sanguan_mobiles.place": "whence or whither (D4.16)",
    "sanguan_mobiles.work": "at what work (D4.16)",
    "sanguan_certificates.number": "the number of a certificate that somebody bears",
    "wujian_matters.contact": "the telephone number for the call-back",
    "wujian_matters.what": "what is asked, in which a name may stand",
}
"""Personal texts that the bundled programmes keep, each of which a row of the domain allows."""


def test_all_of_them_are_loaded() -> None:
    assert sorted(f"taizhang_{p.id}" for p in PROGRAMMES) == NAMES
    assert {s.state for s in LOADED.states} == {"loaded"}


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_is_short(name: str) -> None:
    """Without its demonstration, which stands in a module of its own or in the hook."""
    lines = 0
    for path in (PLUGINS / name).rglob("*.py"):
        if path.name != SHOWING:
            text = path.read_text("utf-8")
            hooks = [
                node
                for node in ast.parse(text).body
                if isinstance(node, ast.FunctionDef) and node.name == "demonstration"
            ]
            shown = sum((n.end_lineno or 0) - n.lineno + 1 for n in hooks)
            lines += len(text.splitlines()) - shown
    assert 50 < lines <= LONGEST


@pytest.mark.parametrize("name", NAMES)
def test_a_programme_uses_one_door(name: str) -> None:
    for path in (PLUGINS / name).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("taizhang"):
                assert str(node.module).partition(".")[0] == name or node.module == "taizhang.api"


def _labels(programme: Programme) -> list[Label]:
    found = [programme.label]
    declared: list[Any] = [*programme.events.values(), *programme.actions.values()]
    for one in declared:
        found += [one.label, *_of_fields(one.type)]
    for table in programme.tables.values():
        found += [table.label, *_of_fields(table.row)]
        found += [column.spec.label for column in table.computed.values()]
    return [*found, *(check.label for check in programme.checks), *labels_of(programme)]


def _of_fields(cls: type[Any]) -> list[Label]:
    return [x for s in specs(cls).values() for x in (s.label, *s.choices, s.help) if x is not None]


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_every_label_has_two_languages(programme: Programme) -> None:
    labels = _labels(programme)
    assert len(labels) > 10
    for label in labels:
        assert any("\u4e00" <= c <= "\u9fff" for c in label.zh), label
        assert label.en.isascii(), label


def test_of_people_nothing_is_kept_but_what_the_domain_allows() -> None:
    found = {
        f"{table.name}.{name}"
        for programme in PROGRAMMES
        for table in programme.tables.values()
        for name, spec in specs(table.row).items()
        if spec.kind.personal
    }
    assert found == set(KEPT)
    # Beside those, a row with a person holds no words about the person but choices.
    free = {
        f"{table.name}.{name}"
        for programme in PROGRAMMES
        for table in programme.tables.values()
        if any(is_person(s) for s in specs(table.row).values())
        for name, spec in specs(table.row).items()
        if spec.kind.name in ("text", "name") and not spec.kind.personal
    }
    assert free == set()


@pytest.mark.parametrize("programme", PROGRAMMES, ids=lambda p: p.id)
def test_what_is_labelled_can_be_told_apart(programme: Programme) -> None:
    """Columns of one table; what somebody does from what happened then; numbers of what."""
    for table in programme.tables.values():
        for language in ("zh", "en"):
            said = [column_label(table, column).text(language) for column in shown_names(table)]
            assert sorted(set(said)) == sorted(said), table.name
    happened = {event.label.en for event in programme.events.values()}
    for action in programme.actions.values():
        assert action.event is not None or action.label.en not in happened, action.name
    for figure in programme.figures.values():
        assert figure.unit is not None, figure.name
