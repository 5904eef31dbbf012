"""`plugins check` holds a package against the events of a store and against its last release."""

import json
import zipfile
from pathlib import Path

import pytest
from officekit.notes import BODY, HEAD, install

from .conftest import Office

pytestmark = pytest.mark.hostile

TAKE = ("record", "demo1.note.take", "--member", "王小明", "--text", "好", "--on", "2012-04-01")
TEXT = '    text: Text = field("内容|Text")\n'
WITH_DEFAULT = BODY.replace(TEXT, TEXT + '    n: Text = field("数|N", default="")\n')

CHANGES = {
    # what was, what is, what is said of the field
    "required": (BODY, BODY.replace(TEXT, TEXT + '    n: Count = field("数|N")\n'), "n"),
    "renamed": (WITH_DEFAULT, WITH_DEFAULT.replace("    n: Text", "    m: Text"), "n"),
    "another kind": (BODY, BODY.replace("text: Text", "text: Count"), "text"),
}
FINE = {
    "nothing": (BODY, BODY),
    "with default": (BODY, WITH_DEFAULT),
    "a label": (BODY, BODY.replace("记便条|Take a note", "写便条|Write a note")),
}


def written(folder: Path, body: str) -> Path:
    folder.mkdir(exist_ok=True)
    return install(folder, "demo1", HEAD.format(name="demo1") + body).parent


def checked(office: Office, path: Path, *words: str) -> tuple[int, list[dict[str, str]]]:
    done = office.run("plugins", "check", str(path), *words, "--json")
    assert done.stdout, done.stderr
    (told,) = json.loads(done.stdout)
    assert told["name"] == "demo1"
    return done.returncode, told["troubles"]


@pytest.mark.parametrize("how", [*CHANGES, *FINE])
def test_what_a_store_holds_that_the_package_no_longer_says(
    office: Office, tmp_path: Path, how: str
) -> None:
    was, now, field = CHANGES.get(how) or (*FINE[how], "")
    office.install("demo1", HEAD.format(name="demo1") + was)
    assert office.run(*TAKE).returncode == 0
    code, troubles = checked(office, written(tmp_path / "new", now), "--store", str(office.store))
    if how in FINE:
        assert (code, troubles) == (0, [])
        return
    assert code == 1
    (trouble,) = troubles
    assert (trouble["check"], trouble["where"]) == ("store", "demo1.note_taken@1")
    assert field in trouble["what"]
    assert "第 5 号起 1 条" in trouble["what"]
    assert "version=2, upcasters={1: …}" in trouble["what"]


def test_an_event_that_is_declared_no_more_is_told(office: Office, tmp_path: Path) -> None:
    office.install("demo1", HEAD.format(name="demo1") + BODY)
    assert office.run(*TAKE).returncode == 0
    gone = BODY.replace("note_taken", "note_written")
    _, (trouble,) = checked(office, written(tmp_path / "new", gone), "--store", str(office.store))
    assert trouble["where"] == "demo1.note_taken@1"
    assert "第 5 号" in trouble["what"]


@pytest.mark.parametrize("wheel", [False, True])
@pytest.mark.parametrize("how", [*CHANGES, *FINE])
def test_what_has_changed_since_the_last_release(
    office: Office, tmp_path: Path, how: str, wheel: bool
) -> None:
    was, now, field = CHANGES.get(how) or (*FINE[how], "")
    release = written(tmp_path / "old", was)
    if wheel:
        release = tmp_path / "taizhang_demo1-1.0-py3-none-any.whl"
        with zipfile.ZipFile(release, "w") as archive:
            for file in (tmp_path / "old").rglob("*"):
                archive.write(file, file.relative_to(tmp_path / "old"))
    package = written(tmp_path / "new", now)
    code, troubles = checked(office, package, "--release", str(release))
    if how in FINE:
        assert (code, troubles) == (0, [])
        return
    assert code == 1
    assert {t["check"] for t in troubles} == {"release"}
    assert any(field in t["what"] for t in troubles)
    assert "version=2, upcasters={1: …}" in troubles[0]["what"]
    lifted = now.replace(
        '@programme.deed("note.take", "记便条|Take a note", event="note_taken")',
        '@programme.deed("note.take", "记便条|Take a note")\n'
        '@programme.event("note_taken", "记了便条|Note taken", version=2, upcasters={1: dict})',
    )
    assert checked(office, written(tmp_path / "lifted", lifted), "--release", str(release)) == (
        0,
        [],
    )
