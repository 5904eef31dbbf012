"""For random histories at random clocks: a number is that of its rows, and what brute force gives."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from dutykit.histories import DAYS, histories
from dutykit.oracle import Past, on_day
from dutykit.probe import probe, registry
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from taizhang.declarations.duties import Figure, Selection
from taizhang.duties import balances, figures
from taizhang.ledger.view import LedgerView
from taizhang.testing.ledgers import replayed, view
from taizhang.testing.logs import Said

FIGURES = sorted(n for n, f in probe.figures.items() if f.select is not None)
DAY = dt.timedelta(days=1)
LIKELY: dict[str, tuple[Any, ...]] = {"kind": ("甲", "丙")}


def select_of(figure: Figure) -> Selection:
    """The selection of a figure that has one."""
    assert figure.select is not None
    return figure.select


def expected(
    past: Past, select: Selection, begin: dt.date | None, end: dt.date, on: dt.date
) -> list[dict[str, Any]]:
    """The rows that count in a period, by brute force."""
    table = past.registry.tables[select.table]
    day = min(end, on)
    found = []
    for row in past.rows(select.table):
        if table.shape != "record" and select.day is None:
            counts, look = on_day(row, day, "ends"), day.isoformat()
        else:
            look = row[select.day or "on_date"]
            if look is None:
                continue
            counts = (begin is None or begin.isoformat() <= look) and look <= day.isoformat()
            if table.shape == "record":
                counts = counts and row["on_date"] <= on.isoformat()
            elif select.day == "since":
                counts = counts and row["since"] != row["until"]
            else:
                counts = counts and on_day(row, on)
        if counts and past.fits(table, row, select.where, look):
            found.append(row)
    return sorted(found, key=lambda r: r["src"])


def looks(ledger: LedgerView, past: Past, figure: Figure) -> int:
    """Compares all periods of a figure; gives how many rows were counted."""
    seen = 0
    divided = replace(figure, by=None if figure.by == "organisation" else figure.by)
    for stretch in figures.periods(ledger, figure):
        compiler = figures.FigureCompiler(ledger, divided, stretch)
        rows = figures.rows(ledger, divided, stretch)
        wanted = expected(past, select_of(figure), stretch.begin, stretch.end, ledger.on)
        assert [r["src"] for r in rows] == [r["src"] for r in wanted]
        assert compiler.whole() == figures.measured(figure, rows)
        if divided.by is not None and figure.measure.how != "distinct":
            by = divided.by
            groups = {g: [r for r in wanted if r[by] == g] for g in {r[by] for r in wanted}}
            assert dict(compiler.groups()) == {
                g: figures.measured(figure, some) for g, some in groups.items()
            }
        seen += len(rows)
    return seen


@pytest.mark.parametrize("name", FIGURES)
@settings(max_examples=12)
@given(data=st.data())
def test_a_number_is_that_of_its_rows(name: str, data: st.DataObject) -> None:
    r = registry()
    figure = r.figures[name]
    table = select_of(figure).table
    history = data.draw(histories([table], table, LIKELY))
    known = data.draw(st.none() | st.integers(0, len(history)))
    with replayed(history, r) as projector:
        for on in (data.draw(st.sampled_from(DAYS)), DAYS[-1]):
            looks(view(projector, on, known), Past(history, r, known), figure)
        assert looks(view(projector, DAYS[-1]), Past(history, r, None), figure) >= 0


PLACES = ["organisations", "memberships", "group_memberships", "attachments"]


@settings(max_examples=25)
@given(data=st.data())
def test_each_row_stands_where_its_member_belongs(data: st.DataObject) -> None:
    """Divided by organisation: what is in the subtree of each child of each organisation."""
    r = registry()
    figure = replace(r.figures["probe.doers"], measure=r.figures["probe.deeds"].measure)
    tables = [*PLACES, "probe_deeds", "probe_deeds"]
    history: list[Said] = data.draw(
        histories(tables, "organisations", {"kind": ("党工委", "支部")})
    )
    on = data.draw(st.sampled_from(DAYS))
    with replayed(history, r) as projector:
        ledger = view(projector, on)
        past = Past(history, r, None)
        (stretch,) = figures.periods(ledger, figure)
        rows = expected(past, select_of(figure), None, on, on)
        parents = {o["id"]: o["parent"] for o in past.rows("organisations") if on_day(o, on)}
        kinds = {o["id"]: o["kind"] for o in past.rows("organisations") if on_day(o, on)}
        rows = [
            {**row, "in": {o for x in belonged(past, row) for o in up(x, parents)}} for row in rows
        ]
        for asked in (None, *parents):
            children = {
                o
                for o, parent in parents.items()
                if (parent == asked if asked else parent not in parents and kinds[o] != "外部组织")
            }
            wanted = Counter(c for row in rows for c in row["in"] & children)
            compiler = figures.FigureCompiler(ledger, figure, stretch, asked)
            found = dict(compiler.groups())
            others = found.pop("", 0)
            assert found == wanted
            inside = [row for row in rows if asked in row["in"]]
            if asked is None:
                assert compiler.whole() == len(rows)
                assert others == sum(not row["in"] & children for row in rows)
            else:
                assert compiler.whole() == len(inside)
                assert [row["src"] for row in compiler.rows()] == [row["src"] for row in inside]


def belonged(past: Past, row: dict[str, Any]) -> set[str]:
    """Where the member of a row belonged on its day, its last one in an organisation included."""
    found = set()
    for name in PLACES[1:]:
        table = past.registry.tables[name]
        lines: dict[Any, list[dict[str, Any]]] = {}
        for state in past.rows(name):
            lines.setdefault(tuple(state[k] for k in table.key_columns), []).append(state)
        for line in lines.values():
            line.sort(key=lambda s: (s["since"], s["until"] is None, s["until"] or "", s["src"]))
            for state, after in zip(line, [*line[1:], None], strict=True):
                goes_on = after is not None and after["since"] == state["until"]
                last = state["until"] == row["on_date"] and not goes_on
                day = dt.date.fromisoformat(row["on_date"])
                if state["member"] == row["member"] and (on_day(state, day) or last):
                    found.add(state["organisation"])
    return found


def up(organisation: str, parents: dict[str, str | None]) -> set[str]:
    """An organisation and all above it, as far as they live."""
    found: set[str] = set()
    at: str | None = organisation
    while at is not None and at in parents and at not in found:
        found.add(at)
        at = parents[at]
    return found


def amounts(rows: Iterable[dict[str, Any]], column: str) -> Counter[str]:
    """What is added up for each member."""
    found: Counter[str] = Counter()
    for row in rows:
        found[row["member"]] += row[column] or 0
    return found


@settings(max_examples=40)
@given(data=st.data())
def test_a_balance_of_amounts_adds_up_what_was_recorded_in_the_whole_and_in_each_part(
    data: st.DataObject,
) -> None:
    r = registry()
    balance = r.balances["probe.levels"]
    likely = {"kind": ("甲",), "level": (1, 2, 3), "months": (1, 2), "member": ("m-0",)}
    history = data.draw(
        histories(["probe_links", "probe_links", "probe_papers"], "probe_links", likely)
    )
    on = data.draw(st.sampled_from([d for d in DAYS if d.month == 6]))
    organisation = data.draw(st.sampled_from([None, "o-0", "o-0"]))
    with replayed(history, r) as projector:
        ledger = view(projector, on)
        made = balances.sheet(ledger, balance, organisation=organisation)
        counted = [
            sum(x["amount"] for x in balances.behind(ledger, made, f)) for f, _ in made.flows
        ]
    past = Past(history, r, None)
    links = past.rows("probe_links")

    def there(day: dt.date, member: str | None = None, inside: bool = True) -> list[dict[str, Any]]:
        return [
            x
            for x in links
            if on_day(x, day)
            and member in (None, x["member"])
            and (not inside or organisation in (None, x["organisation"]))
        ]

    def here(row: dict[str, Any]) -> bool:
        day, who = dt.date.fromisoformat(row["since"]), row["member"]
        return organisation is None or bool(
            there(day, who) or (there(day - DAY, who) and not there(day, who, inside=False))
        )

    before = made.begin - DAY
    change = amounts(there(made.end), "level")
    change.subtract(amounts(there(before), "level"))
    assert made.opening == amounts(there(before), "level").total()
    assert made.closing == amounts(there(made.end), "level").total()
    wanted = []
    for flow, column in zip(balance.flows, ("level", "months"), strict=True):
        rows = expected(past, flow.of, made.begin, made.end, on)
        wanted.append((flow.sign, amounts([x for x in rows if here(x)], column)))
    if organisation is not None:
        moved = [Counter[str](), Counter[str]()]
        for x in expected(past, replace(balance.stock, day="since"), made.begin, made.end, on):
            line = there(dt.date.fromisoformat(x["since"]) - DAY, x["member"], inside=False)
            for left in [y for y in line if y["kind"] == x["kind"]]:
                came, went = (y["organisation"] == organisation for y in (x, left))
                if came != went:
                    moved[went][x["member"]] += left["level"] or 0
        wanted += [(1, moved[0]), (-1, moved[1])]
    assert [n for _, n in made.flows] == counted == [some.total() for _, some in wanted]
    for sign, some in wanted:
        for member, amount in some.items():
            change[member] -= sign * amount
    assert {u.id: u.change for u in made.unexplained} == {m: n for m, n in change.items() if n}


@settings(max_examples=40)
@given(data=st.data())
def test_a_balance_names_whoever_does_not_add_up(data: st.DataObject) -> None:
    r = registry()
    balance = r.balances["probe.linked"]
    history = data.draw(histories(["probe_links", "probe_deeds"], "probe_links", LIKELY))
    on = data.draw(st.sampled_from(DAYS))
    with replayed(history, r) as projector:
        ledger = view(projector, on)
        made = balances.sheet(ledger, balance)
        assert sum(u.change for u in made.unexplained) == made.residual
        past = Past(history, r, None)
        links = [x for x in past.rows("probe_links") if x["kind"] == "甲"]

        def stock(day: dt.date) -> set[str]:
            return {x["member"] for x in links if on_day(x, day)}

        before = made.begin - dt.timedelta(days=1)
        assert (made.opening, made.closing) == (len(stock(before)), len(stock(made.end)))
        change = Counter(stock(made.end))
        change.subtract(stock(before))
        for (flow, count), sign in zip(made.flows, (1, -1), strict=True):
            select = flow.of
            rows = expected(past, select, made.begin, made.end, on)
            kept = []
            for row in rows:
                day = dt.date.fromisoformat(row[select.day or "on_date"])
                stood = row["member"] in stock(day - dt.timedelta(days=1))
                here = any(
                    x["member"] == row["member"] and x["since"] == x["until"] == day.isoformat()
                    for x in links
                )
                if (not stood) if sign > 0 else (stood or here):
                    kept.append(row)
            assert count == len(kept)
            assert len(balances.behind(ledger, made, flow)) == count
            for row in kept:
                change[row["member"]] -= sign
        told = {u.id: u.change for u in made.unexplained}
        assert told == {m: n for m, n in change.items() if n}
