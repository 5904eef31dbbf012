"""Actions: what someone wants, and decides on the ledger; a deed is an action that is its own event."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from taizhang.declarations.fields import Dated, Declared, Event
from taizhang.declarations.ledger import Ledger
from taizhang.words.labels import Label


class Action(Declared):
    """Something that someone wants. ``check`` looks at the fields alone, ``decide`` at the ledger too."""

    def check(self) -> Iterable[str]:
        """Rules among the fields: yield ``"中文|English"`` for each one broken. Pure."""
        return ()

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Yield the events that make it so, or raise :class:`taizhang.words.errors.Refused`."""
        raise TypeError(f"{type(self).__name__} does not say what it decides")

    def notices(self, ledger: Ledger) -> Iterable[str | Label]:
        """Points out, as pairs ``"中文|English"``, where people should look again though it is recorded. What is read for
        it stands under no condition, and may have changed when the events are appended.
        """
        return ()


class Deed(Event):
    """An action that is its own event, recorded as it stands. One that says ``decide`` guards itself: it may
    refuse, and add other events before and after itself; what it reads stands under the condition.
    """

    def check(self) -> Iterable[str]:
        """Rules among the fields, as in :meth:`Action.check`."""
        return ()

    def decide(self, ledger: Ledger) -> Iterator[Event | Dated]:
        """Yield the deed itself, and what else comes with it, or raise
        :class:`taizhang.words.errors.Refused`.
        """
        yield self

    @classmethod
    def guarded(cls) -> bool:
        """Tells if the deed decides on the ledger, and is not recorded whatever stands there."""
        return cls.decide is not Deed.decide

    def notices(self, ledger: Ledger) -> Iterable[str | Label]:
        """Points out where people should look again, as :meth:`Action.notices`."""
        return ()
