"""Preview (预览): what turning a programme off would affect, told without running any of it.

Its events are counted in the log, its rows in the ledger's file; its duties, figures, screens and commands are
read in its source: the commands that repair load no plugin, and this one is asked before a bad one is turned off.
"""

from __future__ import annotations

import ast
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from taizhang.ledger.schema import connect, quoted
from taizhang.loading.loader import core_registry
from taizhang.loading.sources import Candidate, candidates
from taizhang.store.paths import StorePaths
from taizhang.words.labels import Label
from taizhang_eventstore.log import open_log

DECLARED = {"duty": "duty", "figure": "figure", "balance": "figure", "screen": "screen"}
"""The declarations that are read from the source, and as what they are told."""

COMMANDS = ("command", "group", "Command", "Group")
"""What makes a command of click."""


@dataclass(frozen=True, slots=True)
class Affected:
    """The things that go out of sight with a programme. Events stay listed, exported and verifiable."""

    events: Mapping[str, int]
    """How many of each stored type."""
    tables: Mapping[str, int]
    """Rows of every day, by table."""
    entities: Mapping[str, int]
    """How many entities each table of entities tells of."""
    duties: tuple[str, ...]
    figures: tuple[str, ...]
    screens: tuple[str, ...]
    commands: tuple[str, ...]
    needed_by: tuple[str, ...]
    """Programmes that need it, and are not loaded without it."""

    @property
    def nothing(self) -> bool:
        """Tells if nobody would notice."""
        seen = self.duties, self.figures, self.screens, self.commands, self.needed_by
        return not (self.events or any(self.tables.values()) or any(seen))

    def sentences(self, name: str) -> Iterator[Label]:
        """Says what to tell before the programme ``name`` is turned off."""
        n = sum(self.events.values())
        yield Label(
            f"停用 {name} 后：{n} 条事件仍列出、可导出、可核验",
            f"once {name} is off: {n} events stay listed, exported and verifiable",
        )
        for table, rows in self.tables.items():
            m = self.entities.get(table)
            zh, en = ("", "") if m is None else (f"，{m} 个对象", f", {m} entities")
            yield Label(
                f"台账 {table} 不再显示（{rows} 行{zh}）",
                f"the table {table} is shown no more ({rows} rows{en})",
            )
        for zh, en, names in (
            ("职责不再计算", "duties that are computed no more", self.duties),
            ("统计数不再计算", "figures that are computed no more", self.figures),
            ("屏不再有", "screens that are there no more", self.screens),
            ("命令不再有", "commands that are there no more", self.commands),
            ("需要它的插件也不再载入", "not loaded either, for they need it", self.needed_by),
        ):
            if names:
                listed = ", ".join(names)
                yield Label(f"{zh}：{listed}", f"{en}: {listed}")
        yield Label("重新启用后照旧", "enabled again, everything is back")


def affected(paths: StorePaths, name: str) -> Affected:
    """Works out what disabling the programme ``name`` in a store affects."""
    found = candidates(paths.plugins)
    tables, entities = _rows(paths.ledger, name)
    own = next((c for c in found if c.name == name), None)
    declared = _declared(own)
    off = paths.disabled()
    return Affected(
        _events(paths.events, name),
        tables,
        entities,
        declared["duty"],
        declared["figure"],
        declared["screen"],
        declared["command"],
        tuple(
            c.name
            for c in found
            if c.heading is not None and name in c.heading.needs and c.name not in off
        ),
    )


def _events(path: Path, name: str) -> dict[str, int]:
    with open_log(path, core_registry().codec, read_only=True) as log:
        return dict(sorted(Counter(r.type for r in log.read(tags=[f"owner:{name}"])).items()))


def _rows(path: Path, name: str) -> tuple[dict[str, int], dict[str, int]]:
    """Rows by table and entities by table, as far as the ledger's file tells."""
    tables: dict[str, int] = {}
    entities: dict[str, int] = {}
    if not path.exists():
        return tables, entities
    try:
        with closing(connect(path, read_only=True)) as db:
            views = db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'view' AND substr(name, 1, ?) = ? "
                "ORDER BY name",
                (len(name) + 1, f"{name}_"),
            ).fetchall()
            for (view,) in views:
                columns = {row[1] for row in db.execute(f"PRAGMA table_info({quoted(view)})")}
                tables[view] = _number(db, f"SELECT count(*) FROM {quoted(view)}")
                if "id" in columns:
                    entities[view] = _number(db, f"SELECT count(DISTINCT id) FROM {quoted(view)}")
    except sqlite3.Error:
        return {}, {}  # A ledger that cannot be read is made again at the next opening.
    return tables, entities


def _number(db: sqlite3.Connection, sql: str) -> int:
    return int(db.execute(sql).fetchone()[0])


def _declared(candidate: Candidate | None) -> dict[str, tuple[str, ...]]:
    """Names of duties, figures, screens and commands as they stand in the source of a programme."""
    found: dict[str, list[str]] = {kind: [] for kind in (*DECLARED.values(), "command")}
    file = None if candidate is None else candidate.file
    if file is not None:
        files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
        for one in files:
            try:
                module = ast.parse(one.read_text("utf-8"))
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            for call, name in _calls(module):
                if (kind := DECLARED.get(name)) is not None:
                    found[kind] += _texts(call.args[:1])
                elif name == "checklist":
                    found["duty"] += [f"{noun}s" for noun in _texts(call.args[1:2])]
                elif name == "steps":  # the mechanism declares the duty to take the next step
                    found["duty"] += [f"{noun}_steps" for noun in _texts(call.args[1:2])]
            for node in module.body:
                if isinstance(node, ast.FunctionDef) and node.name == "commands":
                    found["command"] += _commands(node)
    return {kind: tuple(names) for kind, names in found.items()}


def _calls(node: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    """Every call in a piece of source, with the last part of what is called."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            yield one, getattr(one.func, "attr", "") or getattr(one.func, "id", "")


def _texts(arguments: Iterable[ast.expr]) -> list[str]:
    return [str(a.value) for a in arguments if isinstance(a, ast.Constant)]


def _commands(hook: ast.FunctionDef) -> list[str]:
    """Commands that the hook makes, but for those of a group, which go with it."""
    below = {
        id(call)
        for call, _ in _calls(hook)
        if isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") != "click"
    }
    made = [c for c, name in _calls(hook) if name in COMMANDS and id(c) not in below]
    return [text for call in made for text in _texts(call.args[:1])]
