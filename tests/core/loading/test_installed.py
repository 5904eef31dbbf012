"""What is installed, as the standard library says it, found without asking the standard library."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, DistributionFinder, entry_points
from pathlib import Path
from types import ModuleType
from zipfile import ZipFile

import pytest

from taizhang.loading import installed
from taizhang.loading.installed import Point, points

GROUP = "taizhang.plugins"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is asked of the standard library."""

    def never(group: str) -> Iterator[Point]:
        raise AssertionError(f"asked for {group}")

    monkeypatch.setattr(installed, "_asked", never)
    return


def told(group: str) -> list[tuple[str, str, str, str, str]]:
    """The same by the standard library."""
    found = []
    for point in entry_points(group=group):
        assert point.dist is not None
        said = (point.attr or "", point.dist.name, point.dist.version)
        found.append((point.name, point.module, *said))
    return sorted(found)


def ours(group: str) -> list[tuple[str, str, str, str, str]]:
    found = points(group)
    return sorted((p.name, p.module, p.attribute, p.distribution, p.version) for p in found)


def put(site: Path, folder: str, written: str | bytes, *, head: str | None = None) -> Path:
    """A distribution's metadata, as it stands in site-packages."""
    info = site / folder
    info.mkdir(parents=True)
    stem, _, kind = folder.rpartition(".")
    name, _, version = stem.partition("-")
    metadata = info / ("METADATA" if kind == "dist-info" else "PKG-INFO")
    metadata.write_text(
        head or f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: no\n"
    )
    data = written if isinstance(written, bytes) else written.encode()
    (info / "entry_points.txt").write_bytes(data)
    return info


@pytest.mark.parametrize(
    "group", [GROUP, "console_scripts", "pytest11", "taizhang.screens", "nobody's"]
)
def test_it_is_what_the_standard_library_says_of_this_very_installation(
    group: str, quick: None
) -> None:
    assert ours(group) == told(group)
    assert bool(ours(group)) == (group != "nobody's")


def test_and_of_every_way_to_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    put(one, "plain-1.0.dist-info", f"[{GROUP}]\nplain = taizhang_plain\n")
    put(
        one,
        "Odd.Name-2.0.dist-info",
        f"# no\n\n[other]\nx = y:z\n\n [{GROUP}] \n  a=b.c : d.e [more, than]\n#z = z\n",
    )
    put(one, "old-3.0.egg-info", f"[{GROUP}]\r\nold = taizhang_old\r\n")
    put(one, "not_text-1.0.dist-info", "[console_scripts]\nno = no:no\n")
    put(one, "second-1.0.dist-info", f"[{GROUP}.deeper]\nno = no\n[{GROUP}]\n中文 = taizhang_zh\n")
    put(two, "odd_name-9.dist-info", f"[{GROUP}]\nshadowed = taizhang_shadowed\n")
    put(
        two,
        "nameless.dist-info",
        f"[{GROUP}]\nnameless = taizhang_n\n",
        head="Name: 无名\nVersion: 7\n",
    )
    (two / "file-1.0.egg-info").write_text("Name: file\n")
    (two / "empty-1.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(one), str(tmp_path / "not there"), str(two)])
    assert [name for name, *_ in ours(GROUP)] == ["a", "nameless", "old", "plain", "中文"]
    assert ours(GROUP) == told(GROUP)


def test_installing_and_removing_show_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert points(GROUP) == []
    info = put(tmp_path, "late-1.0.dist-info", f"[{GROUP}]\nlate = taizhang_late\n")
    assert points(GROUP) == [Point("late", "taizhang_late", "", "late", "1.0")]
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nlater = taizhang_late\n")
    assert [p.name for p in points(GROUP)] == ["later"]
    (info / "entry_points.txt").unlink()
    assert points(GROUP) == []


def test_what_cannot_be_read_hides_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    put(tmp_path, "bytes-1.0.dist-info", b"[" + GROUP.encode() + b"]\nbad = \xff\xfe\n")
    put(tmp_path, "words-1.0.dist-info", f"[{GROUP}]\nno equals sign\n = \nnothing =\n")
    put(tmp_path, "sound-1.0.dist-info", f"[{GROUP}]\nsound = taizhang_sound\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert [p.name for p in points(GROUP) if p.name] == ["sound"]


def test_an_archive_on_the_path_is_looked_into(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ZipFile(tmp_path / "packed.zip", "w") as made:
        made.writestr("packed-1.0.dist-info/METADATA", "Name: packed\nVersion: 1.0\n")
        made.writestr(
            "packed-1.0.dist-info/entry_points.txt", f"[{GROUP}]\npacked = taizhang_packed\n"
        )
    monkeypatch.setattr(sys, "path", [str(tmp_path / "packed.zip")])
    assert ours(GROUP) == told(GROUP) == [("packed", "taizhang_packed", "", "packed", "1.0")]


def test_a_path_that_is_no_text_is_left_to_the_standard_library(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "path-1.0.dist-info", f"[{GROUP}]\npath = taizhang_path\n")
    monkeypatch.setattr(sys, "path", [tmp_path])
    assert ours(GROUP) == told(GROUP) == [("path", "taizhang_path", "", "path", "1.0")]


def test_a_finder_of_others_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = put(tmp_path / "aside", "aside-1.0.dist-info", f"[{GROUP}]\naside = taizhang_aside\n")

    class Aside:
        @staticmethod
        def find_distributions(context: DistributionFinder.Context) -> Iterator[Distribution]:
            yield Distribution.at(info)

        @staticmethod
        def find_spec(name: str, path: object = None, target: ModuleType | None = None) -> None:
            return None

    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Aside])
    assert ours(GROUP) == told(GROUP) == [("aside", "taizhang_aside", "", "aside", "1.0")]


def test_an_entry_point_is_loaded() -> None:
    assert Point("name", "os.path", "join", "", "").load() is __import__("os").path.join
    assert Point("name", "json", "JSONDecoder.decode", "", "").load().__name__ == "decode"
    assert Point("name", "json", "", "", "").load().__name__ == "json"
