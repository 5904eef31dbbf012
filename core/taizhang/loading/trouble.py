"""What a check finds (查出的毛病) of a programme, and what it is given to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.declarations.programme import Programme
from taizhang.words.labels import Label

if TYPE_CHECKING:
    from types import ModuleType

    from taizhang.declarations.registry import Registry


class Trouble(Struct, frozen=True):
    """One thing wrong with a programme: ``where`` names table, event or field; ``what`` the rule."""

    check: str
    programme: str
    where: str
    what: Label

    @property
    def label(self) -> Label:
        """The whole sentence."""
        place = " ".join(filter(None, (self.programme, self.where)))
        return Label(
            f"[{self.check}] {place}：{self.what.zh}", f"[{self.check}] {place}: {self.what.en}"
        )


class Examined(Struct, frozen=True):
    """A programme that is looked at, the module that it stands in, and who is there before it."""

    programme: Programme
    module: ModuleType | None
    registry: Registry


__all__ = ["Examined", "Trouble"]
