"""Settings of a programme (插件设置): declared with kinds as fields are, kept in the store's config.toml.

``LIMIT = programme.setting("limit", Count, "上限|Limit", default=12)`` declares one; ``LIMIT.of(ledger)``
is its value where an action is decided or a rule is checked. Projections never ask for it: a ledger is a
function of the log alone. Values stand under ``[plugin.NAME]`` as people write them; one that does not do is
passed over for the default, and said.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from taizhang.declare import FieldSpec, field, spec_of
from taizhang.errors import Invalid, Problem, Usage
from taizhang.kinds import Bad, ChoiceKind, CountKind, MinutesKind, MoneyKind, YesKind
from taizhang.text import Label, clean

if TYPE_CHECKING:
    from taizhang.ledger.view import Ledger
    from taizhang.registry import Registry
    from taizhang.store import StorePaths

TABLE = "plugin"
"""The table of config.toml; ``plugins`` is the list of those that alone are loaded."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


@dataclass(frozen=True, slots=True)
class Setting:
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
        """The value that somebody wrote. Raises :class:`~taizhang.kinds.Bad`."""
        spec = self.spec
        if isinstance(written, bool):
            written = "yes" if written else "no"
        if isinstance(written, list | dict) or written is None:
            raise Bad("应为单个值|must be a single value")
        text = written.isoformat() if isinstance(written, dt.date) else str(written)
        if isinstance(spec.kind, ChoiceKind) and spec.choices:
            return spec.kind.choose(text, spec.choices)
        if not clean(text):
            raise Bad("不能为空|must not be empty")
        value = spec.kind.parse(text)
        if isinstance(spec.kind, CountKind):
            if spec.low is not None and value < spec.low:
                raise Bad(Label(f"不得小于 {spec.low}", f"must be at least {spec.low}"))
            if spec.high is not None and value > spec.high:
                raise Bad(Label(f"不得大于 {spec.high}", f"must be at most {spec.high}"))
        return value


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
        return f"{value // 100}.{value % 100:02d}"
    if isinstance(kind, MinutesKind | CountKind):
        return int(value)
    return bool(value) if isinstance(kind, YesKind) else value


def values(registry: Registry, configured: Any) -> tuple[dict[tuple[str, str], Any], list[Label]]:
    """The value of every declared setting, and a sentence for each that is not as it has to be."""
    made: dict[tuple[str, str], Any] = {}
    wrong: list[Label] = []
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
                    wrong.append(_passed_over(setting, bad.rule))
            made[programme.id, setting.name] = value
        for name in given:
            if name not in programme.settings:
                where = f"[{TABLE}.{programme.id}] {clean(str(name))}"
                wrong.append(
                    Label(
                        f"config.toml 的 {where}：没有这项设置",
                        f"{where} in config.toml: there is no such setting",
                    )
                )
    return made, wrong


def _passed_over(setting: Setting, rule: Label) -> Label:
    where = f"[{TABLE}.{setting.owner}] {setting.name}"
    shown = setting.spec.show(setting.spec.default)
    return Label(
        f"config.toml 的 {where}：{rule.zh}；先用默认值 {shown}",
        f"{where} in config.toml: {rule.en}; the default {shown} is used",
    )


def change(paths: StorePaths, registry: Registry, name: str, given: Mapping[str, str]) -> None:
    """Writes settings of a programme, all or none; an empty text goes back to the default.

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
        try:
            made[key] = _written(setting.spec, setting.parse(text)) if clean(text) else None
        except Bad as bad:
            problems.append(Problem(key, setting.label, bad.rule))
    if problems:
        raise Invalid(problems)
    _write(paths, name, made)


def _write(paths: StorePaths, name: str, made: Mapping[str, Any]) -> None:
    # Imported here: only who changes a setting needs what keeps comments and order of a file.
    import tomlkit
    from tomlkit.items import Table

    paths.settings()  # What cannot be read is not written over.
    before = paths.config.read_text("utf-8") if paths.config.exists() else ""
    document = tomlkit.parse(before)
    if not isinstance(document.get(TABLE), Table):
        document[TABLE] = tomlkit.table(is_super_table=True)
    above = cast("Table", document[TABLE])
    if not isinstance(above.get(name), Table):
        above[name] = tomlkit.table()
    table = cast("Table", above[name])
    for key, value in made.items():
        if value is None:
            table.pop(key, None)
        else:
            table[key] = value
    part = paths.config.with_name(paths.config.name + ".new")
    part.write_text(tomlkit.dumps(document), "utf-8")
    part.replace(paths.config)
