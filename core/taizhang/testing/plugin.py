"""The pytest plugin (试验插件): a store and a screen for the tests of any programme.

It is loaded wherever taizhang is installed, also for tests that have nothing to do with it: importing
it imports nothing, and what a fixture needs is imported by the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from taizhang.workspace import Workspace


DEEP = "deep"
"""The profile of hypothesis with which the contract draws ten times as many histories."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """The contract keeps its checks on one worker where tests run on several.

    ``--hypothesis-profile deep`` is there for it, or HYPOTHESIS_PROFILE=deep in the environment, unless somebody
    has a profile of that name already.
    """
    config.addinivalue_line("markers", "xdist_group(name): tests of one group share a worker")
    asked = config.getoption("--hypothesis-profile", None)
    meant = os.environ.get("HYPOTHESIS_PROFILE") if asked is None else asked
    if meant == DEEP:
        _load_deep()


def _load_deep() -> None:
    from hypothesis import settings
    from hypothesis.errors import InvalidArgument

    try:
        settings.get_profile(DEEP)
    except InvalidArgument:
        settings.register_profile(DEEP, settings(), max_examples=1_000, deadline=None)
    settings.load_profile(DEEP)


@pytest.fixture(scope="session")
def _taizhang_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the directory in which stores are made once, to be copied for each test."""
    return tmp_path_factory.mktemp("taizhang")


@pytest.fixture
def taizhang_store(_taizhang_templates: Path, tmp_path: Path) -> Iterator[Callable[..., Workspace]]:
    """``taizhang_store(programme, ...)``: a new store with these programmes loaded, open, and no others.

    Its today is 2012-12-31 (``today=``), its actor 测试员 (``actor=``). With ``people=True`` it has the
    branch 第一支部 with the members 王小明, 李立 and 赵工, all since 2010-01-01. Every call makes another
    store; they are closed when the test ends.
    """
    from contextlib import ExitStack

    from taizhang.testing.stores import Stores

    with ExitStack() as stack:
        yield Stores(_taizhang_templates, tmp_path, stack)


@pytest.fixture
def taizhang_ui() -> Callable[..., AbstractAsyncContextManager[Any]]:
    """``async with taizhang_ui(store) as stage``: the screens on a store, run by a pilot.

    ``stage.press("n", "'text")`` presses keys and types, ``await stage.shows("…")`` waits for words,
    ``stage.text()`` is what stands there; ``stage.app`` and ``stage.pilot`` are Textual's. Skips the test
    where the screens are not installed.
    """
    return pytest.importorskip("taizhang_tui.testing").staged  # type: ignore[no-any-return]
