"""Settings of a programme (插件设置): declared with kinds as fields are, kept in the store's config.toml.

``LIMIT = programme.setting("limit", Count, "上限|Limit", default=12)`` declares one; ``LIMIT.of(ledger)``
is its value where an action is decided or a rule is checked. Projections never ask for it: a ledger is a
function of the log alone. Values stand under ``[plugin.NAME]`` as people write them; one that does not do is
passed over for the default, and said. The command line and the screens show and change them by
:func:`in_force`, :func:`problem` and :func:`change`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.configfile import NewTable, rewrite
from taizhang.declaring.declare import FieldSpec, field, spec_of
from taizhang.declaring.kinds import Bad, CountKind, MinutesKind, MoneyKind, YesKind, as_written
from taizhang.errors import Invalid, Problem, Usage
from taizhang.text import Label, clean

if TYPE_CHECKING:
    from taizhang.declaring.registry import Registry
    from taizhang.ledger.view import Ledger
    from taizhang.store import StorePaths

TABLE = "plugin"
"""The table of config.toml; ``plugins`` is the list of those that alone are loaded."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


class Setting(Struct, frozen=True):
    """One setting of one programme."""

    owner: str
    spec: FieldSpec

    @property
    def name(self) -> str:
        """How it is called in config.toml."""
        return self.spec.name

    @property
    def label(self) -> Label:
        """How people call it."""
        return self.spec.label

    def of(self, ledger: Ledger) -> Any:
        """Its value in the store of a ledger."""
        return ledger.registry.setting(self.owner, self.name)

    def parse(self, written: Any) -> Any:
        """The value that somebody wrote. Raises :class:`~taizhang.declaring.kinds.Bad`."""
        text = as_written(written)
        if not self.spec.choices and not clean(text):
            raise Bad("不能为空|must not be empty")
        return self.spec.parse(text)


class Misset(Struct, frozen=True):
    """Something in config.toml that does not do: the programme, the name as it is written, a sentence."""

    owner: str
    name: str
    label: Label


class InForce(Struct, frozen=True):
    """A setting as it stands in a store; ``wrong`` says why what is written is not its value."""

    setting: Setting
    value: Any
    wrong: Label | None = None


class Configured:
    """What a programme declares of its settings."""

    id: str
    _settings: dict[str, Setting] | None = None

    @property
    def settings(self) -> dict[str, Setting]:
        """The settings by name."""
        if self._settings is None:
            self._settings = {}
        return self._settings

    def setting(
        self,
        name: str,
        kind: Any,
        label: str,
        default: Any,
        *,
        choices: Sequence[str] = (),
        low: int | None = None,
        high: int | None = None,
        help: str | None = None,
    ) -> Setting:
        """Declares a setting of a kind of :mod:`taizhang.api` (``Count``, ``Date``, ``Choice`` ...).

        Not of a reference, which needs a ledger, nor of a personal kind: settings stand in the clear.
        Raises TypeError and ValueError for that, for a name that is taken and a default that would not do.
        """
        if not _NAME.fullmatch(name) or name in self.settings:
            raise ValueError(f"{self.id} cannot have a setting {name!r}: not a name, or taken")
        said = field(label, default=default, choices=choices, low=low, high=high, help=help)
        spec = spec_of(self.id, name, kind, said)
        if spec.entity is not None or spec.kind.personal:
            raise TypeError(f"{self.id}.{name}: a setting is no reference and nothing personal")
        made = Setting(self.id, spec)
        try:
            sound = made.parse(_written(spec, default)) == default
        except Bad as bad:
            raise ValueError(f"{self.id}.{name}: its default: {bad.rule.en}") from None
        if not sound:
            raise ValueError(f"{self.id}.{name}: its default {default!r} is not of its kind")
        self.settings[name] = made
        return made


def _written(spec: FieldSpec, value: Any) -> Any:
    """A value as it is written into config.toml."""
    kind = spec.kind
    if isinstance(kind, MoneyKind):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    if isinstance(kind, MinutesKind | CountKind):
        return int(value)
    return bool(value) if isinstance(kind, YesKind) else value


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
    """What is wrong with a value as it is typed; an empty text goes back to the default."""
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
            made[key] = _written(setting.spec, setting.parse(text)) if clean(text) else None
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
