"""Returns (党内统计年报): the tables that an office fills in once a year, as data by edition, and how they are filled.

A client of an open store: :mod:`.layouts` says as data which rows a table has and where their numbers come from,
:mod:`.filling` computes them at two clocks, pins what was reported, and tells what came late.
"""
