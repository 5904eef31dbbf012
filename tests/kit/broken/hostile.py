"""Makes a text bold with the escape sequences of a terminal."""

from taizhang.api import Deed, Member, Programme, Row, Text, field

programme = Programme("hostile", "试验|Trial", api=1, needs=("members",))


class NoteRow(Row):
    """A note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes = programme.records("notes", "便条|Notes", NoteRow)


@programme.deed("note.take", "记便条|Take a note", event="note_taken")
class TakeNote(Deed):
    """A note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


def _bold(taken: TakeNote) -> NoteRow:
    return NoteRow(member=taken.member, text=f"\x1b[1m{taken.text}\x1b[0m")


notes.records(TakeNote, _bold)
