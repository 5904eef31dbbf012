"""Admitting (准入): which of the programmes that were found may be loaded, in what order, and why not.

Nothing is imported for it. The order is that of sources, then of names, each after what it needs. Of two
that bear one name the one of the later source is refused, and both are named; two distributions that bear one
are both refused, for nothing says which of them wrote what a store holds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import Struct

from taizhang.declarations.programme import API
from taizhang.isolation.quarantine import Quarantine
from taizhang.loading.sources import Candidate


class Wanted(Struct, frozen=True):
    """The wishes of user and store: names that are off, names that alone are on (None: all)."""

    disabled: frozenset[str] = frozenset()
    only: frozenset[str] | None = None

    def off(self, name: str) -> bool:
        """Tells if the programme is not wanted."""
        return name in self.disabled or (self.only is not None and name not in self.only)


class Verdict(Struct, frozen=True):
    """Why a candidate is not to be loaded: a state and a reason ``中文|English``."""

    state: str
    reason: str


def admit(
    found: Sequence[Candidate],
    wanted: Wanted,
    trusted: Collection[str],
    quarantine: Quarantine,
    there: Iterable[str],
) -> tuple[list[Candidate], list[tuple[Candidate, Verdict]]]:
    """The candidates to load, in order, and the others with the verdict on each.

    ``trusted`` are hashes of store files that may run, ``there`` the ids that are loaded anyway.
    """
    there = set(there)
    kept: dict[str, Candidate] = {}
    out: list[tuple[Candidate, Verdict]] = []
    origins: dict[str, list[str]] = {}
    for candidate in found:
        if candidate.source == "installed":
            origins.setdefault(candidate.name, []).append(candidate.origin)
    for candidate in found:
        verdict = (
            _twice(candidate, kept, there)
            or _unwanted(candidate, wanted)
            or _rivals(candidate, origins)
            or _unsafe(candidate, trusted, quarantine)
            or _unfit(candidate)
        )
        if (
            verdict is None
            or verdict.state == "disabled"
            or len(origins.get(candidate.name, ())) > 1
        ):
            # One that is off keeps its name: turning it off does not let another take its place.
            kept.setdefault(candidate.name, candidate)
        if verdict is not None:
            out.append((candidate, verdict))
    refused = {id(candidate) for candidate, _ in out}
    left = {c.name: c for c in kept.values() if id(c) not in refused}
    ordered = _order(left, there)
    out += [(c, _needy(c, left, there)) for n, c in left.items() if c not in ordered]
    return ordered, out


def _twice(
    candidate: Candidate, kept: Mapping[str, Candidate], there: Collection[str]
) -> Verdict | None:
    first = kept.get(candidate.name)
    same = first is not None and first.source == candidate.source
    if (first is None or same) and candidate.name not in there:
        return None
    who = "taizhang" if first is None else first.origin
    return Verdict(
        "refused",
        f"{candidate.name} 这个名字已属于 {who}，拒绝 {candidate.origin}"
        f"|the name {candidate.name} belongs to {who} already, {candidate.origin} is refused",
    )


def _rivals(candidate: Candidate, origins: Mapping[str, Sequence[str]]) -> Verdict | None:
    """Of several distributions that bear one name."""
    rivals = sorted(origins.get(candidate.name, ()))
    if len(rivals) < 2:
        return None
    return Verdict(
        "refused",
        f"{'、'.join(rivals)} 都叫 {candidate.name}，都不载入；请卸载到只剩一个"
        f"|{', '.join(rivals)} are all called {candidate.name} and none is loaded: uninstall all but one",
    )


def _unwanted(candidate: Candidate, wanted: Wanted) -> Verdict | None:
    return Verdict("disabled", "") if wanted.off(candidate.name) else None


def _unsafe(
    candidate: Candidate, trusted: Collection[str], quarantine: Quarantine
) -> Verdict | None:
    if candidate.source == "store" and candidate.code not in trusted:
        return Verdict(
            "untrusted",
            f"账册里的文件，未经信任不运行；看过之后：taizhang plugins trust {candidate.name}"
            "|a file of the store does not run until it is trusted; "
            f"once you have read it: taizhang plugins trust {candidate.name}",
        )
    fault = quarantine.of(candidate.name, candidate.code)
    return None if fault is None else Verdict("quarantined", fault.said())


def _unfit(candidate: Candidate) -> Verdict | None:
    heading = candidate.heading
    if heading is None:
        return Verdict("failed", candidate.trouble)
    if heading.api != API:
        return Verdict(
            "refused",
            f"要求接口版本 {heading.api}，本程序为 {API}"
            f"|it asks for interface version {heading.api}, this is {API}",
        )
    return None


def _needs(candidate: Candidate) -> tuple[str, ...]:
    return () if candidate.heading is None else candidate.heading.needs


def _order(left: Mapping[str, Candidate], there: Collection[str]) -> list[Candidate]:
    """Each after what it needs; the first that can, in the order given, goes next."""
    ordered: list[Candidate] = []
    ready = set(there)
    waiting = list(left.values())
    while True:
        following = next((c for c in waiting if ready.issuperset(_needs(c))), None)
        if following is None:
            return ordered
        waiting.remove(following)
        ordered.append(following)
        ready.add(following.name)


def _needy(candidate: Candidate, left: Mapping[str, Candidate], there: Collection[str]) -> Verdict:
    absent = [n for n in _needs(candidate) if n not in there and n not in left]
    if absent:
        names = "、".join(absent)
        return Verdict(
            "refused",
            f"需要 {names}，它没有载入|it needs {', '.join(absent)}, which is not loaded",
        )
    names = " ".join(n for n in _needs(candidate) if n not in there)
    return Verdict(
        "refused",
        f"与 {names} 互相需要，或它们所需的没有载入"
        f"|it and {names} need each other, or something that they need is not loaded",
    )
