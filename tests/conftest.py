"""What every test may rely on: settings of its own, and one way to run hypothesis."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Textual reads this when it is imported, so it cannot wait for a fixture. Without it, a line of
# Chinese committed by an input method arrives as garbage.
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"

# Deadlines measure the machine, not the code. The rest stays as hypothesis chose it: in CI it
# derives its examples from the test itself, so that a red run can be had again.
settings.register_profile("house", settings(), deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep trust and settings, which live outside a store, out of the home of whoever runs this."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("CONFIG", "DATA", "STATE", "CACHE"):
            patch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
        yield home
