"""``python -m taizhang``: the same program as ``taizhang``."""

from taizhang.cli import main

main()
