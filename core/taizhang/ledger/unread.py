"""What the ledger lacks because this program is older than the log (较新版本的事件).

A known type of event in a later version than ours was written by a later program or plugin. It is kept,
listed and verified, but no row follows from it, so whoever reads the ledger has to be told: on opening, in
the overview, among the findings and beside the plugin.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.words.errors import Finding, Refused
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry
    from taizhang_eventstore.log import Log, Newer
    from taizhang_eventstore.recorded import Recorded


class Unread(Struct, frozen=True):
    """Events of one type in later versions than ``known``, the last that this program reads."""

    name: str
    versions: tuple[int, ...]
    known: int
    count: int
    first: int
    owner: str
    update: Label
    """What has to be updated, as the end of a sentence."""

    @property
    def label(self) -> Label:
        """One sentence: which events, how many, and what to do."""
        versions = " ".join(f"@{v}" for v in self.versions)
        return Label(
            f"日志里有 {self.count:,} 条 {self.name} 事件是较新的版本（{versions}，本程序只认识到 "
            f"@{self.known}），台账没有计入它们；请更新{self.update.zh}",
            f"{self.count:,} events {self.name} are of a newer version ({versions}; this program knows "
            f"up to @{self.known}) and are left out of the ledger; update {self.update.en}",
        )

    @property
    def finding(self) -> Finding:
        """A finding that says so among what breaks a rule, tied to the first of the events."""
        return Finding("store.newer-events", "event", self.name, self.first, True, self.label)


def unread(log: Log, registry: Registry) -> list[Unread]:
    """The events that are of a newer version, by name. Cheap where there are none."""
    found = []
    for name, group in groupby(sorted(log.newer(), key=_order), lambda n: n.name):
        some = list(group)
        owner = registry.codec.owner(name) or ""
        found.append(
            Unread(
                name,
                tuple(n.version for n in some),
                some[0].known,
                sum(n.count for n in some),
                min(n.first for n in some),
                owner,
                _update(registry, owner),
            )
        )
    return found


def _order(newer: Newer) -> tuple[str, int]:
    return newer.name, newer.version


def _update(registry: Registry, owner: str) -> Label:
    programme = registry.programmes[owner]
    if programme.nouns:
        return Label("本程序（taizhang）", "this program (taizhang)")
    return Label(f"插件“{programme.label.zh}”（{owner}）", f"the plugin {owner}")


def readable(events: Iterable[Recorded]) -> None:
    """Raises :class:`Refused`, with the reason, when one of ``events`` cannot be read here.

    What cannot be read can be listed, but not amended: nobody could say what follows from that.
    """
    for recorded in events:
        if recorded.event is None:
            why = Label.of(recorded.trouble or "")
            raise Refused(
                "第 {seq} 号事件现在不能更改：{zh}|event {seq} cannot be changed now: {en}",
                seq=recorded.position,
                zh=why.zh,
                en=why.en,
            )
