"""Implements a hook with an argument that it is not given."""

from collections.abc import Iterator

from taizhang.api import Deal, Deed, Member, Programme, Scene, field, hookimpl

programme = Programme("hooks", "试验|Trial", api=1, needs=("members",))


@programme.deed("note.take", "记便条|Take a note", event="note_taken")
class TakeNote(Deed):
    """A note."""

    member: Member = field("党员|Member")


@hookimpl
def demonstration(scene: Scene, store: object) -> Iterator[Deal]:
    """Nothing."""
    return iter(())
