"""Both clocks of the app: shown on the top line, set, stepped, and put back to now."""

from __future__ import annotations

import datetime as dt

from taizhang_tui.app.shell import Shell, full_screens
from taizhang_tui.desk.desk import Moment
from taizhang_tui.widgets import frame
from taizhang_tui.words import say


class ClockSetting:
    """The clocks of the desk, which every screen follows."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self.step_months = 1

    def words(self) -> frame.Clocks:
        """Both clocks as the top line shows them."""
        desk = self._shell.desk
        moment, ws = desk.moment, desk.ws
        on = desk.day.isoformat()
        if moment.known is None:
            known = say("现在|now", self._shell.language) + f" #{ws.log.head():,}"
        else:
            known = f"#{moment.known:,}"
        return frame.Clocks(on, known, desk.past)

    def move(self, moment: Moment) -> None:
        """Sets both clocks and has every screen follow."""
        desk = self._shell.desk
        if moment.on == desk.today:
            moment = Moment(None, moment.known)
        desk.moment = moment
        self._follow()

    def turn(self) -> None:
        """Has every screen go on to the next day, all of them together, once it has come."""
        if self._shell.desk.turn():
            self._follow()

    def _follow(self) -> None:
        for screen in full_screens(self._shell):
            if screen.is_mounted:
                screen.frame()
                screen.renew(step=True)

    def step(self, steps: int) -> None:
        """Steps the effective day by so many times the chosen number of months."""
        desk = self._shell.desk
        self.move(Moment(months_on(desk.day, steps * self.step_months), desk.moment.known))

    def reset(self) -> None:
        """Puts both clocks back to now."""
        if self._shell.desk.moment.past:
            self.move(Moment())


def months_on(day: dt.date, months: int) -> dt.date:
    """Returns the day that is some months on, or the last of its month where that is shorter."""
    from calendar import monthrange

    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(max(year, 1), 9999)
    return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
