"""The demonstration app, loaded by its path, and small files of members to show in it."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def demo() -> ModuleType:
    """The module ``demo_app.py`` beside this file."""
    path = Path(__file__).with_name("demo_app.py")
    spec = importlib.util.spec_from_file_location("taizhang_demo_app", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def members(demo: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of 5,000 members, the hostile ones from number 20 on."""
    path = tmp_path_factory.mktemp("members") / "members.db"
    demo.make(path, 5_000)
    return path
