"""Its trees have the prefix of the members' ids."""

from datetime import date
from typing import Annotated

from taizhang.api import Event, Name, Programme, RefKind, Row, field

programme = Programme("names", "试验|Trial", api=1, needs=("members",))

Tree = Annotated[str, RefKind("names_tree")]


class TreeRow(Row):
    """A tree."""

    name: Name = field("名称|Name")


trees = programme.folds("trees", "树|Trees", TreeRow, entity="names_tree", prefix="m")


@programme.event("tree_planted", "植树|Tree planted")
class TreePlanted(Event):
    """A tree."""

    names_tree: Tree = field("树|Tree")
    name: Name = field("名称|Name")


@trees.step(TreePlanted)
def _planted(state: TreeRow | None, event: TreePlanted, on: date) -> TreeRow:
    return TreeRow(name=event.name)
