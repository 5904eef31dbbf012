"""Actions: what someone wants, and decides on the ledger; a deed is an action that is its own event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taizhang.declarations.fields import Dated, Declared, Event
from taizhang.declarations.ledger import Ledger


class Action(Declared):
    """What someone wants. ``check`` looks at the fields alone, ``decide`` at the ledger too."""

    def check(self) -> Iterable[str]:
        """Rules among the fields: yield ``"中文|English"`` for each one broken. Pure."""
        return ()

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Yield the events that make it so, or raise :class:`taizhang.words.errors.Refused`."""
        raise TypeError(f"{type(self).__name__} does not say what it decides")

    def notices(self, ledger: Ledger) -> Iterable[str]:
        """What people should look at again, though it is recorded: yield ``"中文|English"``. What is
        read for it stands under no condition, and may have changed when the events are appended.
        """
        return ()


class Deed(Event):
    """An action that needs no decision: it is recorded as it stands, and is its own event."""

    def check(self) -> Iterable[str]:
        """Rules among the fields, as in :meth:`Action.check`."""
        return ()

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """The deed itself."""
        yield self

    def notices(self, ledger: Ledger) -> Iterable[str]:
        """What people should look at again, as in :meth:`Action.notices`."""
        return ()
