"""Makes a text bold with the escape sequences of a terminal."""

from collections.abc import Iterator

from taizhang.api import Action, Event, Ledger, Member, Programme, Row, Text, field

programme = Programme("hostile", "试验|Trial", api=1, needs=("members",))


class NoteRow(Row):
    """A note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes = programme.records("notes", "便条|Notes", NoteRow)


@programme.event("note_taken", "记了便条|Note taken")
class NoteTaken(Event):
    """A note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")


notes.records(NoteTaken)


@programme.action("note.take", "记便条|Take a note")
class TakeNote(Action):
    """A note."""

    member: Member = field("党员|Member")
    text: Text = field("内容|Text")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """The note, in bold."""
        yield NoteTaken(member=self.member, text=f"\x1b[1m{self.text}\x1b[0m")
