"""Puts a text of a class of its own into a column: read back from the ledger it is a text like any other."""

from datetime import date
from typing import Annotated

from taizhang.api import Event, Programme, RefKind, Row, Text, field

programme = Programme("rebuild", "试验|Trial", api=1)

Tree = Annotated[str, RefKind("rebuild_tree")]


class Young(str):
    """A height that is the first."""


class TreeRow(Row):
    """A tree."""

    height: Text = field("高度|Height")


trees = programme.folds("trees", "树|Trees", TreeRow, entity="rebuild_tree", prefix="rt")


@programme.event("tree_grown", "长高|Tree grown")
class TreeGrown(Event):
    """A tree has grown."""

    rebuild_tree: Tree = field("树|Tree")


@trees.step(TreeGrown)
def _grown(state: TreeRow | None, event: TreeGrown, on: date) -> TreeRow:
    if state is not None and isinstance(state.height, Young):
        return TreeRow(height="二")
    return TreeRow(height=Young("一"))
