"""Static checks (静态检查): what can be said of a programme without recording anything.

The registry holds a programme to :data:`HOLDING` when it takes it in; ``plugins check`` and the contract
of :mod:`taizhang.testing` list everything that :data:`STATIC` finds. A check yields one :class:`Trouble` for each
thing wrong, a sentence that names check, programme and place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from taizhang.declarations.fields import Declared, specs
from taizhang.declarations.programme import API, Programme
from taizhang.isolation.boundary import LONGEST_LABEL, bad_label
from taizhang.loading import forbidden
from taizhang.loading.heading import heading_of
from taizhang.loading.table_checks import references, tables
from taizhang.loading.trouble import Examined, Trouble
from taizhang.words.errors import Usage
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry

_EVENT = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_PROSE = re.compile(r"[a-z]{3}")
_LETTERS = re.compile(r"[A-Za-z]")


def heading(it: Examined) -> Iterator[Trouble]:
    """The heading can be read without running the module; its api and needs are to be had."""

    def trouble(what: Label) -> Trouble:
        return Trouble("heading", it.programme.id, "", what)

    file = getattr(it.module, "__file__", None)
    try:
        if file is not None:
            heading_of(Path(file).read_text("utf-8"))
    except Usage as error:
        yield trouble(Label(*error.pair))
    if it.programme.api != API:
        yield trouble(
            Label(
                f"要求接口版本 {it.programme.api}，本程序为 {API}",
                f"it asks for interface version {it.programme.api}, this is {API}",
            )
        )
    for need in it.programme.needs:
        if need not in it.registry.programmes:
            yield trouble(
                Label(f"需要 {need}，它没有载入", f"it needs {need}, which is not loaded")
            )


def names(it: Examined) -> Iterator[Trouble]:
    """Everything begins with the programme's id, which is no noun of the core's, and is its alone."""
    if it.programme.nouns:
        return  # a slice of the core: Programme itself holds it to its nouns
    id = it.programme.id
    nouns = {n for p in it.registry.programmes.values() for n in p.nouns}

    def trouble(where: str, zh: str, en: str) -> Trouble:
        return Trouble("names", id, where, Label(zh, en))

    if id in nouns | set(it.registry.entities):
        yield trouble("", f"{id} 这个名字属于平台自己", f"the name {id} is the platform's own")
    groups: tuple[tuple[Sequence[str], str, re.Pattern[str]], ...] = (
        (tuple(it.programme.events), f"{id}.", _EVENT),
        (tuple(it.programme.actions), f"{id}.", _EVENT),
        (tuple(it.programme.tables), f"{id}_", _WORD),
        (tuple(t.entity for t in it.programme.tables.values() if t.entity), id, _WORD),
    )
    for group, begin, pattern in groups:
        for name in group:
            if not name.startswith(begin):
                yield trouble(name, f"应以 {begin} 开头", f"has to begin with {begin}")
            elif not pattern.fullmatch(name):
                yield trouble(
                    name,
                    "只能由小写字母、数字和下划线组成",
                    "consists of lower-case letters, digits and underscores",
                )
    yield from _twice(it, trouble)


def _twice(it: Examined, trouble: Callable[[str, str, str], Trouble]) -> Iterator[Trouble]:
    seen: dict[type, str] = {}
    for event in it.programme.events.values():
        if event.type in seen:
            first = seen[event.type]
            yield trouble(event.name, f"与 {first} 是同一个类", f"is of the same class as {first}")
        seen[event.type] = event.name
    prefixes = {e.prefix: e.kind for e in it.registry.entities.values()}
    for table in it.programme.tables.values():
        if table.entity is None or table.entity in it.registry.entities:
            continue  # a name that is taken is refused by the registry
        other = prefixes.setdefault(table.prefix, table.entity)
        if other != table.entity:
            yield trouble(
                table.name,
                f"编号前缀 {table.prefix} 已属于 {other}",
                f"the prefix {table.prefix} of its ids belongs to {other} already",
            )


def keeps(it: Examined) -> Iterator[Trouble]:
    """No field that is not kept of persons (:mod:`taizhang.loading.forbidden`)."""
    for trace in forbidden.traces(it.programme):
        code = trace.matter.code
        yield Trouble(
            "forbidden",
            it.programme.id,
            trace.where,
            Label(
                f"“{trace.text}”：此类信息不登记到个人（{code}）",
                f"'{trace.text}': matters of this kind are not kept of persons ({code})",
            ),
        )


def labels(it: Examined) -> Iterator[Trouble]:
    """Every label has both languages."""
    for where, label in _labels(it.programme):
        what = _lacking(label)
        if what is not None:
            yield Trouble("labels", it.programme.id, where, what)


def texts(it: Examined) -> Iterator[Trouble]:
    """Labels are short, and hold nothing that a terminal would obey."""
    for where, label in _labels(it.programme):
        if (what := bad_label(label, LONGEST_LABEL)) is not None:
            yield Trouble("texts", it.programme.id, where, what)


def _lacking(label: Label) -> Label | None:
    """Says what a label lacks. One without Chinese is a code or a number, the same in both languages."""
    if not label.zh or not label.en:
        return Label("缺少一种语言的名称", "a label lacks one of the two languages")
    chinese = _HAN.search(label.zh) is not None
    if not chinese and _PROSE.search(label.zh):
        return Label(f"“{label.zh}”没有中文", f"'{label.zh}' has no Chinese")
    if chinese and (label.en == label.zh or not _LETTERS.search(label.en)):
        return Label(f"“{label.zh}”没有英文", f"'{label.zh}' has no English")
    return None


def _labels(programme: Programme) -> Iterator[tuple[str, Label]]:
    yield "", programme.label
    classes: dict[type[Declared], str] = {}
    for event in programme.events.values():
        yield event.name, event.label
        classes.setdefault(event.type, event.name)
    for action in programme.actions.values():
        yield action.name, action.label
        classes.setdefault(action.type, action.name)
    for table in programme.tables.values():
        yield table.name, table.label
        classes.setdefault(table.row, table.name)
    for check in programme.checks:
        yield check.code, check.label
    for duty in programme.duties.values():
        for version in duty.versions:
            yield duty.name, version.label
    for figure in programme.figures.values():
        yield figure.name, figure.label
    for balance in programme.balances.values():
        yield balance.name, balance.label
    for screen in programme.screens.values():
        yield screen.full, screen.label
    fields = [(name, spec) for cls, name in classes.items() for spec in specs(cls).values()]
    fields += [(f"[{programme.id}]", s.spec) for s in programme.settings.values()]
    for name, spec in fields:
        for label in (spec.label, *spec.choices, *((spec.help,) if spec.help else ())):
            yield f"{name}.{spec.name}", label


def hooks(it: Examined) -> Iterator[Trouble]:
    """Every hook that is implemented is known and takes what it is given; no command has a name of the
    core's; every screen is there.
    """
    from taizhang.isolation.guard import Guard
    from taizhang.loading import hooks as specified
    from taizhang.loading.commanding import gather

    if it.module is None:
        return
    id, plugins, guard = it.programme.id, specified.manager(), Guard()
    guard.know(id, "")
    try:
        specified.register(plugins, it.module, id)
    except Usage as error:
        yield Trouble("hooks", id, "", Label(*error.pair))
        return
    for wrong in gather(plugins, [id], guard).wrong:
        what = wrong.label if wrong.fault is None else Label.of(wrong.fault.said())
        yield Trouble("hooks", id, wrong.name, what)
    for screen in it.programme.screens.values():
        module, _, name = screen.place.partition(":")
        try:
            found = callable(getattr(import_module(module), name, None))
        except Exception:  # whatever the module does: that it is not to be had is what counts
            found = False
        if not found:
            what = Label(f"找不到 {screen.place}", f"there is no {screen.place}")
            yield Trouble("hooks", id, screen.name, what)


def upcasters(it: Examined) -> Iterator[Trouble]:
    """From every older version of an event there is a way to the newest."""
    for event in it.programme.events.values():
        wanted, given = set(range(1, event.version)), set(event.upcasters)
        if wanted != given:
            absent = sorted(wanted - given)
            what = (
                Label(
                    f"第 {absent[0]} 版没有升级函数",
                    f"there is no upcaster from version {absent[0]}",
                )
                if absent
                else Label(
                    f"升级函数的版本 {sorted(given - wanted)[0]} 不在 1 至 {event.version - 1} 之内",
                    f"an upcaster is for version {sorted(given - wanted)[0]}, "
                    f"which is none before {event.version}",
                )
            )
            yield Trouble("upcasters", it.programme.id, f"{event.name}@{event.version}", what)


Static = Callable[[Examined], Iterator[Trouble]]

STATIC: dict[str, Static] = {
    "heading": heading,
    "names": names,
    "forbidden": keeps,
    "labels": labels,
    "hooks": hooks,
    "upcasters": upcasters,
    "tables": tables,
    "references": references,
    "texts": texts,
}
"""The static checks by name."""

HOLDING: tuple[Static, ...] = (names, tables, references, texts, keeps, upcasters)
"""What a programme has to pass to be taken in."""


def troubles(it: Examined) -> list[Trouble]:
    """Everything that the static checks find."""
    return [trouble for check in STATIC.values() for trouble in check(it)]


def hold(programme: Programme, registry: Registry) -> None:
    """Refuses (:class:`Usage`) a programme that the registry must not take in."""
    if programme.nouns:
        return  # the core's own slices are held to it by a test, not at every start
    for check in HOLDING:
        for trouble in check(Examined(programme, None, registry)):
            zh, en = trouble.what.zh, trouble.what.en
            where = trouble.where or programme.id
            raise Usage("{where}：{zh}|{where}: {en}", where=where, zh=zh, en=en)
