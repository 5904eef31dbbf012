"""The core's own slices, written on :mod:`taizhang.api` and nothing else of taizhang.

A slice knows the others by the names of their tables and events only. ``SLICES`` is the order in
which they are taken in: a slice stands after those whose entities it refers to.
"""

SLICES: tuple[str, ...] = (
    "taizhang.office.parameters",
    "taizhang.office.organisations",
    "taizhang.office.members",
    "taizhang.office.transfers",
    "taizhang.office.papers",
    "taizhang.office.volunteering",
    "taizhang.office.units",
    "taizhang.office.places",
    "taizhang.office.calendar",
    "taizhang.office.meetings",
    "taizhang.office.bodies",
    "taizhang.office.campaigns",
    "taizhang.office.activities",
    "taizhang.office.regulations",
    "taizhang.office.disclosures",
    "taizhang.office.development",
    "taizhang.office.honours",
    "taizhang.office.facts",
    "taizhang.office.facilities",
    "taizhang.office.assets",
    "taizhang.office.offers",
    "taizhang.office.accounts",
    "taizhang.office.dues",
    "taizhang.office.statistics",
)
"""Modules with a ``programme`` each, in dependency order."""
