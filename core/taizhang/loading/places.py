"""Where an author has a programme (所在): a module's file, a package, or a project with entry points."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from taizhang.loading.sources import GROUP
from taizhang.words.errors import Usage


class Place(Struct, frozen=True):
    """One module that has a heading, and the name that an entry point gives it, if there is one."""

    file: Path
    expected: str = ""

    @property
    def package(self) -> bool:
        """Tells a package from a single file."""
        return self.file.name == "__init__.py"

    @property
    def module(self) -> str:
        """The module's name."""
        return self.file.parent.name if self.package else self.file.stem

    @property
    def folder(self) -> Path:
        """The directory that it is imported from."""
        return self.file.parent.parent if self.package else self.file.parent


def located(path: Path) -> list[Place]:
    """The programmes at a path. Raises :class:`Usage` when there is none."""
    if path.is_file():
        return [Place(path)]
    if (path / "__init__.py").is_file():
        return [Place(path / "__init__.py")]
    found = list(_of_project(path))
    if not found:
        raise Usage(
            "{path} 里没有插件：应为 .py 文件、包，或 pyproject.toml 中有 {group} 入口的项目"
            "|there is no plugin at {path}: a .py file, a package, or a project whose pyproject.toml has "
            "entry points {group}",
            path=path,
            group=GROUP,
        )
    return found


def _of_project(path: Path) -> Iterator[Place]:
    try:
        project = tomllib.loads((path / "pyproject.toml").read_text("utf-8"))
        points: dict[str, str] = project["project"]["entry-points"][GROUP]
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError):
        return
    for name, module in points.items():
        for folder in (path, path / "src", *(p for p in sorted(path.iterdir()) if p.is_dir())):
            there = (folder / module / "__init__.py", folder / f"{module}.py")
            if file := next((f for f in there if f.is_file()), None):
                yield Place(file, name)
                break


__all__ = ["Place", "located"]
