"""Files from elsewhere in the place of those of a store: pipes, devices, endless and nested ones; what acts."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Command, register

pytestmark = pytest.mark.hostile

PROGRAM = "from taizhang.cli import main; main()"
PLACES = (
    "events.db", "keys.db", "ledger.db", "config.toml", "seal.key", "quarantine.json",
    "viewings.jsonl", "last-backup.json", "seals/seal.pub", "seals/range", "seals/leaves.bin",
    "seals/erasures.jsonl", "seals/000000000001.seal",
)  # fmt: skip
COMMANDS = (("overview",), ("--read-only", "show", "members"), ("verify",), ("doctor",), ("seal",))


def pipe(path: Path) -> None:
    """Opening it to read waits for somebody who writes."""
    os.mkfifo(path)


def endless(path: Path) -> None:
    """Reading it never ends."""
    path.symlink_to("/dev/zero")


def nested(path: Path) -> None:
    """Whoever reads it by descending runs out of stack."""
    path.write_text("a = " + "[" * 200_000 if path.suffix == ".toml" else "[" * 200_000)


def said(store: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """A command in a process that must end by itself."""
    command = [sys.executable, "-c", PROGRAM, "--store", store, *words]
    return subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("harm", [pipe, endless, nested], ids=lambda h: h.__name__)
@pytest.mark.parametrize("place", PLACES)
def test_what_stands_for_a_file_of_a_store_is_told_at_once(
    office: Command, tmp_path: Path, place: str, harm: Callable[[Path], None]
) -> None:
    store = tmp_path / "store"
    assert office("seal").code == 0
    (store / place).unlink(missing_ok=True)
    harm(store / place)
    words = COMMANDS[(PLACES.index(place) + len(harm.__name__)) % len(COMMANDS)]
    for command in dict.fromkeys((words, ("overview",))):
        ended = said(store, *command)
        assert ended.returncode in (0, 1, 2, 3)
        assert "Traceback" not in ended.stderr
        assert "程序内部出错" not in ended.stderr + ended.stdout, ended.stderr


@pytest.mark.parametrize("harm", [pipe, endless, nested], ids=lambda h: h.__name__)
def test_files_that_are_named_are_refused_at_once(
    office: Command, tmp_path: Path, harm: Callable[[Path], None]
) -> None:
    assert office("backup", tmp_path / "b").code == 0
    file, sheet = tmp_path / "file", tmp_path / "list.csv"
    harm(file)
    harm(sheet)
    for words in (
        ("record", "--from-json", file),
        ("record", "organisation.rename", "--organisation", f"@{file}", "--name", "x"),
        ("import", "members", sheet),
        ("verify", "--seal", file),
        ("verify", "--key", file),
        ("verify", "--proof", file),
        ("keys", "change", "--key-file", file),
        ("restore", tmp_path / "b", "--over", "--erasures", file),
    ):
        ended = said(tmp_path / "store", *words)
        assert ended.returncode in (1, 2, 3), (words, ended.stdout)
        assert "程序内部出错" not in ended.stderr, (words, ended.stderr)
        assert ended.stderr.startswith("错误："), (words, ended.stderr)


HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
NAME = '<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>'
FAR = f'{HEAD}{NAME}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
SHARED = (
    HEAD + NAME + "".join(f'<row r="{k}"><c r="A{k}" t="s"><v>0</v></c></row>' for k in range(2, 2000))
    + "</sheetData></worksheet>"
)  # fmt: skip
LONG = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>{"a" * 20_000_000}</t></si></sst>'


@pytest.mark.parametrize(("sheet", "shared"), [(FAR, ""), (SHARED, LONG)], ids=["far", "shared"])
def test_a_small_workbook_that_unfolds_does_not_end_the_program(
    office: Command, tmp_path: Path, sheet: str, shared: str
) -> None:
    from xlsxwriter import Workbook

    with Workbook(tmp_path / "plain.xlsx") as book:
        book.add_worksheet().write("A1", "姓名")
    hard = tmp_path / "hard.xlsx"
    with (
        zipfile.ZipFile(tmp_path / "plain.xlsx") as plain,
        zipfile.ZipFile(hard, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in plain.namelist():
            data = plain.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = sheet.encode()
            elif name == "xl/sharedStrings.xml" and shared:
                data = shared.encode()
            made.writestr(name, data)
    assert hard.stat().st_size < 100_000
    ended = said(tmp_path / "store", "import", "members", hard)
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1), ended.stderr
    assert "展开后过大" in ended.stderr


def test_nothing_that_acts_reaches_a_terminal(office: Command, tmp_path: Path) -> None:
    act = "\x1b]0;owned\x07\x1b[31m\x9b2J‮"
    key = tmp_path / "act.key"
    key.write_text(f"taizhang-key-1 {act.replace(' ', '')} AAAA\n")
    place = tmp_path / f"dir{act}"
    place.mkdir()
    for words in (
        ("record", f"member{act}.register"), ("show", f"members{act}"), (f"over{act}",),
        ("show", "members", f"--wh{act}"), ("backup", place / "b"), ("keys", "change", "--key-file", key),
        ("why", "members", act), ("restore", place), ("record", "member.register", "--name", act),
        ("erase", act, "--reason", act, "--yes"), ("import", "members", place / "x.csv"),
    ):  # fmt: skip
        ended = office(*words)
        for character in ("\x1b", "\x07", "\x9b", "‮"):
            assert character not in ended.out + ended.err, (words, ended.err)
    ended = office("overview", store=place)
    assert "\x1b" not in ended.err


def modes(store: Path) -> dict[str, int]:
    return {
        str(p.relative_to(store)): stat.S_IMODE(p.stat().st_mode)
        for p in store.rglob("*")
        if p.is_file() and p.parts[len(store.parts)] not in ("files", "plugins")
    }


def test_files_of_a_store_are_its_owners_alone(office: Command, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = tmp_path / "new"
        assert office("init", store=store).code == 0
        assert {n: m for n, m in modes(store).items() if m & 0o077} == {}
        assert office("rebuild", store=store).code == 0
        assert office("backup", tmp_path / "b", "--keys", tmp_path / "k.db", store=store).code == 0
        assert office("seal", "--out", tmp_path / "s", store=store).code == 0
        (store / "drafts").mkdir(exist_ok=True)
        (store / "drafts" / "half.json").write_text("{}")
        for name in modes(store):
            os.chmod(store / name, 0o666)
        assert office("overview", store=store).code == 0
        assert {n: m for n, m in modes(store).items() if m & 0o077} == {}
        assert {n: m for n, m in modes(tmp_path / "b").items() if m & 0o077} == {}
        for file in (tmp_path / "k.db", tmp_path / "s"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
    finally:
        os.umask(before)


def test_nobody_sees_numbers_without_a_trace(office: Command, tmp_path: Path) -> None:
    phone = "13912345678"
    assert register(office, "欧阳修远", "第一支部", "--phone", phone).code == 0
    for words in (
        ("show", "members", "--plain"),
        ("events", "--plain"),
        ("personal-record", "欧阳修远"),
    ):
        refused = office("--read-only", *words)
        assert refused.code == 1
        assert phone not in refused.out
        assert "只读" in refused.err
        shown = office(*words)
        assert (shown.code, phone in shown.out) == (0, True)
    out = tmp_path / "own.txt"
    assert office("personal-record", "欧阳修远", "--out", out).code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
