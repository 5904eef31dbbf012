"""The verifier ends with 3 and the event's number over anything, and with its result whatever takes its output."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from taizhang_eventstore.__main__ import safe

Store = Any

DEEP = "'[' || replace(hex(zeroblob(60000)), '0', '[') || ']'"
SET = "UPDATE events SET data = CAST(json_set(CAST(data AS TEXT), {}) AS BLOB) WHERE seq = 7"
LOOSE = (
    "ALTER TABLE events RENAME TO old",
    "CREATE TABLE events (seq, type, data, tags)",
    "INSERT INTO events SELECT * FROM old",
    "DROP TABLE old",
)

UNREADABLE: dict[str, tuple[str, ...]] = {
    "deep JSON": (
        f"UPDATE events SET data = CAST(substr(CAST(data AS TEXT), 1, length(data) - 1) || ',\"x\":' || {DEEP} || '}}' AS BLOB) WHERE seq = 7",
    ),
    "deep tags": (f"UPDATE events SET tags = {DEEP} WHERE seq = 7",),
    "data that is none": ("UPDATE events SET data = '' WHERE seq = 7",),
    "a number for data": ("UPDATE events SET data = 5 WHERE seq = 7",),
    "a type that is no text": ("UPDATE events SET type = x'ff00' WHERE seq = 7",),
    "a number for a type": (*LOOSE, "UPDATE events SET type = 1e300 WHERE seq = 7"),
    "no type": (*LOOSE, "UPDATE events SET type = NULL WHERE seq = 7"),
    "no data": (*LOOSE, "UPDATE events SET data = NULL WHERE seq = 7"),
    "no tags": (*LOOSE, "UPDATE events SET tags = NULL WHERE seq = 7"),
    "no position": (*LOOSE, "UPDATE events SET seq = NULL WHERE seq = 7"),
    "a text for a position": (*LOOSE, "UPDATE events SET seq = 'seven' WHERE seq = 7"),
    "a fraction for a position": (*LOOSE, "UPDATE events SET seq = 7.5 WHERE seq = 7"),
    "a year 99999": (SET.format("'$.recorded_at', '99999-01-01T00:00:00Z'"),),
    "a time that is a number": (SET.format("'$.recorded_at', 5"),),
    "an endless number": (SET.format("'$.i', json('1e999')"),),
    "a great number": (SET.format("'$.n', json('123456789012345678901234567890')"),),
}

GHOSTS = {
    "a tag of no event": ("INSERT INTO event_tags VALUES ('ghost', 7000)",),
    "a tag of an event without": ("INSERT INTO event_tags VALUES ('ghost', 7)",),
    "a tag at a text": ("INSERT INTO event_tags VALUES ('ghost', 'seven')",),
    "a tag at a fraction": ("INSERT INTO event_tags VALUES ('ghost', 7.5)",),
    "a tag far away": ("INSERT INTO event_tags VALUES ('ghost', 9223372036854775807)",),
    "a tag that is none": ("INSERT INTO event_tags VALUES (x'ff', 7)",),
}


def verifier(*words: object, **more: Any) -> subprocess.CompletedProcess[str]:
    command = [Path(sys.executable).with_name("taizhang-verify"), *words]
    return subprocess.run(command, text=True, stderr=subprocess.PIPE, **more)


@pytest.mark.parametrize("statements", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_event_is_named(sealed: Store, statements: tuple[str, ...]) -> None:
    sealed.sql(*statements)
    report = sealed.verify()
    assert report.exit_code == 3
    assert report.first is not None, report.text("en")
    named = {f.position for f in report.bad if f.code in ("form", "changed")}
    assert named == {7}, report.text("en")
    assert "defect" not in report.text("en")


@pytest.mark.parametrize("statements", GHOSTS.values(), ids=GHOSTS)
def test_ghosts_in_the_index_of_tags_are_found(sealed: Store, statements: tuple[str, ...]) -> None:
    sealed.sql(*statements)
    report = sealed.verify()
    assert report.exit_code == 3
    assert "tags" in {f.code for f in report.bad}
    report.text("en"), report.text()


@pytest.mark.parametrize("spoilt", [False, True], ids=["sound", "spoilt"])
def test_the_result_stands_whatever_becomes_of_the_output(sealed: Store, spoilt: bool) -> None:
    if spoilt:
        sealed.sql("UPDATE events SET type = 'x@1' WHERE seq = 7")
    wanted = 3 if spoilt else 0
    told = verifier(sealed.root, stdout=subprocess.PIPE)
    assert (told.returncode, told.stderr) == (wanted, "")
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as closed, open("/dev/full", "w") as full:
        for out in (closed, full):
            for more in ((), ("--json",)):
                ended = verifier(sealed.root, *more, stdout=out)
                assert (ended.returncode, ended.stderr) == (wanted, "")
    gone = [
        "sh",
        "-c",
        f"exec {Path(sys.executable).with_name('taizhang-verify')} {sealed.root} >&-",
    ]
    assert subprocess.run(gone, stderr=subprocess.PIPE).returncode == wanted
    ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert verifier(sealed.root, stdout=subprocess.PIPE, env=ascii_only).returncode == wanted


@pytest.mark.parametrize("way", ["script", "module"])
def test_nothing_is_imported_from_where_it_runs_or_from_the_store(
    sealed: Store, tmp_path: Path, way: str
) -> None:
    mark = tmp_path / "executed"
    for name in ("json", "argparse", "re", "msgspec", "cryptography", "sqlite3", "hashlib"):
        (sealed.root / f"{name}.py").write_text(f"open({str(mark)!r}, 'w').write({name!r})\n")
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    if way == "script":
        ended = verifier(sealed.root, stdout=subprocess.PIPE, cwd=sealed.root, env=env)
    else:
        ended = subprocess.run(
            [sys.executable, "-m", "taizhang_eventstore", "verify", "."],
            text=True, capture_output=True, cwd=sealed.root, env=env,
        )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    assert not mark.exists(), mark.read_text()


def test_the_place_of_the_package_stays_on_the_path(tmp_path: Path) -> None:
    home = os.getcwd()
    kept = safe(["", home, str(tmp_path), "/usr/lib"], os.path.realpath(home), str(tmp_path))
    assert kept == [home, "/usr/lib"]
