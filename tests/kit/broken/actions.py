"""Fails while it decides, on a field that may be left out."""

from collections.abc import Iterator

from taizhang.api import Action, Event, Ledger, Member, Minutes, Programme, field

programme = Programme("actions", "试验|Trial", api=1, needs=("members",))


@programme.event("shift_worked", "值班|Shift worked")
class ShiftWorked(Event):
    """A shift."""

    member: Member = field("党员|Member")
    minutes: Minutes = field("时长|Time")


@programme.action("shift.work", "记值班|Work a shift")
class WorkShift(Action):
    """A shift, in whole hours."""

    member: Member = field("党员|Member")
    minutes: Minutes | None = field("时长|Time", low=1, default=None)

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """The shift."""
        yield ShiftWorked(member=self.member, minutes=self.minutes // 60 * 60)  # type: ignore[operator]
