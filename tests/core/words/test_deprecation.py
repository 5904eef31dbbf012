"""Deprecation: a warning by name, once; then an error that says what to use; and hooks are held to it."""

import warnings
from types import ModuleType

import pluggy
import pytest

import taizhang
from taizhang.loading import hooks
from taizhang.words import deprecation
from taizhang.words.deprecation import deprecated
from taizhang.words.errors import Usage


@deprecated(since="0.3", gone="0.5", instead="programme.records")
def lines(count: int) -> int:
    """Something that is going."""
    return count + 1


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has been warned yet."""
    monkeypatch.setattr(deprecation, "_WARNED", set())


def test_before_its_time_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taizhang, "__version__", "0.2.9")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lines(1) == 2


@pytest.mark.parametrize("version", ["0.3", "0.3.1", "0.4.12"])
def test_it_warns_once_by_name_and_where_it_was_called(
    monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    monkeypatch.setattr(taizhang, "__version__", version)
    with pytest.warns(
        DeprecationWarning, match=r"lines is deprecated.*use programme\.records"
    ) as w:
        assert lines(1) == 2
    assert w[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert lines(1) == 2


@pytest.mark.parametrize("version", ["0.5", "0.10", "1.0"])
def test_then_it_is_refused_with_what_to_use(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(taizhang, "__version__", version)
    with pytest.raises(Usage, match=r"lines 自 0\.5 版起不再支持，请改用 programme\.records"):
        lines(1)


@pytest.mark.parametrize("gone", ["0.4", "0.5", "0.6", "0.6.9"])
def test_authors_have_two_minor_releases(gone: str) -> None:
    with pytest.raises(ValueError, match="too soon"):
        deprecated(since="0.5", gone=gone, instead="x")


@pytest.mark.parametrize("gone", ["0.7", "1.0"])
def test_that_or_the_next_major_one_is_enough(gone: str) -> None:
    deprecated(since="0.5", gone=gone, instead="x")


def test_a_hook_that_is_going_is_told_to_who_implements_it(monkeypatch: pytest.MonkeyPatch) -> None:
    going = deprecated(since="0.3", gone="0.5", instead="scenes")(hooks.Specification.demonstration)
    monkeypatch.setattr(hooks.Specification, "demonstration", going)
    module = ModuleType("taizhang_demo1")

    @hooks.hookimpl
    def demonstration(scene: hooks.Scene) -> list[hooks.Deal]:
        return []

    vars(module)["demonstration"] = demonstration
    monkeypatch.setattr(taizhang, "__version__", "0.4")
    manager: pluggy.PluginManager = hooks.manager()
    with pytest.warns(DeprecationWarning, match="demonstration is deprecated"):
        hooks.register(manager, module, "demo1")
    assert manager.has_plugin("demo1")
    monkeypatch.setattr(taizhang, "__version__", "0.5")
    with pytest.raises(Usage, match="改用 scenes"):
        hooks.register(hooks.manager(), module, "demo2")
