"""``taizhang-verify DIR``, or ``python -m taizhang_eventstore verify DIR``: verification without the rest of taizhang.

It imports nothing from the directory that it is run in, nor from the store: whoever handed that over may have
put a ``json.py`` there. So nothing but what every interpreter has loaded is imported before the path is safe.
"""

import os
import sys


def safe(path: list[str], home: str, *avoided: str) -> list[str]:
    """The places to import from, without those that lead to where the program is run or to what it looks at.

    Args:
        path: the places that there are, as ``sys.path`` has them.
        home: where this package lives, which stays.
        avoided: directories that nothing is imported from.
    """
    real = os.path.realpath
    bad = {real(os.getcwd()), *(real(place) for place in avoided)}
    return [p for p in path if p and (real(p) == home or real(p) not in bad)]


def run(words: list[str] | None = None) -> int:
    """Runs the command, and returns the exit code, whatever becomes of its output."""
    home = os.path.realpath(os.path.dirname(os.path.dirname(__file__)))
    given = sys.argv[1:] if words is None else words
    sys.path[:] = safe(sys.path, home, *(word for word in given if os.path.isdir(word)))
    from taizhang_eventstore.command import ended

    return ended(given)


def script() -> int:
    """Verifies as a command of its own, where the directory alone will do: ``taizhang-verify DIR``."""
    given = sys.argv[1:]
    if given and not given[0].startswith("-") and given[0] not in ("verify", "verify-proof"):
        given = ["verify", *given]
    return run(given)


if __name__ == "__main__":
    sys.exit(run())
