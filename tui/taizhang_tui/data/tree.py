"""The tree, until the main screen reads it by itself."""

from taizhang.office.overview.tree import Forest, Scope

__all__ = ["Forest", "Scope"]
