"""A package held against what it stored and what it was (对照): the events of a store, and its last release.

What is stored is for ever, so whoever changes an event has to be told before it is shipped. Both comparisons
are static checks of their own, for ``plugins check``.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from taizhang.declarations.conforming import wanted
from taizhang.declarations.fields import specs
from taizhang.declarations.programme import Programme
from taizhang.loading.checking import Static
from taizhang.loading.installed import section
from taizhang.loading.places import located
from taizhang.loading.sources import GROUP
from taizhang.loading.trouble import Examined, Trouble
from taizhang.words.errors import Usage
from taizhang.words.labels import Label
from taizhang_eventstore.codec import split_type
from taizhang_eventstore.log import open_log
from taizhang_eventstore.recorded import Recorded

Shape = dict[str, tuple[int, dict[str, list[object]]]]
"""Of each event its version and, of each field, its kind and whether it has to be given."""

SECONDS = 60
"""So long the last release may take to be loaded."""

_SHAPE = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
from taizhang.loading.comparing import shape
print("\\0" + json.dumps(shape(importlib.import_module(sys.argv[2]).programme)))
"""


def with_store(events: Path) -> Static:
    """Lists what of the events in a log the programme does not read as they were stored."""

    def check(it: Examined) -> Iterator[Trouble]:
        begin = f"{it.programme.id}."
        with open_log(events, it.registry.codec, read_only=True) as log:
            for type_ in log.types():
                name, version = split_type(type_)
                if not name.startswith(begin):
                    continue
                declared = it.programme.events.get(name)
                if declared is None or version > declared.version:
                    first = next(iter(log.read(types=[type_])))
                    what = Label(
                        f"已存 {type_}（自第 {first.position} 号起），这里没有它",
                        f"{type_} is stored (from event {first.position} on), and is not here",
                    )
                    yield Trouble("store", it.programme.id, type_, what)
                    continue
                fields = set(specs(declared.type)) if version == declared.version else None
                yield from _read(it.programme.id, type_, log.read(types=[type_]), fields)

    return check


def _read(
    id: str, type_: str, events: Iterator[Recorded], fields: set[str] | None
) -> Iterator[Trouble]:
    """Lists what is wrong with the events of one type, each kind of it with its first event."""
    seen: dict[str, tuple[int, int]] = {}
    for recorded in events:
        if recorded.event is None:
            _, _, en = (recorded.trouble or "").partition("|")
            _count(seen, en, recorded.position)
        elif fields is not None:
            for name in _stored(recorded) - fields:
                _count(seen, name, recorded.position)
    version = split_type(type_)[1]
    for what, (first, count) in sorted(seen.items()):
        new = f"version={version + 1}, upcasters={{{version}: …}}"
        if fields is not None and what.isidentifier():
            label = Label(
                f"第 {first} 号起 {count} 条存了字段 {what}，这里没有它；改名或去掉要升版本，写 {new}",
                f"{count} events from {first} on hold the field {what}, which is not here: write {new}",
            )
        else:
            label = Label(
                f"第 {first} 号起 {count} 条读不出来（{what}）；字段改了要升版本，写 {new}",
                f"{count} events from {first} on are not read ({what}): changed fields need {new}",
            )
        yield Trouble("store", id, type_, label)


def _count(seen: dict[str, tuple[int, int]], what: str, position: int) -> None:
    first, count = seen.get(what, (position, 0))
    seen[what] = first, count + 1


def _stored(recorded: Recorded) -> set[str]:
    """The fields that an event has, encrypted ones too."""
    payload: dict[str, Any] = json.loads(recorded.data)["payload"]
    return {*payload, *(n.partition("/")[0] for n in recorded.envelope.sealed if n != "@reason")}


def with_release(path: Path) -> Static:
    """Lists what has changed since a release (a wheel, a file, a package or a project) without a new version.

    Raises :class:`Usage` when there is nothing that can be loaded.
    """

    def check(it: Examined) -> Iterator[Trouble]:
        now = shape(it.programme)
        for name, (version, fields) in _released(path.resolve()).items():
            for label in _changed(version, fields, *now.get(name, (0, {}))):
                yield Trouble("release", it.programme.id, f"{name}@{version}", label)

    return check


def _changed(
    version: int, before: dict[str, list[object]], newest: int, fields: dict[str, list[object]]
) -> Iterator[Label]:
    if newest < version:
        yield Label(
            f"上一版有第 {version} 版，这里没有", f"the last release had version {version} of it"
        )
    if newest != version:
        return
    new = f"version={version + 1}, upcasters={{{version}: …}}"
    for field, said in before.items():
        if field not in fields:
            yield Label(f"字段 {field} 没有了；写 {new}", f"the field {field} is gone: write {new}")
        elif fields[field][0] != said[0]:
            yield Label(
                f"字段 {field} 原是 {said[0]}，现在是 {fields[field][0]}；写 {new}",
                f"the field {field} was {said[0]} and is {fields[field][0]}: write {new}",
            )
    for field, said in fields.items():
        if field not in before and said[1]:
            yield Label(
                f"新字段 {field} 没有默认值；给它默认值，或写 {new}",
                f"the new field {field} has no default: give it one, or write {new}",
            )


def shape(programme: Programme) -> Shape:
    """Describes what the events of a programme look like when they are stored."""
    return {
        event.name: (
            event.version,
            {
                name: [
                    " ".join(
                        filter(
                            None,
                            (
                                wanted(spec)[0].__name__,
                                spec.entity,
                                "personal" if spec.kind.personal else "",
                                "or nothing" if spec.optional else "",
                            ),
                        )
                    ),
                    spec.required,
                ]
                for name, spec in specs(event.type).items()
            },
        )
        for event in programme.events.values()
    }


def _released(path: Path) -> Shape:
    """Describes what the events of a release look like, loaded in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        if path.suffix == ".whl":
            with zipfile.ZipFile(path) as wheel:
                wheel.extractall(folder)
            home = Path(folder)
            points = "".join(
                f.read_text("utf-8") for f in home.glob("*.dist-info/entry_points.txt")
            )
            modules = [(home, module) for _, module, _ in section(points, GROUP)]
        else:
            modules = [(file.folder, file.module) for file in located(path)]
        found: Shape = {}
        for home, module in modules:
            command = [sys.executable, "-c", _SHAPE, str(home), module]
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
                timeout=SECONDS, check=False,
            )  # fmt: skip
            if done.returncode:
                why = (done.stderr.strip().splitlines() or [""])[-1]
                raise Usage(
                    "{path} 不能载入：{why}|{path} cannot be loaded: {why}", path=path, why=why
                )
            found.update(json.loads(done.stdout.rpartition("\0")[2]))
        return found


__all__ = ["shape", "with_release", "with_store"]
