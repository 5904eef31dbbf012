"""Settings of programmes as a store has them (插件设置): read from config.toml, shown and changed.

Values stand under ``[plugin.NAME]`` as people write them; one that does not do is passed over for the
default, and said. The command line and the screens show and change them by :func:`in_force`,
:func:`problem` and :func:`change`.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.kinds import Bad
from taizhang.declarations.settings import Misset, Setting, written
from taizhang.store.configfile import NewTable, rewrite
from taizhang.words.errors import Invalid, Problem, Usage
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry
    from taizhang.store.paths import StorePaths

TABLE = "plugin"
"""The table of config.toml; ``plugins`` is the list of those that alone are loaded."""


class InForce(Struct, frozen=True):
    """A setting as it stands in a store; ``wrong`` says why what is written is not its value."""

    setting: Setting
    value: Any
    wrong: Label | None = None


def configure(paths: StorePaths, registry: Registry) -> None:
    """Gives a vocabulary what the store's config.toml says now: it counts from here on."""
    registry.settings, registry.misconfigured = _values(registry, paths.settings().get(TABLE))


def in_force(registry: Registry, name: str) -> list[InForce]:
    """The settings of a programme with what it decides by, in the order in which they are declared."""
    wrong = {m.name: m.label for m in registry.misconfigured if m.owner == name}
    return [
        InForce(setting, registry.setting(name, key), wrong.get(key))
        for key, setting in registry.programmes[name].settings.items()
    ]


def undeclared(registry: Registry, name: str) -> list[Label]:
    """A sentence for each value in config.toml that no setting of the programme asks for."""
    declared = registry.programmes[name].settings
    return [m.label for m in registry.misconfigured if m.owner == name and m.name not in declared]


def _values(registry: Registry, configured: Any) -> tuple[dict[tuple[str, str], Any], list[Misset]]:
    made: dict[tuple[str, str], Any] = {}
    wrong: list[Misset] = []
    tables = configured if isinstance(configured, Mapping) else {}
    for programme in registry.programmes.values():
        given = tables.get(programme.id, {})
        given = given if isinstance(given, Mapping) else {}
        for setting in programme.settings.values():
            value = setting.spec.default
            if setting.name in given:
                try:
                    value = setting.parse(given[setting.name])
                except Bad as bad:
                    said = _passed_over(setting, bad.rule)
                    wrong.append(Misset(programme.id, setting.name, said))
            made[programme.id, setting.name] = value
        for name in given:
            if name not in programme.settings:
                where = f"[{TABLE}.{programme.id}] {clean(str(name))}"
                said = Label(
                    f"config.toml 的 {where}：没有这项设置",
                    f"{where} in config.toml: there is no such setting",
                )
                wrong.append(Misset(programme.id, str(name), said))
    return made, wrong


def _passed_over(setting: Setting, rule: Label) -> Label:
    where = f"[{TABLE}.{setting.owner}] {setting.name}"
    shown = setting.spec.show(setting.spec.default)
    return Label(
        f"config.toml 的 {where}：{rule.zh}；先用默认值 {shown}",
        f"{where} in config.toml: {rule.en}; the default {shown} is used",
    )


def problem(setting: Setting, text: str) -> Problem | None:
    """Says what is wrong with a value as it is typed; an empty text goes back to the default."""
    try:
        if clean(text):
            setting.parse(text)
    except Bad as bad:
        return Problem(setting.name, setting.label, bad.rule)
    return None


def change(paths: StorePaths, registry: Registry, name: str, given: Mapping[str, str]) -> None:
    """Writes settings of a programme, all or none; an empty text goes back to the default.

    They count at once for who goes by ``registry``, elsewhere from the next opening of the store on.
    Raises :class:`Usage` for an unknown setting and :class:`Invalid` with every value that does not do.

    Args:
        paths: The store.
        registry: Whose values are changed.
        name: The programme.
        given: The values as people write them, by setting.
    """
    declared = registry.programmes[name].settings
    problems: list[Problem] = []
    made: dict[str, Any] = {}
    for key, text in given.items():
        if key not in declared:
            raise Usage(
                "插件 {name} 没有设置 {key}；它的设置是 {known}"
                "|{name} has no setting {key}; its settings are {known}",
                name=name,
                key=clean(key),
                known=", ".join(declared) or "—",
            )
        setting = declared[key]
        if (wrong := problem(setting, text)) is not None:
            problems.append(wrong)
        else:
            made[key] = written(setting.spec, setting.parse(text)) if clean(text) else None
    if problems:
        raise Invalid(problems)
    rewrite(
        paths.config,
        lambda document, new: _put(document, name, made, new),
        f"[{TABLE}.{name}]",
    )
    configure(paths, registry)


def _put(document: Any, name: str, made: Mapping[str, Any], new: NewTable) -> None:
    """Changes the values of a programme; a table is made ``new`` where there is none."""
    table = document
    for key in (TABLE, name):
        if key not in table:
            table[key] = new()
        table = table[key]
        if not isinstance(table, MutableMapping):
            raise Usage(
                "config.toml 里的 {key} 应是一张表，没有写入"
                "|{key} in config.toml has to be a table; nothing was written",
                key=key,
            )
    for key, value in made.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
