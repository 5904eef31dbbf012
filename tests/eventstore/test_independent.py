"""Two verifiers that share no code come to the same result."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

VERIFIER = Path(__file__).with_name("independent_verifier.py")


def independent(root: Path) -> subprocess.CompletedProcess[str]:
    key = (root / "seals" / "seal.pub").read_text("utf-8").split()[-1]
    seals = sorted((root / "seals").glob("*.seal"))
    command = [sys.executable, str(VERIFIER), str(root / "events.db"), key, *map(str, seals)]
    return subprocess.run(command, capture_output=True, text=True)


def test_it_is_short_and_knows_nothing_of_us() -> None:
    text = VERIFIER.read_text("utf-8")
    assert len(text.splitlines()) <= 100
    assert not any("taizhang" in line for line in text.splitlines() if "import" in line.split())


def test_both_say_yes(sealed: Any) -> None:
    ran = independent(sealed.root)
    assert (ran.returncode, ran.stdout) == (0, "verified\n"), ran.stderr
    assert sealed.verify().verified


def test_both_say_yes_to_the_demonstration(demo: Path) -> None:
    from taizhang_eventstore.verifying.verifying import verify

    ran = independent(demo)
    assert (ran.returncode, ran.stdout) == (0, "verified\n"), ran.stderr
    report = verify(demo)
    assert report.verified
    assert report.sealed == report.events > 20_000


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE events SET type = 'x@1' WHERE seq = 7",
        "UPDATE events SET data = x'7b7d' WHERE seq = 30",
        "UPDATE events SET tags = '[]' WHERE seq = 1",
        "DELETE FROM events WHERE seq = 3",
        "DELETE FROM events WHERE seq > 25",
    ],
)
def test_both_say_no(sealed: Any, change: str) -> None:
    sealed.sql(change)
    assert independent(sealed.root).returncode == 3
    assert sealed.verify().exit_code == 3
