"""Control (管理): what users decide about the programmes of a store: off, on, released, trusted.

Nothing is loaded for it: a programme that cannot be loaded can always be turned off, released or trusted.
A decision counts from the next opening of the store. Command line and screens both come here.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from taizhang.isolation.marks import Marks
from taizhang.isolation.quarantine import Quarantine
from taizhang.ledger.unread import Unread
from taizhang.loading import trust as trusting
from taizhang.loading.loader import PluginState, wanted_of
from taizhang.loading.sources import Candidate, candidates
from taizhang.store.paths import StorePaths
from taizhang.words.errors import NotFound, Refused

STATES = {
    "quarantined": "已隔离|quarantined",
    "failed": "失败|failed",
    "refused": "拒绝|refused",
    "untrusted": "未受信任|untrusted",
    "loaded": "已载入|loaded",
    "disabled": "已停用|disabled",
}
"""The states of :class:`PluginState` in words; those that somebody has to look at come first."""


def disable(paths: StorePaths, name: str) -> None:
    """Does not load ``name`` in this store any more; its events stay. Raises NotFound."""
    named(paths, name)
    paths.set_disabled(paths.disabled() | {name})


def enable(paths: StorePaths, name: str) -> None:
    """Loads ``name`` again; its tables are brought up to date then. Raises NotFound, or Refused where
    something else than the list of disabled ones keeps it out.
    """
    named(paths, name)
    left = paths.disabled() - {name}
    if wanted_of(paths, left).off(name):
        raise Refused(
            "{name} 还被别处停用：看 config.toml 的 plugins 和环境变量 TAIZHANG_PLUGINS、TAIZHANG_DISABLE"
            "|{name} is kept out elsewhere: see plugins in config.toml, and TAIZHANG_PLUGINS and "
            "TAIZHANG_DISABLE in the environment",
            name=name,
        )
    paths.set_disabled(left)


def release(paths: StorePaths, name: str) -> None:
    """Lets a quarantined programme be tried again. Raises Refused when it is not quarantined."""
    quarantine = Quarantine(paths.root)
    left = list(Marks(paths.root).left())
    marked = any(plugin == name for plugin, *_ in left)
    quarantine.left(one for one in left if one[0] != name)
    if not quarantine.release(name) and not marked:
        raise Refused("{name} 没有被隔离|{name} is not quarantined", name=name)


def trust(paths: StorePaths, name: str) -> Candidate:
    """Trusts the very bytes of the store's file ``name``. Raises NotFound."""
    file = _filed(paths, name)
    trusting.trust(file.code, f"{paths.root.absolute() / file.origin}")
    return file


def distrust(paths: StorePaths, name: str) -> None:
    """Ends :func:`trust`."""
    trusting.distrust(_filed(paths, name).code)


def named(paths: StorePaths, name: str) -> list[Candidate]:
    """The programmes of that name, found without running any; raises NotFound when there is none."""
    found = [c for c in candidates(paths.plugins) if c.name == name]
    if not found and name not in paths.disabled():
        raise NotFound("没有名为 {name} 的插件|there is no plugin called {name}", name=name)
    return found


def _filed(paths: StorePaths, name: str) -> Candidate:
    for candidate in named(paths, name):
        if candidate.source == "store":
            return candidate
    raise NotFound(
        "账册里没有 plugins/{name}.py|there is no plugins/{name}.py in the store", name=name
    )


def with_unread(states: Iterable[PluginState], found: Iterable[Unread]) -> list[PluginState]:
    """The states; of one that is loaded but too old for some events of the store, why."""
    told: dict[str, list[Unread]] = {}
    for one in found:
        told.setdefault(one.owner, []).append(one)
    return [
        replace(
            state,
            reason="；".join(u.label.zh for u in told[state.name])
            + "|"
            + "; ".join(u.label.en for u in told[state.name]),
        )
        if state.state == "loaded" and state.name in told
        else state
        for state in states
    ]
