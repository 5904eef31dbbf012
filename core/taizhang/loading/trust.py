"""Trust (信任): which files of stores their user lets run, by hash, kept outside every store.

A store that was handed over executes nothing. Trust is given for the bytes of one file; another byte,
and it is asked for again.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.files import read

PLACE = "TAIZHANG_CONFIG_DIR"
"""Environment variable that says where the user's own settings are, instead of the usual place."""


def place() -> Path:
    """The user's own file of trusted hashes."""
    given = os.environ.get(PLACE)
    if given:
        return Path(given) / "trusted.json"
    # Only a store that has plugin files of its own comes here.
    from platformdirs import user_config_path

    return user_config_path("taizhang", appauthor=False) / "trusted.json"


def trusted() -> dict[str, str]:
    """Trusted hashes, each with what it was when trust was given. Unreadable means none."""
    try:
        found = json.loads(read(place()) or b"{}")
    except (StoreError, ValueError, RecursionError):
        return {}
    return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


def trust(code: str, what: str) -> None:
    """Trusts the file with this hash from now on."""
    _write({**trusted(), code: what})


def distrust(code: str) -> None:
    """Ends `trust`."""
    _write({k: v for k, v in trusted().items() if k != code})


def _write(listed: dict[str, str]) -> None:
    file = place()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = file.with_name(file.name + ".new")
    made.write_text(json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True), "utf-8")
    made.replace(file)
