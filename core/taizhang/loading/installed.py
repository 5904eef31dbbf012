"""What is installed (已安装): the entry points of packages, read from their metadata on ``sys.path``.

The answer is that of ``importlib.metadata.entry_points``, and nothing is remembered, so that it is right at
once when something is installed or removed. That module is only asked where there is more than directories
to look into (zip files, eggs, finders of others): with ``email``, ``zipfile`` and ``csv`` that it imports,
and reading every package's metadata, it takes as long as everything else that finding programmes takes
together, three times over.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from functools import reduce
from importlib import import_module
from importlib.machinery import PathFinder
from typing import Any

from msgspec import Struct

_ENTRY_POINTS = "entry_points.txt"
_OBJECT = re.compile(r"([\w.]+)\s*(?::\s*([\w.]+))?")
_JOINTS = re.compile(r"[-_.]+")


class Point(Struct, frozen=True):
    """One entry point: its name, the module and what in it (if anything) it names, and the distribution
    that has it.
    """

    name: str
    module: str
    attribute: str
    distribution: str
    version: str

    def load(self) -> Any:
        """Loads the object that the entry point names."""
        return reduce(getattr, filter(None, self.attribute.split(".")), import_module(self.module))


def points(group: str) -> list[Point]:
    """The entry points of a group. Of two distributions of one name the first on ``sys.path`` counts."""
    if not all(map(_usual, sys.path)) or any(map(_finds, sys.meta_path)):
        return list(_asked(group))
    found: list[Point] = []
    seen: set[str] = set()
    for place in sys.path:
        for folder in _infos(place or "."):
            stem = os.path.basename(folder).rpartition(".")[0].partition("-")[0]
            name = _JOINTS.sub("_", stem).lower()
            if name in seen:
                continue
            seen.add(name)
            written = _text(f"{folder}/{_ENTRY_POINTS}")
            if group in written and (pairs := section(written, group)):
                called, version = _called(folder, stem)
                found += (Point(*pair, called, version) for pair in pairs)
    return found


def _usual(place: object) -> bool:
    """Tells if a place on ``sys.path`` is a plain directory, or nothing at all."""
    return (
        isinstance(place, str)
        and not place.lower().endswith(".egg")
        and (os.path.isdir(place or ".") or not os.path.exists(place))
    )


def _finds(finder: object) -> bool:
    """Tells if a finder knows of distributions that are not on ``sys.path``."""
    return finder is not PathFinder and hasattr(finder, "find_distributions")


def _infos(place: str) -> list[str]:
    """The folders of metadata in a place, as the system lists them."""
    try:
        children = os.listdir(place)
    except OSError:
        return []
    return [f"{place}/{c}" for c in children if c.lower().endswith((".dist-info", ".egg-info"))]


def _text(file: str) -> str:
    try:
        with open(file, encoding="utf-8") as opened:
            return opened.read()
    except (OSError, UnicodeDecodeError):
        return ""


def section(written: str, group: str) -> list[tuple[str, str, str]]:
    """Names, modules and what in these, in a section of entry_points.txt."""
    found = []
    section = ""
    for line in map(str.strip, written.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif section == group and line and not line.startswith("#"):
            name, given, value = line.partition("=")
            if given and (named := _OBJECT.match(value.strip())):
                found.append((name.strip(), named[1], named[2] or ""))
    return found


def _called(folder: str, stem: str) -> tuple[str, str]:
    """Name and version of a distribution, by the head of its metadata."""
    written = _text(f"{folder}/METADATA") or _text(f"{folder}/PKG-INFO")
    said: dict[str, str] = {}
    for line in written.splitlines():
        if not line:
            break
        key, _, value = line.partition(":")
        said.setdefault(key.lower(), value.strip())
    return said.get("name") or stem, said.get("version") or ""


def _asked(group: str) -> Iterator[Point]:
    """Reads the entry points by the standard library."""
    from importlib.metadata import entry_points

    for point in entry_points(group=group):
        dist = point.dist
        name, version = ("", "") if dist is None else (dist.name, dist.version)
        yield Point(point.name, point.module, point.attr or "", name or point.value, version)
