"""Every number states what it is made of, in a sentence that its declaration gives, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dutykit.probe import registry
from msgspec.structs import replace

from taizhang.declarations.duties import Counting, Not, Selection
from taizhang.loading.loader import load
from taizhang.readmodels.defining import Defining


def definitions(language: str) -> Iterator[tuple[str, set[str], str]]:
    """Of each number its name, the tables that it is made of, and its definition."""
    loaded = load().registry
    for r in (loaded, registry()):
        define = Defining(r, language)
        for name, figure in r.figures.items():
            tables = {figure.select.table} if figure.select is not None else set()
            yield name, tables, define.figure(figure)
        for name, duty in r.duties.items():
            for version in duty.versions:
                tables = {version.who.table, *(c.table for c in version.counts)}
                yield name, tables, define.duty(version)
        for name, balance in r.balances.items():
            tables = {balance.stock.table, *(f.of.table for f in balance.flows)}
            yield name, tables, define.balance(balance)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_number_has_one_that_names_its_tables_and_is_of_one_language(language: str) -> None:
    found = list(definitions(language))
    assert len(found) > 50
    for name, tables, said in found:
        assert all(table in said for table in tables), name
        assert "None" not in said, said
        assert said.endswith("。" if language == "zh" else "."), name
        if language == "en":
            assert not any(mark in said for mark in "；，、的"), said


def test_it_is_what_the_declaration_says() -> None:
    r = load().registry
    zh, en = (Defining(r, language) for language in ("zh", "en"))
    members = r.figures["member.count"]
    assert zh.figure(members) == (
        "“组织关系”（memberships）中“支部”的“类别”不是外部组织的行；期末（未满的期为当日）在册；数行数；"
        "每年；归该行的“支部”；“类别”为外部组织的不计。"
    )
    time = r.figures["service.time"]
    assert en.figure(time) == (
        "Rows of Services (services); “Day” lies in the period; the sum of “Service time”; each year; "
        "of where “Person” belonged on that day."
    )
    narrower = replace(
        time, over=None, select=Selection("services", "member", where={"state": Not("待核")})
    )
    assert zh.figure(narrower) == (
        "“志愿服务时间”（services）中“状态”不是待核的行；期末（未满的期为当日）在册；“服务时间”合计；不分期，至当日；"
        "归“人员”期末所属组织；“类别”为外部组织的不计。"
    )
    (version,) = r.duties["sanguan.led"].versions
    assert zh.duty(version) == (
        "应办：“流动党员”（sanguan_mobiles）的行的“党员”，当日在册；"
        "计：“结对”（sanguan_pairs）的行，按“流动党员”认定，当日在册，计数；"
        "计：“活动证”（sanguan_certificates）的行，按“党员”认定，当日在册且未过“有效期至”，计数；"
        "至少 1、各项都要；常年，2009-01-01 起；归“党员”所属组织；“类别”为外部组织的不计。"
    )
    other = replace(version, counts=(Counting("services", "member", sum="minutes", day="day"),), at_least=60, per="quarter")  # fmt: skip
    assert "“服务日期”在期内，“服务时间”合计；至少 60；每季度" in zh.duty(other)
