"""Commands on a store, and short words for what they answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from taizhang.cli import main

Run = Callable[..., Any]
"""Runs a command: ``tz("show", "members")`` gives what it answers as data, ``refused=True`` the sentence of a refusal."""

ran: list[tuple[str, ...]] = []
"""The commands that a test ran; emptied before each."""


def runner(store: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs commands on ``store`` in this process. ``init`` and ``record`` give what they print, unless ``--json`` is
    among the words; every other command gives its data.
    """

    def run(*words: str, refused: bool = False) -> Any:
        ran.append(words)
        capsys.readouterr()
        asked = "--json" in words
        told = asked or words[0] not in ("init", "record")
        with pytest.raises(SystemExit) as end:
            main(["--store", str(store), *words, *(["--json"] if told and not asked else [])])
        said = capsys.readouterr()
        if refused:
            assert end.value.code == 1, said.out
            return said.err
        assert end.value.code in (0, None), said.err
        return json.loads(said.out) if told else said.err + said.out

    return run


def found(tz: Run, name: str, kind: str, parent: str, on: str) -> None:
    """Founds an organisation under another."""
    tz("record", "organisation.found", "--name", name, "--kind", kind, "--parent", parent, "--on", on)  # fmt: skip


def column(rows: list[dict[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in names) for row in rows]


def seq(said: Any) -> int:
    return int(said["seq"][0])
