"""Forms on the screen, opened as commands open them."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from taizhang.ledger.vault import Vault
from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import open_keys, secret_of
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


def drafted(file: Path) -> Any:
    """What a draft says, which is encrypted under the key of its store's ledger."""
    paths = StorePaths(file.parents[1])
    with closing(open_keys(paths, secret_of(paths), read_only=True)) as keys:
        return json.loads(Vault(keys.ledger).read(file.name, file.read_bytes()))
