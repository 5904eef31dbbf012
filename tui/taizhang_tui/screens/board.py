"""A screen that a programme declares (插件的屏): words above, a table below, both from the programme."""

from __future__ import annotations

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical

from taizhang.declarations.boards import ScreenDeclaration
from taizhang.readmodels.boards import listing, shown
from taizhang.words.errors import TaizhangError
from taizhang_tui.screens.base import Framed
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.wordwrap import Words


class BoardScreen(Framed):
    """A programme's view of the ledger at both clocks."""

    DEFAULT_CSS = """
    BoardScreen {
        & #board { padding: 0 1; }
        & #board-words { max-height: 50%; padding: 0 1; margin-top: 1; color: $foreground 80%; }
        & #board-words.-troubled { color: $warning; }
        & VirtualTable { height: 1fr; margin-top: 1; }
    }
    """
    ABOUT = "插件给出的一屏，随两个时间而变。|What a programme has to show of the ledger; it follows both clocks."
    UNOFFERED = ("why",)

    def __init__(self, screen: ScreenDeclaration) -> None:
        super().__init__()
        self._declared = screen

    def content(self) -> ComposeResult:
        """Words, and a table."""
        table = VirtualTable(empty=self.say("这里没有内容|there is nothing here"))
        table.opens = False
        with Vertical(id="board"):
            yield Words(id="board-words")
            yield table

    def on_mount(self) -> None:
        """Begin in the table."""
        self.query_one(VirtualTable).focus()

    def title_words(self) -> str:
        """The screen's label."""
        return self._declared.label.text(self.taizhang.language)

    @work(exclusive=True, group="renew")
    async def renew(self, *, key: str | None = None, step: bool = False) -> None:  # type: ignore[override]
        """Asks the programme anew."""
        words, table = self.query_one("#board-words", Words), self.query_one(VirtualTable)
        moment, language = self.desk.pinned(), self.taizhang.language
        try:
            board = await self.desk.do(
                lambda ws: shown(ws.at(moment.on, moment.known), self._declared, language)
            )
        except TaizhangError as error:
            words.update(error.text(language))
            words.set_class(True, "-troubled")
            table.display = False
            return
        words.update(board.words)
        words.set_class(False, "-troubled")
        table.display = bool(board.headings)
        if board.headings:
            table.set_source(listing(board), stay_near=True)
