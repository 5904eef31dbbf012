"""Two processes verify as one does: of every damage the report is the same, wherever the log is cut."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import pytest

from taizhang_eventstore.recorders.sqlite import SQLiteDCBRecorder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Store = Any

DAMAGES = {
    "none": [],
    "a byte of the content": [
        "UPDATE events SET data = CAST(replace(CAST(data AS TEXT), '王小明', '王小朋') AS BLOB) WHERE seq = {0}"
    ],
    "content a text": ["UPDATE events SET data = CAST(data AS TEXT) WHERE seq = {0}"],
    "content is rubbish": ["UPDATE events SET data = x'ff00' WHERE seq = {0}"],
    "a tag taken away": [
        "UPDATE events SET tags = replace(tags, ',\"org:天桥\"', '') WHERE seq = {0}"
    ],
    "tags are no JSON": ["UPDATE events SET tags = '[' WHERE seq = {0}"],
    "a row gone": [
        "DELETE FROM events WHERE seq = {0}",
        "DELETE FROM event_tags WHERE seq = {0}",
    ],
    "two rows swapped": [
        f"UPDATE {table} SET seq = {one} WHERE seq = {other}"
        for table in ("events", "event_tags")
        for one, other in ((-1, "{0}"), ("{0}", "{0} + 1"), ("{0} + 1", -1))
    ],
    "a row twice": [
        "INSERT INTO events SELECT 1000, type, data, tags FROM events WHERE seq = {0}",
    ],
    "a row before the first": [
        "INSERT INTO events SELECT -5, type, data, tags FROM events WHERE seq = {0}",
    ],
    "the index lacks one": ["DELETE FROM event_tags WHERE seq = {0}"],
    "the index has one more": ["INSERT INTO event_tags VALUES ('org:别处', {0})"],
    "the index has one of no event": ["INSERT INTO event_tags VALUES ('org:别处', {0} + 5000)"],
    "an id again": [
        "UPDATE events SET data = CAST(json_set(CAST(data AS TEXT), '$.id', (SELECT json_extract("
        "CAST(data AS TEXT), '$.id') FROM events WHERE seq = {0} - 1)) AS BLOB) WHERE seq = {0}"
    ],
    "a time before": [
        "UPDATE events SET data = CAST(json_set(CAST(data AS TEXT), '$.recorded_at', "
        "'2001-01-01T00:00:00Z') AS BLOB) WHERE seq = {0}"
    ],
    "an action without its end": [
        "UPDATE events SET data = CAST(json_set(CAST(data AS TEXT), '$.n', 9) AS BLOB) WHERE seq = {0}"
    ],
    "the tail gone": [
        "DELETE FROM events WHERE seq > {0}",
        "DELETE FROM event_tags WHERE seq > {0}",
    ],
}

SCRIPT = """
import json, sys
from taizhang_eventstore.verifying import helping
from taizhang_eventstore.verifying.verifying import verify

forked = 0
begun = helping._begun
def counted(*words):
    global forked
    made = begun(*words)
    forked += made is not None
    return made
helping._begun = counted

def told(root):
    report = verify(root)
    return [report.text("zh"), report.text("en"), report.exit_code, report.events, report.sealed,
            report.first.position if report.first else None]

for root in sys.argv[1:]:
    helping.WORTHWHILE = 10 ** 9
    alone = told(root)
    helping.WORTHWHILE, helping.shared_by = 1, lambda: 2
    for share in (0.02, 0.3, 0.5, 0.52, 0.8, 0.97):
        helping.SHARE = share
        assert told(root) == alone, (root, share, alone, told(root))
print(json.dumps(forked))
"""


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run in a process of its own: a test's has other threads, which no fork takes along."""
    path = tmp_path_factory.mktemp("helping") / "script.py"
    path.write_text(SCRIPT, "utf-8")
    return path


def ran(script: Path, *roots: Path) -> int:
    done = subprocess.run(
        [sys.executable, str(script), *map(str, roots)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout))


def test_of_every_damage_at_every_cut_the_report_is_that_of_one_process(
    sealed: Store, script: Path
) -> None:
    roots = []
    for name, statements in DAMAGES.items():
        for seq in (2, 8, 15, 16, 24, 29):
            store = sealed.copy(f"{name} {seq}")
            store.sql(*(statement.format(seq) for statement in statements))
            roots.append(store.root)
    forked = ran(script, *roots)
    assert forked > 4 * len(roots)


LEFT_ALONE = """
import os, signal, sys
from taizhang_eventstore.verifying import helping
from taizhang_eventstore.verifying.verifying import verify

root, how = sys.argv[1:]
helping.WORTHWHILE, helping.shared_by = 1, lambda: 2
if how == "killed":
    helping._child = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
elif how == "raises":
    helping.tags_sum = lambda *_: 1 / 0
elif how == "lies":
    real = helping.tags_sum
    helping.tags_sum = lambda *words: (real(*words) or 0) + 1
elif how == "half an answer":
    def half(connect, scan, joint, leaves, answer):
        os.write(answer, b'{"pages": [')
        os._exit(0)
    helping._child = half
elif how == "no room":
    def full(*words):
        raise OSError(28, "no space")
    helping.tempfile.TemporaryFile = full
report = verify(root)
assert report.verified, report.text("en")
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print(report.events)
"""


@pytest.mark.parametrize(
    "how", ["as usual", "killed", "raises", "lies", "half an answer", "no room"]
)
def test_whatever_becomes_of_the_other_process_the_log_verifies(sealed: Store, how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LEFT_ALONE, str(sealed.root), how], capture_output=True, text=True
    )
    assert (done.stdout, done.returncode) == ("30\n", 0), done.stderr


@pytest.mark.parametrize("held", [True, False], ids=["open elsewhere", "opened meanwhile"])
def test_what_is_appended_meanwhile_is_no_damage(
    sealed: Store, monkeypatch: pytest.MonkeyPatch, held: bool
) -> None:
    from taizhang_eventstore.verifying.comparing import Comparison

    taken: Callable[..., None] = Comparison.take

    def take(self: Comparison, page: Any) -> None:
        sealed.append(1, 1)
        taken(self, page)

    monkeypatch.setattr(Comparison, "take", take)
    with SQLiteDCBRecorder(sealed.path) if held else nullcontext():
        if held:
            sealed.append(1)
        report = sealed.verify()
    assert report.verified, report.text("en")
    # Read without locks it was read again, from where it stood then.
    assert report.events == (31 if held else 32)
