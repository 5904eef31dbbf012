"""Is the file at a log's path still the one that was opened (文件是否换过), and has anybody written to it?

A synchronised folder puts another file in its place, or writes an older one over it, under a program that has
it open. SQLite looks at neither: it goes on in a file that has no name any more, or with pages that it remembers.
"""

from __future__ import annotations

import os
from pathlib import Path


class Standing:
    """The file as it was when it was opened, and as it was last looked at."""

    def __init__(self, path: Path) -> None:
        self._path = path
        found = os.stat(path)
        self._file = found.st_dev, found.st_ino
        self._looks = found.st_size, found.st_mtime_ns
        self.replaced = False
        """Another file, or none, is at the path since."""

    def look(self) -> bool:
        """Tells if the file has changed since the last look, as it does at every checkpoint too."""
        try:
            found = os.stat(self._path)
        except OSError:
            self.replaced = True
            return True
        self.replaced = (found.st_dev, found.st_ino) != self._file
        before, self._looks = self._looks, (found.st_size, found.st_mtime_ns)
        return self.replaced or before != self._looks


FORGET = "PRAGMA shrink_memory"
"""Has a connection read its pages from the file again."""

__all__ = ["FORGET", "Standing"]
