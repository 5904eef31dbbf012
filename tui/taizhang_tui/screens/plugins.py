"""Programmes (插件): which are loaded, which are not and why; turning them off, on and loose; their settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from taizhang.maintenance import control
from taizhang.maintenance.preview import affected
from taizhang.words.errors import TaizhangError
from taizhang_eventstore.errors import BilingualError
from taizhang_tui.screens.base import Framed
from taizhang_tui.screens.standings import ProgrammeStanding, origin, source, standings
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.wordwrap import Words

if TYPE_CHECKING:
    from taizhang_tui.screens.confirm import Confirm

QUESTIONS = {
    "disable": (
        "停用 {name}？|Disable {name}?",
        "下次打开账册起不再载入它，它的台账随之不见；它的事件原样留在日志中，重新启用后一切照旧。"
        "|From the next opening of the store on it is not loaded and its tables are not there. "
        "Its events stay in the log as they are; once it is enabled again all is as before.",
    ),
    "enable": (
        "启用 {name}？|Enable {name}?",
        "下次打开账册时载入它，并把它的台账补到现在。"
        "|It is loaded when the store is next opened, and its tables are brought up to date.",
    ),
    "release": (
        "放行 {name}？|Release {name}?",
        "下次打开账册时再试一次；若仍出错，它会重新被隔离，其余照常。"
        "|It is tried again when the store is next opened. If it fails again it is quarantined again, "
        "and everything else goes on.",
    ),
}

DONE = {
    "disable": "已停用 {name}，下次打开账册起生效|{name} is disabled from the next opening on",
    "enable": "已启用 {name}，下次打开账册起生效|{name} is enabled from the next opening on",
    "release": "已放行 {name}，下次打开账册时再试|{name} is released and tried at the next opening",
}


class PluginsScreen(Framed):
    """All programmes; what is to be known of the one under the cursor below."""

    DEFAULT_CSS = """
    PluginsScreen {
        & #plugins { padding: 0 1; }
        & VirtualTable { height: 1fr; margin-top: 1; }
        & #plugins-note { max-height: 50%; padding: 0 1; margin: 1 0; color: $foreground 80%; }
        & #plugins-note.-troubled { color: $warning; }
    }
    """
    ABOUT = (
        "本账册的插件及其状态，被隔离的在前，下方是原因。停用、启用和放行都从下次打开账册起生效；"
        "插件的事件不受影响。回车打开所在插件的设置。"
        "|The programmes of this store and what became of each, those in quarantine first, the reason "
        "below. Disabling, enabling and releasing count from the next opening on; events are untouched. "
        "Enter opens the settings of the programme under the cursor."
    )
    UNOFFERED = ("undo", "why", "difference", "plugins", "new")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "settings", "设置|Settings"),
        Binding("escape", "back", "返回|Back"),
        Binding("x,ｘ", "decide('disable')", "停用|Disable"),
        Binding("e,ｅ", "decide('enable')", "启用|Enable"),
        Binding("r,ｒ", "decide('release')", "放行|Release"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._standings: dict[str, ProgrammeStanding] = {}

    def content(self) -> ComposeResult:
        """Programmes, and words about one."""
        table = VirtualTable(empty=self.say("没有插件|there are no programmes"))
        table.opens = False
        with Vertical(id="plugins"):
            yield table
            yield Words(id="plugins-note")

    @property
    def table(self) -> VirtualTable:
        """The programmes."""
        return self.query_one(VirtualTable)

    @property
    def standing(self) -> ProgrammeStanding | None:
        """The programme under the cursor."""
        return self._standings.get(self.table.cursor_key or "")

    def title_words(self) -> str:
        """The title of the list."""
        return self.say("插件|Plugins")

    def compared(self) -> None:
        """Programmes are in no ledger."""

    def on_mount(self) -> None:
        """Begin in the table. What was told of programmes is said here, and would lie over it."""
        self.taizhang.clear_notifications()
        self.table.focus()

    @work(exclusive=True, group="renew")
    async def renew(self, *, key: str | None = None, step: bool = False) -> None:  # type: ignore[override]
        """Reads what is so now."""
        try:
            found = await self.desk.do(standings)
        except TaizhangError as error:  # Somebody is writing in config.toml.
            self.notify(error.text(self.taizhang.language), severity="warning")
            return
        self._standings = {standing.key: standing for standing in found}
        self.table.set_source(source(found, self.taizhang.language), stay_near=True)
        self.table.when_shown(self._tell)

    @on(VirtualTable.RowHighlighted)
    def _moved(self) -> None:
        self._tell()

    def _tell(self) -> None:
        """Says about the programme under the cursor what its row may have no room for."""
        note = self.query_one("#plugins-note", Words)
        standing = self.standing
        note.set_class(standing is not None and bool(standing.plugin.warning), "-troubled")
        note.update("" if standing is None else self._about(standing))
        self.refresh_bindings()

    def _about(self, standing: ProgrammeStanding) -> str:
        plugin = standing.plugin
        name = plugin.label.text(self.taizhang.language)
        label = "" if name == plugin.name else f" {name}"
        where = origin(plugin, self.taizhang.language)
        parts = [f"{plugin.name}{label} {plugin.version}  {where}"]
        if plugin.reason:
            parts.append(self.say(plugin.reason))
        if "release" in standing.actions:
            hint = (
                "它已被隔离，其余照常。修好后按 r 放行；不用它就按 x 停用。"
                "|It is in quarantine and everything else goes on. Once mended: r releases it; x "
                "disables it for good."
            )
            parts.append(self.say(hint))
        return "\n".join(parts)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what makes sense for the programme under the cursor has a key."""
        if action not in ("decide", "settings"):
            return True
        standing = self.standing if self.is_mounted else None
        wanted = parameters[0] if action == "decide" else action
        return standing is not None and wanted in standing.actions

    @on(VirtualTable.RowChosen)
    def _double_clicked(self) -> None:
        if self.check_action("settings", ()):
            self.action_settings()

    def action_settings(self) -> None:
        """Open what the programme under the cursor can be set to, or say that there is nothing."""
        standing = self.standing
        if standing is None:
            return
        programme = self.desk.ws.registry.programmes[standing.plugin.name]
        if not programme.settings:
            self.taizhang.tell("{name} 没有设置|{name} has no settings", name=programme.id)
            return
        from taizhang_tui.screens.settings import SettingsScreen

        self.taizhang.push_screen(SettingsScreen(programme))

    def action_decide(self, what: str) -> None:
        """Ask, then do it."""
        standing = self.standing
        if standing is None or self.taizhang.records.refused():
            return
        from taizhang_tui.screens.confirm import Confirm

        name = standing.plugin.name
        title, text = (self.say(pair).replace("{name}", name) for pair in QUESTIONS[what])

        def answered(wanted: bool | None) -> None:
            if wanted:
                self._do(what, name)

        question = Confirm(title, text)
        self.taizhang.push_screen(question, answered)
        if what == "disable":
            self._affected(name, question)

    @work(exclusive=True, group="affected")
    async def _affected(self, name: str, question: Confirm) -> None:
        """Says in the question what goes out of sight with a programme, a line each."""
        language = self.taizhang.language
        try:
            found = await self.desk.do(lambda ws: affected(ws.paths, name))
        except (BilingualError, OSError):
            return  # turning a programme off must not hang on what can be said of it
        said = [f"· {label.text(language)}" for label in found.sentences(name)]
        question.add("\n".join(["", *said[:-1]]))

    @work(group="decide")
    async def _do(self, what: str, name: str) -> None:
        done = {
            "disable": control.disable,
            "enable": control.enable,
            "release": control.release,
        }[what]
        try:
            await self.desk.do(lambda ws: done(ws.paths, name))
        except (TaizhangError, BilingualError) as error:
            self.notify(error.text(self.taizhang.language), severity="warning")
            return
        except OSError as error:
            words = "没有写成：{why}|it could not be written: {why}"
            self.taizhang.tell(words, "error", why=error.strerror or type(error).__name__)
            return
        self.taizhang.tell(DONE[what], name=name)
        self.renew()
