"""For random histories, at random clocks: the states that SQL computes are those of the oracle."""

from __future__ import annotations

import datetime as dt

import pytest
from dutykit.histories import DAYS, duty_histories
from dutykit.oracle import Oracle, Past
from dutykit.probe import probe, registry
from hypothesis import given, settings
from hypothesis import strategies as st

from taizhang.duties.standing import Compiler
from taizhang.duties.windows import containing, current
from taizhang.testing.ledgers import replayed, view
from taizhang.testing.logs import Said


def agree(name: str, history: list[Said], clocks: list[tuple[dt.date, int | None]]) -> int:
    """Compares ledger and oracle; gives how many standings were compared."""
    r = registry()
    seen = 0
    with replayed(history, r) as projector:
        for on, known in clocks:
            duty = r.duties[name]
            ledger = view(projector, on, known)
            windows = [*current(duty, on), *(containing(duty, d) for d in DAYS if d <= on)]
            for window in {(w.begin, w.version.since): w for w in windows if w}.values():
                compiler = Compiler(r.tables, window, on)
                rows = ledger.query(compiler.sql())
                found = {row["entity"]: (row["state"], row["value"]) for row in rows}
                assert len(found) == len(rows)
                oracle = Oracle(
                    Past(history, r, known), window.version, window.begin, window.end, on
                )
                assert found == oracle.states(), (name, window.label, on, known)
                seen += len(found)
    return seen


@pytest.mark.parametrize("name", sorted(probe.duties))
@settings(max_examples=12)
@given(data=st.data())
def test_states_are_those_of_the_oracle(name: str, data: st.DataObject) -> None:
    history = data.draw(duty_histories(registry().duties[name]))
    known = data.draw(st.none() | st.integers(0, len(history)))
    agree(name, history, [(data.draw(st.sampled_from(DAYS)), known), (DAYS[-1], None)])
