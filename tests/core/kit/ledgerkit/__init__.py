"""What the tests and benchmarks of the ledger share.

A small vocabulary (:mod:`.toy`), histories drawn from any vocabulary's declarations
(:mod:`.histories`), logs made of them (:mod:`.logs`), ledgers over the logs (:mod:`.ledgers`), and an
oracle that shares no code with the ledger (:mod:`.oracle`). ``tests/core/conftest.py`` puts this
folder on the path.
"""
