"""Puts a number into a text column: read back from the ledger it is a text, and no longer the number."""

from datetime import date
from typing import Annotated, Any

from taizhang.api import Event, Programme, RefKind, Row, Text, field

programme = Programme("rebuild", "试验|Trial", api=1)

Tree = Annotated[str, RefKind("rebuild_tree")]


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
    height: Any = 2 if state is not None and state.height == 1 else 1  # type: ignore[comparison-overlap]
    return TreeRow(height=height)
