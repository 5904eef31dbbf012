"""Settings of a programme (插件设置): declared with kinds as fields are, kept in the store's config.toml.

``LIMIT = programme.setting("limit", Count, "上限|Limit", default=12)`` declares one; ``LIMIT.of(ledger)``
is its value where an action is decided or a rule is checked. Projections never ask for it: a ledger is a
function of the log alone. How values are read and changed is :mod:`taizhang.loading.settings`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from taizhang.declarations.fields import FieldSpec, field, spec_of
from taizhang.declarations.kinds import (
    Bad,
    CountKind,
    DecimalKind,
    MinutesKind,
    YesKind,
    as_written,
)
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    from taizhang.declarations.ledger import Ledger

_NAME = re.compile(r"[a-z][a-z0-9_]{0,30}")


class Setting(Struct, frozen=True):
    """One setting of one programme."""

    owner: str
    spec: FieldSpec

    @property
    def name(self) -> str:
        """The name of the setting in config.toml."""
        return self.spec.name

    @property
    def label(self) -> Label:
        """The label by which people know the setting."""
        return self.spec.label

    def of(self, ledger: Ledger) -> Any:
        """Its value in the store of a ledger."""
        return ledger.setting(self.owner, self.name)

    def parse(self, written: Any) -> Any:
        """The value that somebody wrote. Raises :class:`~taizhang.declarations.kinds.Bad`."""
        text = as_written(written, self.spec.kind)
        if not self.spec.choices and not clean(text):
            raise Bad("不能为空|must not be empty")
        return self.spec.parse(text)


class Misset(Struct, frozen=True):
    """Something in config.toml that does not do: the programme, the name as it is written, a sentence."""

    owner: str
    name: str
    label: Label


class Configured:
    """The part of a programme that declares its settings."""

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
        """Declares a setting, kept in the store's config.toml in the clear.

        Args:
            name: lower-case, as it is written there.
            kind: one of :mod:`taizhang.api` (``Count``, ``Date``, ``Choice`` ...); no reference and nothing personal.
            label: ``中文|English``.
            default: the value where the store says nothing.
            choices: pairs, of which the Chinese side is stored.
            low: inclusive lower bound of a number.
            high: inclusive upper bound.
            help: a sentence for whoever sets it, a pair.

        Raises:
            TypeError: a reference or a personal kind.
            ValueError: a name that is none or taken, and a default that would not do.
        """
        if not _NAME.fullmatch(name) or name in self.settings:
            raise ValueError(f"{self.id} cannot have a setting {name!r}: not a name, or taken")
        said = field(label, default=default, choices=choices, low=low, high=high, help=help)
        spec = spec_of(self.id, name, kind, said)
        if spec.entity is not None or spec.kind.personal:
            raise TypeError(f"{self.id}.{name}: a setting is no reference and nothing personal")
        made = Setting(self.id, spec)
        try:
            sound = made.parse(written(spec, default)) == default
        except Bad as bad:
            raise ValueError(f"{self.id}.{name}: its default: {bad.rule.en}") from None
        if not sound:
            raise ValueError(f"{self.id}.{name}: its default {default!r} is not of its kind")
        self.settings[name] = made
        return made


def written(spec: FieldSpec, value: Any) -> Any:
    """A value as it is written into config.toml."""
    kind = spec.kind
    if isinstance(kind, DecimalKind):
        return kind.show(value).replace(",", "")
    if isinstance(kind, MinutesKind | CountKind):
        return int(value)
    return bool(value) if isinstance(kind, YesKind) else value


__all__ = ["Configured", "Misset", "Setting", "written"]
