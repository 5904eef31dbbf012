"""The command palette: screens, tables and every action, found by name, pinyin or initials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from taizhang_tui.data.choices import Item, action_items, actions_for
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.declarations.registry import Registry
    from taizhang_tui.screens.base import Context

SCREENS = (
    ("new", "新建…|New …", "n"),
    ("why", "来由：这一行由哪些事件而来|Why: the events behind this row", "w"),
    ("difference", "差异：两个时点之间|Differences between two moments", "d"),
    ("clock", "设定时间|Set the clocks", "t"),
    ("now", "回到现在|Back to now", "0"),
    ("undo", "撤销上一次登记|Take back the last record", "u"),
    ("due", "待办：职责办到什么程度|Duties: how far they are done", "g"),
    ("figures", "统计数|Figures", ""),
    ("tables", "全部台账|All tables", "b"),
    ("log", "事件日志|Event log", "l"),
    ("import", "导入名册|Import a roster", "i"),
    ("plugins", "插件：载入、停用、隔离|Plugins: loaded, disabled, quarantined", "p"),
    ("theme", "深色或浅色|Dark or light", ""),
    ("help", "帮助|Help", "?"),
    ("quit", "退出|Quit", "Ctrl+Q"),
)


def items(registry: Registry, context: Context, language: str) -> list[Item]:
    """What can be chosen: ``do:``, ``screen:``, ``action:`` or ``table:`` and the name."""
    found = [Item(f"do:{k}", say(words, language), hint, words) for k, words, hint in SCREENS]
    found += [
        Item(f"screen:{s.full}", s.label.text(language), p.label.text(language), s.label.en)
        for p in registry.programmes.values()
        for s in p.screens.values()
    ]
    found += [
        Item(f"action:{i.key}", i.text, i.hint, i.words)
        for i in action_items(actions_for(registry, list(context.entities)), language)
    ]
    found += [
        Item(f"table:{t.name}", t.label.text(language), t.name, t.label.en)
        for t in registry.tables.values()
    ]
    return found
