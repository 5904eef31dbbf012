"""The core's own slices, written on :mod:`taizhang.api` and nothing else of taizhang.

A slice knows the others by the names of their tables and events only. ``SLICES`` is the order in
which they are taken in: a slice stands after those whose entities it refers to.
"""

SLICES: tuple[str, ...] = (
    "taizhang.slices.organisations",
    "taizhang.slices.members",
    "taizhang.slices.transfers",
    "taizhang.slices.volunteering",
    "taizhang.slices.units",
    "taizhang.slices.places",
    "taizhang.slices.calendar",
    "taizhang.slices.statistics",
)
"""Modules with a ``programme`` each, in dependency order."""
