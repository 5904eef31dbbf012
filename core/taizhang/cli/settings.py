"""The options before the command, and the store that they open."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from taizhang.cli.words import LANGUAGE, say, warn
from taizhang.words.labels import Label
from taizhang_eventstore.errors import BilingualError

if TYPE_CHECKING:
    from taizhang.loading.loader import Loaded


class Settings:
    """The settings that the options before the command say: to commands of programmes
    :class:`taizhang.loading.hooks.Office`.
    """

    language = LANGUAGE

    def __init__(
        self, store: str, actor: str | None, read_only: bool = False, loaded: Loaded | None = None
    ) -> None:
        self.store = store
        self.actor = actor
        self.read_only = read_only
        self._loaded = loaded
        """The programmes of the store where they have been loaded already, for the first who opens it."""

    def open(self, **options: Any) -> Any:
        """The open workspace; what its user has to know is told on standard error."""
        from taizhang.cli.output import progress_bar
        from taizhang.cli.secrets import asking
        from taizhang.workspace import Workspace

        options = {"actor": self.actor, "ask": asking(), "loaded": self._loaded, **options}
        self._loaded = None
        if self.read_only:
            # Who asks for this looks at a store that somebody else may have made.
            with progress_bar(say("另算台账|computing the ledger")) as progress:
                ws = Workspace.open(self.store, from_elsewhere=True, progress=progress, **options)
        else:
            ws = Workspace.open(self.store, **options)
        ws.sealing.each = True
        told = ws.warnings()
        for warning in told:
            warn(warning)
        if (context := click.get_current_context(silent=True)) is not None:
            context.call_on_close(partial(_tell_late, ws, told))
        return ws

    def writing(self) -> None:
        """Refuses what would write to the store when that was ruled out."""
        from taizhang.words.errors import Usage

        if self.read_only:
            raise Usage("--read-only 与这个命令不能同用|--read-only does not go with this command")

    def read(self) -> Any:
        """The workspace for a command that reads: where nothing can be written, as it stands."""
        from taizhang_eventstore.errors import StoreFull, StoreReadOnly

        try:
            return self.open()
        except (StoreFull, StoreReadOnly) as error:
            if self.read_only:
                raise
            ws = self.open(read_only=True)
            if ws.ledger.path != ws.paths.ledger:
                # What is shown is right; that the store cannot be written should not go unsaid.
                zh, en = error.pair
                warn(Label(f"台账另算，因为{zh}", f"the ledger was computed elsewhere: {en}"))
        at, head = ws.ledger.projector.position(), ws.log.head()
        if at < head:
            warn(
                Label(
                    f"账册不能写入，台账只到 #{at}，日志已到 #{head}",
                    f"the store cannot be written; its ledger stands at #{at}, the log at #{head}",
                )
            )
        return ws


def _tell_late(ws: Any, told: list[Label]) -> None:
    """Tells of programmes that failed while the command ran, but for what the command itself ends with."""
    from taizhang.workspace.warnings import missing

    error = sys.exc_info()[1]
    said = Label(*error.pair) if isinstance(error, BilingualError) else None
    for label in missing(ws):
        if label not in told and label != said:
            warn(label)
