"""Where programmes come from (来源): bundled, installed beside taizhang, or a file in the store.

A :class:`Candidate` is one that was found, with the hash of its code and its heading; nothing of it has
been run. The order of sources decides who keeps a name that two of them claim.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from msgspec import Struct

from taizhang.loading.heading import Heading, heading_of
from taizhang.loading.installed import points
from taizhang.words.errors import Usage
from taizhang.words.labels import Label
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read

GROUP = "taizhang.plugins"
"""The entry point group of installed programmes."""

SLICES = "taizhang.office"
"""The entry point group of slices: each names a list of modules with a ``programme``, in dependency order."""

DISTRIBUTION = "taizhang"

Source = Literal["bundled", "installed", "store"]
ORDER: tuple[Source, ...] = ("bundled", "installed", "store")
"""Who comes first keeps a name."""


class Candidate(Struct, frozen=True):
    """A programme that was found. ``trouble`` says why its heading cannot be read (``中文|English``)."""

    name: str
    source: Source
    origin: str
    """The distribution, or the file in the store."""
    module: str
    file: Path | None
    version: str
    code: str
    """SHA-256 of its source files, in hexadecimal."""
    heading: Heading | None
    trouble: str = ""

    @property
    def label(self) -> Label:
        """The name by which people know it, as far as that is known without running it."""
        return Label.of(self.name if self.heading is None else self.heading.label)


def candidates(folder: Path | None) -> list[Candidate]:
    """All that can be found, in the order of sources and names; ``folder`` is the store's plugins."""
    found = [*_installed(), *(_filed(folder) if folder is not None else ())]
    return sorted(found, key=lambda c: (ORDER.index(c.source), c.name, c.origin))


def _installed() -> Iterator[Candidate]:
    for point in points(GROUP):
        origin = point.distribution
        source: Source = "bundled" if origin == DISTRIBUTION else "installed"
        file, trouble = _file_of(point.module), ""
        files: list[Path] = []
        heading = None
        if file is None:
            trouble = f"找不到模块 {point.module}|the module {point.module} cannot be found"
        else:
            files = sorted(file.parent.rglob("*.py")) if file.name == "__init__.py" else [file]
            heading, trouble = _headed(file, point.name)
        yield Candidate(
            point.name,
            source,
            origin,
            point.module,
            file,
            point.version,
            _hash(files),
            heading,
            trouble,
        )


def _file_of(module: str) -> Path | None:
    """The file of a module, found without importing any part of it."""
    top, *rest = module.split(".")
    try:
        spec = find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    for folder in spec.submodule_search_locations or ():
        place = Path(folder, *rest)
        for file in (place / "__init__.py", place.with_suffix(".py")):
            if file.is_file():
                return file
    return None


def _filed(folder: Path) -> Iterator[Candidate]:
    for file in sorted(folder.glob("*.py")):
        if file.is_file():
            heading, trouble = _headed(file, file.stem)
            version = "" if heading is None else heading.version
            yield Candidate(
                file.stem,
                "store",
                f"{folder.name}/{file.name}",
                f"taizhang_store_{file.stem}",
                file,
                version,
                _hash([file]),
                heading,
                trouble,
            )


def _headed(file: Path, name: str) -> tuple[Heading | None, str]:
    try:
        heading = heading_of((read(file) or b"").decode())
    except Usage as error:
        return None, "|".join(error.pair)
    except StoreError as error:
        return None, "|".join(error.pair)
    except UnicodeDecodeError as error:
        return None, f"读不出来：{error}|cannot be read: {error}"
    if heading.id != name:
        return None, (
            f"名为 {name}，里面的 Programme 却是 {heading.id}"
            f"|it is called {name}, but its Programme is {heading.id}"
        )
    return heading, ""


def _hash(files: list[Path]) -> str:
    made = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        made.update(len(content).to_bytes(8, "big"))
        made.update(content)
    return made.hexdigest()
