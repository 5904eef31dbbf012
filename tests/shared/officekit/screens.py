"""Forms on the screen, opened as commands open them."""

from typing import Any

from taizhang_tui.screens.base import Context
from taizhang_tui.screens.form import FormScreen


async def open_form(stage: Any, action: str, **entities: str) -> None:
    """Opens the form of an action."""
    stage.app.records.open_form(stage.app.desk.ws.registry.actions[action], Context(**entities))
    await stage.until(
        lambda: isinstance(stage.app.screen, FormScreen) and stage.app.screen._editors
    )
    await stage.pilot.pause()


def named(stage: Any, entity: str, name: str) -> str:
    """The id of what bears a name."""
    return str(stage.app.desk.view.at().called(entity, name)[0])
