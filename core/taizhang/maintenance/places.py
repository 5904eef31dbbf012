"""What of a store is copied as it is (照抄): settings, papers, programmes, templates, who looked."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from pathlib import Path

from taizhang_eventstore.files import copy, settle, writing

FOLDERS = ("files", "plugins", "templates")
FILES = ("config.toml", "viewings.jsonl")
"""What is copied as it is, beside the log and its seals."""

Progress = Callable[[int, int], None]


def copy_rest(
    source: Path, target: Path, progress: Progress | None = None, *, but: Collection[Path] = ()
) -> list[str]:
    """Copies settings and the folders of a store; returns what was left, being neither file nor folder,
    or among ``but``.
    """
    left: list[str] = []
    chosen: list[Path] = []
    for name in FILES:
        if (source / name).is_file():
            chosen.append(source / name)
    for name in FOLDERS:
        if (source / name).is_dir():
            chosen += sorted((source / name).rglob("*"))
    of = sum(p.stat().st_size for p in chosen if p.is_file() and not p.is_symlink())
    done = 0
    with writing(target):
        for path in chosen:
            there = target / path.relative_to(source)
            if path in but or path.is_symlink() or not (path.is_file() or path.is_dir()):
                left.append(str(path.relative_to(source)))
            elif path.is_dir():
                there.mkdir(parents=True, exist_ok=True)
            else:
                there.parent.mkdir(parents=True, exist_ok=True)
                done += copy(path, there)
                if progress is not None:
                    progress(done, of)
        for folder, _, _ in os.walk(target):
            settle(Path(folder))
    return left
