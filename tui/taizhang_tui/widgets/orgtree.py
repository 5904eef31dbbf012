"""The tree of organisations: a table of lines that open and close."""

from __future__ import annotations

from typing import ClassVar

from textual.actions import SkipAction
from textual.binding import Binding, BindingType

from taizhang.office.overview.tree import Forest
from taizhang_tui.widgets.virtual_table import VirtualTable
from taizhang_tui.words import say


class OrgTree(VirtualTable):
    """Organisations; right opens a line, left closes it or goes to the one above."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "unfold", "展开|Unfold", show=False),
        Binding("left", "fold", "收起|Fold", show=False),
        Binding("space", "turn", "展开/收起|Fold", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.forest = Forest()
        self._open: set[str] = set()
        self._language = "zh"
        self._begun = False

    def show(self, forest: Forest, language: str, key: str | None = None) -> None:
        """Show other organisations, or the same at another time; what is open stays open.

        Args:
            forest: the organisations.
            language: ``zh`` or ``en``.
            key: the one the cursor goes to.
        """
        self.forest, self._language = forest, language
        if not self._begun and forest.tops:
            self._open = forest.first_open()
            self._begun = True
        self.empty = say("还没有组织|no organisations yet", language)
        above = forest.parents.get(key or "", "")
        while above:
            self._open.add(above)
            above = forest.parents.get(above, "")
        self.set_source(forest.listing(self._open, language), key=key, stay_near=True)

    def action_unfold(self) -> None:
        """Open the line under the cursor, or go to the first below it."""
        node = self.forest.nodes.get(self.cursor_key or "")
        if node is None or not node.children:
            raise SkipAction
        if node.id in self._open:
            self.action_move(1)
        else:
            self._open.add(node.id)
            self.show(self.forest, self._language)

    def action_fold(self) -> None:
        """Close the line under the cursor, or go to the one above it."""
        key = self.cursor_key or ""
        if key in self._open and self.forest.nodes[key].children:
            self._open.discard(key)
            self.show(self.forest, self._language)
        elif above := self.forest.parents.get(key):
            self.show(self.forest, self._language, above)
        else:
            raise SkipAction

    def action_turn(self) -> None:
        """Open or close the line under the cursor."""
        if self.cursor_key in self._open:
            self._open.discard(self.cursor_key)
        elif self.cursor_key is not None:
            self._open.add(self.cursor_key)
        self.show(self.forest, self._language)
