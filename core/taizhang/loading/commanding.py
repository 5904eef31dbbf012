"""Commands that programmes add to ``taizhang`` (插件的命令): gathered under guard, names kept apart.

They are gathered only when somebody asks for one, or for the list. The core's own commands keep their
names, so that those which repair a store are always there; of two programmes that claim one name the later is
refused, and both are named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taizhang.isolation.boundary import bad_label, upto
from taizhang.isolation.guard import Guard, PluginFault
from taizhang.isolation.quarantine import Fault
from taizhang.words.labels import Label, clean

if TYPE_CHECKING:
    import click
    import pluggy

CORE = frozenset({
    "init", "demo", "record", "correct", "void", "import", "actions", "tables", "show", "events", "why", "diff",
    "due", "figures", "findings", "overview", "seal", "verify", "prove", "erase", "keys", "personal-record",
    "reseal", "backup", "restore", "doctor", "rebuild", "plugins", "batches", "revert", "continue", "statistics",
    # Not there yet, but part of the interface: nobody else shall have them meanwhile.
    "export", "report", "users", "serve",
})  # fmt: skip
"""Names that no programme gets."""

MOST = 200
"""Commands of one programme."""

LONGEST_HELP = 10_000
"""Characters of a command's help in one language."""

GATHERING = "给出命令|naming its commands"

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Offered:
    """One command of a programme."""

    owner: str
    command: click.Command


@dataclass(frozen=True, slots=True)
class Wrong:
    """A command that is not to be had, and why; without a name where a programme could not be asked."""

    owner: str
    name: str
    label: Label
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """The commands by name, and what is wrong with others."""

    commands: Mapping[str, Offered]
    wrong: Sequence[Wrong]


def gather(plugins: pluggy.PluginManager, order: Iterable[str], guard: Guard) -> Gathered:
    """The commands of all programmes; ``order`` is that in which they were loaded: who comes first keeps
    a name. A programme that fails is in quarantine afterwards.

    Args:
        plugins: The programmes.
        order: Their names, as they were loaded.
        guard: How their code is called.
    """
    place = {name: i for i, name in enumerate(order)}
    taken: dict[str, Offered] = {}
    wrong: list[Wrong] = []
    found = plugins.hook.commands.get_hookimpls()
    for implementation in sorted(found, key=lambda i: place.get(i.plugin_name, len(place))):
        owner = implementation.plugin_name
        try:
            with guard.calling(owner, GATHERING):
                listed = list(_listed(upto(implementation.function(), MOST)))
        except PluginFault as error:
            wrong.append(Wrong(owner, "", Label(*error.pair), error.fault))
            continue
        for name, command in listed:
            why = _refused(name, command, owner, taken)
            if why is None:
                taken[name] = Offered(owner, command)
            else:
                wrong.append(Wrong(owner, name, why))
    return Gathered(taken, wrong)


def _listed(offered: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    for command in offered:
        yield clean(str(getattr(command, "name", None) or command)), command


def _refused(name: str, command: object, owner: str, taken: Mapping[str, Offered]) -> Label | None:
    """Why a command is not to be had under its name."""
    from click import Command

    if not isinstance(command, Command):
        return Label(f"{name} 不是 click 的命令", f"{name} is no command of click")
    if not _NAME.fullmatch(name):
        return Label(
            f"命令 {name}：只能由小写字母、数字和连字符组成",
            f"the command {name}: consists of lower-case letters, digits and hyphens",
        )
    if not isinstance(command.help, str | None):
        return Label(f"命令 {name} 的说明不是文字", f"the help of the command {name} is no text")
    said = Label.of((command.help or "").replace("\n", " "))
    if (what := bad_label(said, LONGEST_HELP)) is not None:
        return Label(f"命令 {name} 的说明：{what.zh}", f"the help of the command {name}: {what.en}")
    first = "taizhang" if name in CORE else taken[name].owner if name in taken else None
    if first is None:
        return None
    return Label(
        f"命令 {name} 已属于 {first}，拒绝 {owner} 的",
        f"the command {name} belongs to {first} already, that of {owner} is refused",
    )


__all__ = ["CORE", "Gathered", "Offered", "Wrong", "gather"]
