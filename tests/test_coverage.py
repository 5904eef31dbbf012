"""The list of what communities do says what is there: each test it names is there, and every thing stands in it once."""

from __future__ import annotations

import re

from officekit import coverage


def test_the_coverage_names_tests_that_are_there_and_leaves_nothing_out() -> None:
    text = coverage.FILE.read_text("utf-8")
    done = coverage.written()
    for row in done.values():
        found = re.search(r"`(tests/\S+\.py)::(\w+)`", row)
        assert found, row
        source = (coverage.ROOT / found[1]).read_text("utf-8")
        assert f"def {found[2]}(" in source, row
    missing = re.findall(r"^- (D\d\.\d+) ", text, re.M)
    assert sorted([*done, *missing]) == sorted(coverage.names())
    assert f"**{len(done)} of {len(coverage.names())} have their test.**" in text
