"""The table of screens and commands: keys, palette, help and the opening of screens read it.

A new screen is a row here and a file in ``screens/``. What a row needs is imported when it is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from textual.binding import Binding
from textual.screen import Screen

from taizhang_tui.app.shell import Shell, top
from taizhang_tui.words import say

Maker = Callable[[Shell], Screen[Any] | None]


class Offer(Struct, frozen=True):
    """A screen that can be opened, or a command that can be given, wherever letters are not typed.

    ``name`` is the action's, with its arguments; the other texts are pairs. An empty ``keys`` is bound by
    single screens or not at all, an empty ``listed`` is not in the palette, an empty ``help`` is told in
    the help only where a screen binds it. ``make`` gives the screen, None where there is nothing to show.
    """

    name: str
    keys: str = ""
    label: str = ""
    """Beside the key on the line of keys."""
    listed: str = ""
    hint: str = ""
    """The key as the palette shows it."""
    help: str = ""
    make: Maker | None = None
    shown: bool = False
    """Stands on the line of keys of every screen."""
    priority: bool = False


def _why(shell: Shell) -> Screen[Any] | None:
    from taizhang_tui.screens.why import WhyScreen

    screen = top(shell)
    looked = screen.looked_at() if screen is not None else None
    if looked is not None:
        return WhyScreen(looked)
    shell.tell("光标不在台账的行上，没有来由可看|the cursor is on no row of a table", "warning")
    return None


def _difference(shell: Shell) -> Screen[Any] | None:
    from taizhang_tui.screens.difference import DifferenceScreen

    screen, desk = top(shell), shell.desk
    what = screen.compared() if screen is not None else None
    if what is None:
        shell.tell("这里没有可以比较的|there is nothing to compare here", "warning")
        return None
    if what.kind and what.id:
        called = desk.ledger().names(what.kind, [what.id]).get(what.id) or what.id
    elif what.table is not None:
        called = desk.ws.registry.tables[what.table].label.text(shell.language)
    else:
        called = say("全部台账|All tables", shell.language)
    return DifferenceScreen(what, called, desk.moment)


def _clock(_shell: Shell) -> Screen[Any]:
    from taizhang_tui.screens.clocks import ClockScreen

    return ClockScreen()


def _due(shell: Shell) -> Screen[Any]:
    from taizhang_tui.screens.due import DueScreen

    return DueScreen(_organisation(shell))


def _figures(shell: Shell) -> Screen[Any]:
    from taizhang_tui.screens.due import FiguresScreen

    return FiguresScreen(_organisation(shell))


def _organisation(shell: Shell) -> str | None:
    screen = top(shell)
    return screen.context().entities.get("organisation") if screen is not None else None


def _tables(_shell: Shell) -> Screen[Any]:
    from taizhang_tui.screens.tables import TablesScreen

    return TablesScreen()


def _log(_shell: Shell) -> Screen[Any]:
    from taizhang_tui.screens.tables import LogScreen

    return LogScreen()


def _import(shell: Shell) -> Screen[Any] | None:
    from taizhang_tui.screens.importing import ImportScreen

    return None if shell.records.refused() else ImportScreen()


def _plugins(shell: Shell) -> Screen[Any] | None:
    from taizhang_tui.screens.plugins import PluginsScreen

    return None if isinstance(top(shell), PluginsScreen) else PluginsScreen()


def _drafts(shell: Shell) -> Screen[Any] | None:
    from taizhang_tui.app.resuming import choose_draft

    choose_draft(shell)
    return None


def _help(shell: Shell) -> Screen[Any] | None:
    from taizhang_tui.screens.help import HelpScreen
    from taizhang_tui.widgets.frame import KeyLine

    screen = top(shell)
    if screen is None or screen is not shell.screen_stack[-1]:
        return None
    return HelpScreen(screen.ABOUT, screen.query_one(KeyLine).hints(every=True), everywhere())


# In the order in which palette, keys and help have them.
OFFERS: tuple[Offer, ...] = (
    Offer("new", "n", "新建|New", "新建…|New …", "n",
          "新建：先列出与所在对象有关的操作|new: actions about what is in view first"),
    Offer("why", "w,ｗ", "来由|Why", "来由：这一行由哪些事件而来|Why: the events behind this row", "w",
          "来由：定下这一格的事件，此前的值|why: the event that set this cell, and earlier values", _why),
    Offer("difference", "d,ｄ", "差异|Differences", "差异：两个时点之间|Differences between two moments",
          "d", "差异：两个时点之间有何不同|what differs between two moments", _difference),
    Offer("clock", "t", "时间|Time", "设定时间|Set the clocks", "t",
          "设定有效日期和所知|set both clocks", _clock),
    Offer("step(-1)", "left_square_bracket,【", "退一步|A step back",
          help="有效日期后退、前进一步|the effective day a step back or on"),
    Offer("step(1)", "right_square_bracket,】", "进一步|A step on"),
    Offer("step(-12)", "left_curly_bracket,｛", "退一年|A year back",
          help="后退、前进一年|a year back or on"),
    Offer("step(12)", "right_curly_bracket,｝", "进一年|A year on"),
    Offer("now", "0", "回到现在|To now", "回到现在|Back to now", "0",
          "两个时钟都回到现在|both clocks to now"),
    Offer("undo", "u", "撤销|Undo", "撤销上一次登记|Take back the last record", "u",
          "撤销自己最近一次登记|take back one's own last record", shown=True),
    Offer("drafts", "c,ｃ", "草稿|Drafts", "草稿：没填完的表|Drafts: forms half filled", "c",
          "草稿：没填完的表，接着填|drafts: forms half filled, to go on with", _drafts),
    Offer("due", "g,ｇ", "待办|Duties", "待办：职责办到什么程度|Duties: how far they are done", "g",
          make=_due),
    Offer("figures", listed="统计数|Figures", make=_figures),
    Offer("tables", listed="全部台账|All tables", hint="b", make=_tables),
    Offer("log", listed="事件日志|Event log", hint="l", make=_log),
    Offer("import", listed="导入名册|Import a roster", hint="i", make=_import),
    Offer("plugins", "p,ｐ", "插件|Plugins",
          "插件：载入、停用、隔离|Plugins: loaded, disabled, quarantined", "p",
          "插件：载入了哪些，隔离了哪些|programmes: which are loaded, which in quarantine", _plugins),
    Offer("theme", listed="深色或浅色|Dark or light"),
    Offer("palette", "colon,ctrl+p,：", "命令|Commands",
          help="命令：全部操作、台账和画面|commands: all actions, tables and screens", shown=True),
    Offer("help", "question_mark,？,f1", "帮助|Help", "帮助|Help", "?", "本帮助|this help", _help,
          shown=True),
    Offer("back", help="返回|back"),  # bound by the screens themselves
    Offer("quit", "ctrl+q", "退出|Quit", "退出|Quit", "Ctrl+Q", "退出|quit", priority=True),
)  # fmt: skip


def bindings() -> list[Binding]:
    """The keys that work on every screen."""
    return [
        Binding(row.keys, row.name, row.label, show=row.shown, priority=row.priority)
        for row in OFFERS
        if row.keys
    ]


def everywhere() -> Mapping[str, str]:
    """In more words what works on every screen, by action, in the order of the help."""
    return {row.name: row.help for row in OFFERS if row.help}


def screens() -> Mapping[str, Maker]:
    """Lists how each screen is made, by the name of the action that opens it."""
    return {row.name: row.make for row in OFFERS if row.make is not None}
