"""The workspace: one open store, through which everything else reads and records.

:class:`Workspace` is the face of this room; it is imported when it is asked for, for other modules of the room
are needed where nothing is decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taizhang.workspace.workspace import PluginState, Receipt, Request, TaizhangError, Workspace

__all__ = ["PluginState", "Receipt", "Request", "TaizhangError", "Workspace"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from taizhang.workspace import workspace

    return getattr(workspace, name)
