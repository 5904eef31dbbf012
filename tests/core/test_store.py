"""A store's settings are kept whole when a programme is switched off and on."""

from pathlib import Path

import pytest

from taizhang.errors import Usage
from taizhang.store import StorePaths


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
