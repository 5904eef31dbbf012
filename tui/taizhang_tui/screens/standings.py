"""Programmes as the screens list them: what became of each, and what the next opening will do.

A programme is loaded, or not, when the store is opened; what is decided about it afterwards counts from
the next time. So its state is told as it is, and beside it what will become of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace
from msgspec.structs import replace as replace_struct

from taizhang.isolation.quarantine import Fault, Quarantine
from taizhang.loading.loader import PluginState, wanted_of
from taizhang.maintenance.control import STATES, with_unread
from taizhang.readmodels.listing import DIM, DUE, NOTHING, Column, Listed, Row
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.workspace import Workspace

TROUBLED = ("quarantined", "failed", "refused")
"""States of programmes that ought to be here and are not."""

SOURCES = {"bundled": "自带|bundled", "installed": "安装|installed", "store": "账册|store"}


class ProgrammeStanding(Struct, frozen=True):
    """One programme now; ``next`` is what the next opening will do otherwise, as a pair, or nothing."""

    plugin: PluginState
    next: str = ""
    actions: frozenset[str] = frozenset()
    """Which of disable, enable, release and settings make sense now."""

    @property
    def key(self) -> str:
        """Two may bear one name."""
        return f"{self.plugin.name}\0{self.plugin.origin}"


def faults(ws: Workspace) -> dict[str, Fault]:
    """Lists what loaded programmes have done since, here or in another process; they are left alone then."""
    guard, listed = ws.registry.guard, Quarantine(ws.paths.root)
    found = {}
    for name, programme in ws.registry.programmes.items():
        if guard.knows(name):
            fault = guard.quarantine.of(name, programme.code) or listed.of(name, programme.code)
            if fault is not None:
                found[name] = fault
    return found


def standings(ws: Workspace) -> list[ProgrammeStanding]:
    """All programmes, those in quarantine first."""
    failed = faults(ws)
    listed = {fault.plugin for fault in Quarantine(ws.paths.root).all()}
    wanted = wanted_of(ws.paths)
    found = []
    for state in with_unread(ws.plugins, ws.unread()):
        fault = failed.get(state.name)
        if state.state == "loaded" and fault is not None:
            state = replace(state, state="quarantined", reason=fault.said())
        standing = _standing(state, off=wanted.off(state.name), held=state.name in listed)
        if state.state in ("loaded", "quarantined") and state.name in ws.registry.programmes:
            standing = replace_struct(standing, actions=standing.actions | {"settings"})
        found.append(standing)
    order = list(STATES)
    return sorted(found, key=lambda s: (order.index(s.plugin.state), s.key))


def _standing(plugin: PluginState, *, off: bool, held: bool) -> ProgrammeStanding:
    state = plugin.state
    quarantined = state in ("quarantined", "failed")  # who cannot be loaded is, from then on
    actions = {"enable" if off else "disable"}
    if quarantined and held:
        actions.add("release")
    if off and state != "disabled":
        after = "下次停用|off next time"
    elif not off and state == "disabled":
        after = "下次启用|on next time"
    elif state == "quarantined" and not held:
        after = "下次再试|tried next time"
    else:
        after = ""
    return ProgrammeStanding(plugin, after, frozenset(actions))


def source(found: Iterable[ProgrammeStanding], language: str) -> Listed:
    """Them as rows."""
    columns = (
        Column("name", say("插件|Plugin", language), 6, 20),
        Column("label", say("名称|Name", language), 4, 20),
        Column("state", say("状态|State", language), 6, 30),
        Column("version", say("版本|Version", language), 4, 10),
        Column("source", say("来源|Source", language), 4, 24),
        Column("reason", say("原因|Reason", language), 4, 60),
    )
    rows = []
    for standing in found:
        plugin = standing.plugin
        state = say(STATES[plugin.state], language)
        if standing.next:
            state += say("，|, ", language) + say(standing.next, language)
        cells = (
            plugin.name,
            plugin.label.text(language),
            state,
            plugin.version or NOTHING,
            origin(plugin, language),
            say(plugin.reason, language) or NOTHING,
        )
        mark = DUE if plugin.state in TROUBLED else DIM if plugin.state == "disabled" else None
        rows.append(Row(standing.key, cells, (mark, mark, mark, None, DIM, mark)))
    return Listed(columns, rows)


def origin(plugin: PluginState, language: str) -> str:
    """Says where a programme comes from: its kind, and unless it is bundled the distribution or the file."""
    kind = say(SOURCES[plugin.source], language)
    return kind if plugin.source == "bundled" else f"{kind} {plugin.origin}"
