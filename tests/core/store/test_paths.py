"""A store is made once, whoever else is making it; its settings are kept whole."""

import threading
from pathlib import Path

import pytest

from taizhang.store.paths import StorePaths
from taizhang.store.unlocking import directory
from taizhang.words.errors import NotFound, TaizhangError, Usage
from taizhang.workspace import Workspace
from taizhang_eventstore.codec import Codec
from taizhang_eventstore.errors import StoreError
from taizhang_eventstore.log import open_log
from taizhang_eventstore.verifying.verifying import verify


def test_of_three_who_begin_at_once_one_makes_the_store(tmp_path: Path) -> None:
    root = tmp_path / "store"
    before = set(directory().glob("*"))
    start = threading.Barrier(3)
    said: list[object] = []

    def init() -> None:
        start.wait()
        try:
            with Workspace.init(root) as ws:
                said.append(ws.log.head())
        except Exception as error:
            said.append(error)

    threads = [threading.Thread(target=init) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(1) == 1, said
    refused = [e for e in said if isinstance(e, Usage)]
    assert len(refused) == 2, said
    assert {e.exit_code for e in refused} == {2}
    with Workspace.open(root) as ws:
        ws.record("organisation.found", {"name": "第一支部", "kind": "支部"}, reason="成立")
        assert ws.warnings() == []
    assert verify(root).verified
    assert len(set(directory().glob("*")) - before) == 1, "whoever makes no store makes no key file"


def test_what_an_init_has_left_that_was_killed_is_no_store_and_is_gone_on_with(
    tmp_path: Path,
) -> None:
    root = tmp_path / "store"
    with Workspace.init(tmp_path / "other") as ws:
        other = ws.keyring.identity
    root.mkdir()
    (tmp_path / "other" / "keys.db").rename(root / "keys.db")
    open_log(root / "events.db", Codec()).close()
    with pytest.raises(NotFound, match="init"):
        Workspace.open(root)
    with Workspace.init(root) as ws:
        assert ws.stamp is not None
        assert ws.stamp.keys == ws.keyring.identity != other
        ws.record("organisation.found", {"name": "第一支部", "kind": "支部"}, reason="成立")
    assert verify(root).verified
    with pytest.raises(Usage):
        Workspace.init(root)


def test_what_the_system_refuses_is_one_sentence_that_names_the_file(tmp_path: Path) -> None:
    long = tmp_path / ("长" * 200)
    for call in (Workspace.open, Workspace.init):
        with pytest.raises(StoreError, match="名称太长") as refused:
            call(long)
        assert str(long) in refused.value.text()
        assert not isinstance(refused.value, TaizhangError)


@pytest.mark.parametrize(
    "before",
    [
        "",
        'disabled = ["liudai"]\n',
        'disabled = "liudai"\n',
        'x = 1\ndisabled = [\n  "liudai",\n]\ny = 2\n[table]\ndisabled = ["kept"]\n',
        'x = 1\ny = 2\n\n[table]\ndisabled = ["kept"]',
    ],
)
def test_other_settings_stay(tmp_path: Path, before: str) -> None:
    paths = StorePaths(tmp_path)
    paths.config.write_text(before, "utf-8")
    was = {k: v for k, v in paths.settings().items() if k != "disabled"}
    assert paths.disabled() == ({"liudai"} if "liudai" in before else set())
    for names in ({"liudai", "other"}, set(), {"liudai"}):
        paths.set_disabled(names)
        assert paths.disabled() == names
        assert {k: v for k, v in paths.settings().items() if k != "disabled"} == was
    assert [f.name for f in tmp_path.iterdir()] == ["config.toml"]


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    paths = StorePaths(tmp_path)
    paths.config.write_text("disabled = [", "utf-8")
    with pytest.raises(Usage):
        paths.set_disabled({"liudai"})
    assert paths.config.read_text("utf-8") == "disabled = ["
