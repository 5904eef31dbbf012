"""The kinds of organisations that others ask for by name. Importing this costs nothing: the first screen needs it."""

from __future__ import annotations

OUTSIDE = "外部组织"
"""The kind of organisations that are not of the store."""

GROUP = "党小组"
"""The kind of groups of a branch."""

__all__ = ["GROUP", "OUTSIDE"]
