"""Names of the store's own events that are looked for where none is decoded. Importing this costs nothing."""

from __future__ import annotations

ERASED = "subject.erased"
"""The event that says that somebody's personal data are erased."""

__all__ = ["ERASED"]
