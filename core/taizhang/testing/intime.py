"""Checks of time (时间上的检查): histories drawn from the programme's declarations, and what must hold of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from taizhang.testing import oracle, properties
from taizhang.testing.histories import histories, reorderings
from taizhang.testing.ledgers import replayed
from taizhang.testing.logs import Said
from taizhang.testing.properties import Differs
from taizhang.testing.purity import watched
from taizhang.testing.subject import Broken, Subject

SHARE = {"deterministic": 10, "rebuild": 10, "order": 5, "amendments": 10}
"""One in so many of the examples of the hypothesis profile: each history makes several ledgers, and
reordered ones have few facts in common.
"""

WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)

CALM = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


def deterministic(subject: Subject) -> None:
    """Projections raise nothing, ask nothing but the event, and answer the same when asked again."""
    _holds("deterministic", subject, _one(subject), _answers_again)


def rebuild(subject: Subject) -> None:
    """A ledger that was rebuilt is the same as one that was caught up event by event."""

    def holds(subject: Subject, history: list[Said]) -> None:
        properties.rebuild_equals_incremental(history, subject.narrow)

    _holds("rebuild", subject, _one(subject), holds)


def order(subject: Subject) -> None:
    """Late facts, in any order of recording, give the same ledger."""
    pairs = reorderings(subject.narrow, owners=[subject.programme.id])

    def holds(subject: Subject, pair: tuple[list[Said], list[Said]]) -> None:
        properties.any_order_gives_the_same(*pair, subject.narrow)

    _holds("order", subject, pairs, holds)


def amendments(subject: Subject) -> None:
    """Corrected and void, the rows are those that the events alone tell; what was known stays."""

    def holds(subject: Subject, history: list[Said]) -> None:
        properties.ledger_says_what_the_oracle_says(history, subject.narrow)
        properties.what_was_known_stays(history, subject.narrow)
        properties.history_moves_by_whole_actions(history, subject.narrow)

    _holds("amendments", subject, _one(subject), holds)


def _one(subject: Subject) -> st.SearchStrategy[list[Said]]:
    return histories(subject.narrow, owners=[subject.programme.id])


def _answers_again(subject: Subject, history: Sequence[Said]) -> None:
    registry = subject.narrow
    for name in subject.tables:
        table = registry.tables[name]
        with watched(subject.module) as asked:
            try:
                once = oracle.rows(history, registry, table)
                again = oracle.rows(history, registry, table)
            except Exception as error:
                raise Differs(name, f"{type(error).__name__}: {error}") from None
        if asked:
            raise Differs(name, f"{asked[0]}()")
        if once != again:
            properties.same({name: once}, {name: again})
    with replayed(history, registry) as projector:
        for unit in projector.units.values():
            if unit.fault is not None:
                raise Differs(unit.name, unit.fault.partition("|")[2])


SAID = {
    "deterministic": (
        "推算不是同一日志同一结果：{what}",
        "projecting it is not a function of its events: {what}",
    ),
    "rebuild": (
        "重建与逐条推算结果不同：{what}",
        "rebuilt it is not what it was, caught up event by event: {what}",
    ),
    "order": (
        "登记次序不同，结果就不同：{what}",
        "another order of recording gives other rows: {what}",
    ),
    "amendments": (
        "更正或作废之后，与事件所说不符：{what}",
        "its rows are not what the events tell: {what}",
    ),
}


def _holds(
    check: str,
    subject: Subject,
    drawn: st.SearchStrategy[Any],
    holds: Callable[[Subject, Any], None],
) -> None:
    """Runs a property over drawn histories; raises :class:`Broken` with the smallest that fails."""
    if not subject.tables:
        return
    smallest: list[Any] = []

    profile = settings()

    @settings(
        profile,
        max_examples=max(3, profile.max_examples // SHARE[check]),
        deadline=None,
        derandomize=subject.fixed or profile.derandomize,
        database=None if subject.fixed else profile.database,
        suppress_health_check=CALM,
        print_blob=False,
        phases=[p for p in Phase if p in WITHOUT_SHRINKING or not subject.fixed],
    )
    @given(drawn)
    def run(history: Any) -> None:
        try:
            holds(subject, history)
        except Differs:
            smallest[:] = [history]
            raise

    try:
        run()
    except (Differs, Flaky) as error:
        found = _differs(error)
        zh, en = SAID[check]
        broken = subject.broken(
            check, _declared(found.table), zh.format(what=found.what), en.format(what=found.what)
        )
        raise Broken(broken.trouble) from _Shown(smallest[0])


def _differs(error: BaseException) -> Differs:
    """The failure itself; a programme that answers anew each time has hypothesis wonder too."""
    if isinstance(error, Differs):
        return error
    parts = getattr(error, "exceptions", ())
    inner = next((e for e in parts if isinstance(e, Differs)), error.__context__)
    return inner if isinstance(inner, Differs) else Differs("", str(error).splitlines()[0])


def _declared(stored: str) -> str:
    """A table's declared name, by the name of where its rows or its history are stored."""
    return stored.removeprefix("_").removesuffix("_history")


class _Shown(Exception):
    """The smallest history that fails."""

    def __init__(self, history: Any) -> None:
        many = history if isinstance(history, tuple) else (history,)
        super().__init__("\n".join(line for one in many for line in (*map(_line, one), "")))


def _line(said: Said) -> str:
    how = f" corrects #{said.corrects}" if said.corrects else ""
    how = f" voids #{said.voids}" if said.voids else how
    return f"  #{said.position} {said.on}{how} {said.event}"
