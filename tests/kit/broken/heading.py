"""Asks for a later version of the interface than there is."""

from taizhang.api import Deed, Member, Programme, field

programme = Programme("heading", "试验|Trial", api=2, needs=("members",))


@programme.deed("note.take", "记便条|Take a note", event="note_taken")
class TakeNote(Deed):
    """A note."""

    member: Member = field("党员|Member")
