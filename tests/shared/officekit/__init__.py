"""What the tests of several rooms share: a desk to work at (:mod:`.desk`), a small programme to install
(:mod:`.notes`), a screen with a table to look at (:mod:`.demo_app`). ``tests/conftest.py`` puts the
folder above on the path.
"""
