"""A small programme that keeps notes on members, as source, and how pip leaves a programme."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

HEAD = """
from collections.abc import Iterator
from taizhang.api import *

programme = Programme("{name}", "试验|Trial", api=1, needs=("members",))
"""

BODY = '''
class NoteRow(Row):
    """One note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes = programme.records("notes", "便条|Notes", NoteRow)


@programme.deed("note.take", "记便条|Take a note", event="note_taken")
class TakeNote(Deed):
    """A note on a member's work."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes.records(TakeNote)
'''


def install(site: Path, name: str, source: str, version: str = "1.0") -> Path:
    """Installs the package ``taizhang_NAME`` into a folder of packages; returns its source file."""
    package = site / f"taizhang_{name}"
    package.mkdir(parents=True, exist_ok=True)
    file = package / "__init__.py"
    file.write_text(dedent(source), "utf-8")
    info = site / f"taizhang_{name}-{version}.dist-info"
    info.mkdir(exist_ok=True)
    metadata = f"Metadata-Version: 2.1\nName: taizhang-{name}\nVersion: {version}\n"
    (info / "METADATA").write_text(metadata, "utf-8")
    point = f"[taizhang.plugins]\n{name} = taizhang_{name}\n"
    (info / "entry_points.txt").write_text(point, "utf-8")
    return file
