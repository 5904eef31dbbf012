"""What the tests and benchmarks of the ledger have to themselves.

A small vocabulary (:mod:`.toy`), an office's ordinary years (:mod:`.mixed`), and who set a cell by brute
force (:mod:`.blame`). What serves the tests of any programme is :mod:`taizhang.testing`.
``tests/conftest.py`` puts this folder on the path.
"""
