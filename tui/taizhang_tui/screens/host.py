"""What screens ask of the app that shows them: this, and nothing else of it, is what they know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any, Protocol, cast

from textual.dom import DOMNode
from textual.notifications import SeverityLevel
from textual.screen import Screen

if TYPE_CHECKING:
    from taizhang.decisions.decision import Receipt
    from taizhang.store.viewings import How
    from taizhang.words.labels import Label
    from taizhang_tui.desk.desk import Desk, Moment
    from taizhang_tui.desk.drafts import Draft
    from taizhang_tui.forms.forms import Form
    from taizhang_tui.widgets import frame


class ClockFace(Protocol):
    """Both clocks, as screens show and set them."""

    step_months: int
    """Months by which the effective day is stepped."""

    def words(self) -> frame.Clocks:
        """Both clocks as the top line shows them."""
        ...

    def move(self, moment: Moment) -> None:
        """Sets both clocks and has every screen follow."""
        ...


class Records(Protocol):
    """The way to what is recorded: forms are opened, and what they saved is told."""

    def refused(self) -> bool:
        """True where nothing can be written now, which is then told in one sentence."""
        ...

    def correct(self, seq: int, *, line: str | None = None) -> None:
        """Opens the form that corrects an event, or one line of it (``attendance/3``)."""
        ...

    def void(self, seq: int, *, line: str | None = None) -> None:
        """Opens the form that voids an event, or one line of it."""
        ...

    def resume(self, draft: Draft) -> None:
        """Opens the form that a draft is of, with what was typed in it."""
        ...

    def saved(self, receipt: Receipt, form: Form, subjects: Sequence[str]) -> None:
        """Tells what was recorded by a form about ``subjects``, and has the screens show it.

        Args:
            receipt: what was recorded.
            form: the form that recorded it.
            subjects: whom it was about.
        """
        ...

    def imported(self, receipt: Receipt, what: Label) -> None:
        """Tells what was recorded as one from elsewhere, and has the screens show it."""
        ...


class Follower(Protocol):
    """The screens' share in what happens to the store."""

    def renew(self, key: str | None = None) -> None:
        """Has every screen read again; ``key`` is the new row."""
        ...

    def seal(self) -> frame.Seal:
        """The seal as the top line shows it."""
        ...


class Host(Protocol):
    """The app as its screens see it."""

    @property
    def desk(self) -> Desk:
        """The store."""
        ...

    @property
    def language(self) -> str:
        """``zh`` or ``en``."""
        ...

    @property
    def clocks(self) -> ClockFace:
        """Both clocks."""
        ...

    @property
    def records(self) -> Records:
        """Recording, correcting, voiding."""
        ...

    @property
    def following(self) -> Follower:
        """The following of the store."""
        ...

    def open_entity(self, kind: str, id: str) -> None:
        """Opens the page of an entity, or of an event."""
        ...

    def viewed(self, how: How, subjects: Collection[str]) -> bool:
        """Notes that somebody looked at persons (``member:m-…``); False where that may not be, which is told."""
        ...

    def tell(self, pair: str, severity: SeverityLevel = "information", **values: Any) -> None:
        """Shows a message written as a pair, in which ``{name}`` stands for a value."""
        ...

    def clear_notifications(self) -> None:
        """Takes messages off the screen."""
        ...

    def push_screen(
        self, screen: Screen[Any], callback: Callable[[Any], None] | None = None
    ) -> object:
        """Shows a screen over the others; ``callback`` is given what it is dismissed with."""
        ...


def host_of(node: DOMNode) -> Host:
    """The app that shows a screen, as what it is."""
    return cast("Host", node.app)
