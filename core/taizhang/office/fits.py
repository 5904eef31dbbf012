"""Which organisations fit a question: said once, for every slice that asks for one."""

from __future__ import annotations

from typing import Any

from taizhang.api import Not
from taizhang.office.kinds import GROUP, OUTSIDE

MEMBERS: dict[str, Any] = {
    "fits": {"holds_members": True},
    "otherwise": "“{name}”是{kind}，党员应编入支部|members belong to branches, and “{name}” is none",
}
"""What a field says that asks for an organisation to which members belong (G.branch)."""

GROUPS: dict[str, Any] = {
    "fits": {"kind": GROUP},
    "otherwise": "“{name}”不是党小组|“{name}” is not a group",
}
"""What a field says that asks for a group."""

INSIDE: dict[str, Any] = {
    "fits": {"kind": Not(OUTSIDE)},
    "otherwise": "不能挂靠到外部组织|one cannot be attached to an outside organisation",
}
"""What a field says that asks for an organisation of the store's own."""

ABOVE: dict[str, Any] = {
    "fits": {"kind": Not(GROUP)},
    "otherwise": "不能设在{kind}之下|nothing stands under “{name}”, which is a group",
}
"""What a field says that asks for what an organisation stands under."""

RECEIVERS: dict[str, Any] = {
    "fits": {"holds_members": True},
    "otherwise": "“{name}”是{kind}，不接收组织关系|members belong to branches, and “{name}” is none",
}
"""What a field says that asks for where a letter goes."""

__all__ = ["ABOVE", "GROUPS", "INSIDE", "MEMBERS", "RECEIVERS"]
