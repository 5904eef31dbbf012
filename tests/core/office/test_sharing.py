"""Sharing with units: pairings, what is lent and used, what is given."""

from __future__ import annotations

from officekit.commands import Run, column, seq

ON = ("--on", "2010-01-01")
HERE = ("--organisation", "桃源社区党总支")


def test_pairings_resources_and_donations(tz: Run) -> None:
    pair = ("record", "pairing.form", "--name", "校社结对", "--kind", "院校结对", *HERE)
    assert "须填一个且只填一个" in tz(*pair, *ON, refused=True)
    assert "不能与自己结对" in tz(*pair, "--partner", HERE[1], *ON, refused=True)
    tz(*pair, "--unit", "环城一小", *ON)
    tz("record", "resource.offer", "--name", "操场", "--kind", "场地", "--unit", "环城一小", *ON)
    used = ("--resource", "操场", *HERE, "--minutes", "2小时", "--people", "80")
    did = tz("record", "resource.use", *used, "--on", "2010-05-01", "--json")
    give = ("record", "donation.receive", "--unit", "环城一小", *HERE, "--on", "2010-06-01")
    tz(*give, "--what", "助学款", "--amount", "1500.5")
    tz(*give, "--what", "图书", "--kind", "物资", "--amount", "200", "--measure", "册")
    year = ("--on", "2010-12-31")
    assert column(tz("show", "pairings", *year), "name", "unit_name") == [("校社结对", "环城一小")]
    assert column(tz("show", "resource_uses", *year), "minutes", "people") == [(120, 80)]
    assert tz("show", "resource_uses", *year, "--known", str(seq(did) - 1)) == []
    given = [n["value"] for n in tz("figures", "donation.amount", *year) if n["whole"]]
    assert given == [1500.5]
    tz("record", "resource.withdraw", "--resource", "操场", "--on", "2011-01-01")
    tz("record", "pairing.end", "--pairing", "校社结对", "--on", "2011-01-01")
    assert tz("show", "resources", "--on", "2011-01-01") == []
    assert tz("show", "pairings", "--on", "2011-01-01") == []
