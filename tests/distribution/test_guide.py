"""The guide for authors, done as it says: every block of it, in order, where taizhang is installed."""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from .conftest import ROOT, uninstall

# Shares the environment that the wheel's own tests have built.
pytestmark = pytest.mark.xdist_group("wheel")

GUIDE = ROOT / "plugins" / "README.md"
FENCE = re.compile(r"^```(\w*)(?: title=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block: what it is in, the file that it is, and where it stands in the guide."""

    language: str
    file: str | None
    text: str
    line: int


def blocks() -> list[Block]:
    """All fenced blocks of the guide, in order."""
    guide = GUIDE.read_text("utf-8")
    return [
        Block(m[1], m[2], m[3], guide.count("\n", 0, m.start()) + 1) for m in FENCE.finditer(guide)
    ]


class Author:
    """Somebody who does what the guide says, in one shell after the other."""

    def __init__(self, installed: Path, tools: Path, folder: Path) -> None:
        self.place = folder
        self._state = folder / "where"
        self._environment = {
            "PATH": f"{installed / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(tools),
            "HOME": str(folder),
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def does(self, block: Block) -> str:
        """Runs a block, or writes the file that it is; what was printed."""
        if block.file is not None:
            file = self.place / block.file
            assert file.parent.is_dir(), f"line {block.line}: there is no {file.parent}"
            file.write_text(block.text, "utf-8")
            return ""
        command = ["python", "-c", block.text]
        if block.language == "sh":
            script = f"set -euo pipefail\n{block.text}\npwd > {self._state}\n"
            command = ["bash", "-c", script]
        done = subprocess.run(
            command,
            cwd=self.place,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, f"line {block.line}: {block.text}\n{done.stdout}"
        if block.language == "sh":
            self.place = Path(self._state.read_text("utf-8").strip())
        return done.stdout


@pytest.mark.slow
def test_every_block_of_the_guide_runs(installed: Path, tools: Path, tmp_path: Path) -> None:
    author = Author(installed, tools, tmp_path)
    found = blocks()
    assert {b.language for b in found} == {"sh", "python"}
    assert len(found) >= 9
    try:
        said = [author.does(block) for block in found]
    finally:
        if any("pip install" in block.text for block in found):
            uninstall("taizhang-xianfeng", installed, tmp_path)
    whole = "\n".join(said)
    for words in (
        "14 passed",
        "14 passed",
        "xianfeng：没有问题",
        "已停用 xianfeng",
        "已启用 xianfeng",
    ):
        assert words in whole, words
    listing = next(s for s in said if "认岗" in s or "文明劝导" in s)
    assert "王小明" in listing
