"""The list of what communities do and which test shows it: plugins/COVERAGE.md.

A test that is marked ``covers("D0.12")`` records that thing with its data through the command line and reads it back.
Actions, tables, duties and figures of its line are those it used, taken from the commands that it ran: a line is true
as long as its test is. ``make coverage`` writes the list; without it each marked test is held to its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
FILE = ROOT / "plugins" / "COVERAGE.md"
SOURCES = ROOT / "core" / "SOURCES.md"
HEAD = """# Coverage 覆盖

Each of the {all} things that the five communities do (codes and names as in [the list of sources](../core/SOURCES.md)),
and the test that records exactly that with its data through the command line and reads it back. Actions, tables,
duties and figures are those that the test used. Written by `make coverage`; a test whose line is another fails.

**{whole} of {all} have their test.**

| row | name | home | actions | tables | duties and figures | test |
|---|---|---|---|---|---|---|
"""
MISSING = "\n## Without a test yet 尚无测试\n\n"


@dataclass(frozen=True)
class CoverageLine:
    """A line of the list."""

    code: str
    name: str
    home: str
    actions: str
    tables: str
    counted: str
    test: str

    def __str__(self) -> str:
        cells = (self.code, self.name, self.home, self.actions, self.tables, self.counted)
        return f"| {' | '.join(cells)} | `{self.test}` |"


def names() -> dict[str, str]:
    """The names of the things, by code."""
    found = re.findall(r"^\| (D\d\.\d+) \| [^|]* \| ([^|]*) \|", SOURCES.read_text("utf-8"), re.M)
    return dict(found)


def line(code: str, home: str, test: str, ran: Sequence[Sequence[str]]) -> CoverageLine:
    """The line of a test, from the commands that it ran.

    Args:
        code: of the thing.
        home: where it lives: ``core``, or the id of a programme.
        test: its address, ``path::name``.
        ran: the words of each command.
    """
    after: dict[str, list[str]] = {
        "record": [],
        "show": [],
        "figures": [],
        "statistics": [],
        "due": [],
    }
    for words in ran:
        if words[0] == "due" and "--duty" in words:
            after["due"].append(words[words.index("--duty") + 1])
        elif words[0] in after and len(words) > 1 and not words[1].startswith("-"):
            after[words[0]].append(words[1])
    counted = (*after["due"], *after["figures"], *(f"statistics {t}" for t in after["statistics"]))
    return CoverageLine(
        code,
        names()[code],
        home,
        _listed(after["record"]),
        _listed(after["show"]),
        _listed(counted),
        test,
    )


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words)) or "–"


def written() -> dict[str, str]:
    """The lines of the list as they stand, by code."""
    if not FILE.exists():
        return {}
    head, _, _ = FILE.read_text("utf-8").partition(MISSING)
    return {row.split("|")[1].strip(): row for row in head.splitlines() if row.startswith("| D")}


def write(lines: dict[str, str]) -> None:
    """Writes the list; things without a line stand below it."""
    known = names()
    done = [lines[code] for code in known if code in lines]
    missing = [f"- {code} {name}" for code, name in known.items() if code not in lines]
    text = HEAD.format(all=len(known), whole=len(done)) + "\n".join(done) + "\n"
    if missing:
        text += MISSING + "\n".join(missing) + "\n"
    FILE.write_text(text, "utf-8")
