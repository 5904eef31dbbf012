"""What screens ask of the app that shows them. They know this class, and the app knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from textual.dom import DOMNode
from textual.notifications import SeverityLevel

from taizhang_tui.app.typeahead import TypeAhead
from taizhang_tui.words import say

if TYPE_CHECKING:
    from taizhang.decisions.decision import Receipt
    from taizhang.store.viewings import How
    from taizhang_tui.data.desk import Desk, Moment
    from taizhang_tui.widgets.frame import Clocks, Seal


class Host(TypeAhead):
    """The app as its screens see it."""

    desk: Desk
    language: str
    step_months: int
    """Months by which the effective day is stepped."""

    def tell(self, pair: str, severity: SeverityLevel = "information", **values: Any) -> None:
        """A message written as a pair."""
        words = say(pair, self.language)
        for name, value in values.items():
            words = words.replace("{" + name + "}", str(value))
        self.notify(words, severity=severity)

    def viewed(self, how: How, kind: str, id: str) -> None:
        """Notes, on the desk's thread, that somebody looked at a person."""
        if kind in self.desk.ws.registry.persons:
            self.run_worker(self._viewed(how, f"{kind}:{id}"), exit_on_error=False)

    async def _viewed(self, how: How, subject: str) -> None:
        from taizhang_eventstore.errors import StoreError

        try:
            await self.desk.do(lambda ws: ws.viewed(how, [subject]))
        except StoreError as error:
            why = error.text(self.language)
            self.tell(
                "查阅没有记下：{why}|that you looked was not noted: {why}", "warning", why=why
            )

    def refuse_past(self) -> bool:
        """Whether nothing can be written now; then says so in one sentence."""
        if not self.desk.past:
            return False
        if self.desk.ws.read_only:
            self.tell("账册以只读方式打开|the store is open read-only", "warning")
            return True
        self.tell(
            "正在看 {on} 的台账，只读；按 0 回到现在再登记"
            "|this is the ledger of {on}, read only; press 0 to return to now and record",
            "warning",
            on=self.desk.day,
        )
        return True

    def open_entity(self, kind: str, id: str) -> None:
        """Opens the page of an entity, or of an event."""
        raise NotImplementedError

    def correct(self, seq: int) -> None:
        """Opens the form that corrects an event."""
        raise NotImplementedError

    def void(self, seq: int) -> None:
        """Asks for the reason to void an event."""
        raise NotImplementedError

    def saved(self, receipt: Receipt) -> None:
        """Something was recorded: say what, and have the screens show it."""
        raise NotImplementedError

    def renew(self, key: str | None = None) -> None:
        """Has every screen read again; ``key`` is the new row."""
        raise NotImplementedError

    def clock_words(self) -> Clocks:
        """Both clocks as the top line shows them."""
        raise NotImplementedError

    def seal_words(self) -> Seal:
        """The seal as the top line shows it."""
        raise NotImplementedError

    def move_clocks(self, moment: Moment) -> None:
        """Sets both clocks and has every screen follow."""
        raise NotImplementedError


def host_of(node: DOMNode) -> Host:
    """The app that shows a screen, as what it is."""
    return cast("Host", node.app)
