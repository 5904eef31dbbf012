"""Settings of a programme: declared with kinds, shown and changed by the real program, read when it decides."""

import tomllib
from pathlib import Path

import pytest
from officekit.notes import BODY, HEAD

from taizhang.api import Choice, Count, Date, IdNumber, Member, Minutes, Money, Programme, Yes
from taizhang.declarations.registry import Registry
from taizhang.loading.loader import core_registry
from taizhang.loading.settings import change
from taizhang.store.paths import StorePaths
from taizhang.words.errors import Usage

from .conftest import Office

SETTINGS = """
LIMIT = programme.setting("limit", Count, "上限|Limit", 1, low=1, high=99, help="最多几张|At most so many")
WAY = programme.setting("way", Choice, "方式|Way", "纸", choices=("纸|paper", "屏|screen"))
programme.setting("begin", Date, "开始|Begin", None or __import__("datetime").date(2012, 1, 1))


@programme.action("note.guess", "猜便条|Guess a note")
class GuessNote(Action):
    \"\"\"As many as may be.\"\"\"

    member: Member = field("党员|Member")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        if len(ledger.rows("demo1_notes")) >= LIMIT.of(ledger):
            raise Refused(f"最多 {LIMIT.of(ledger)} 张|too many")
        yield TakeNote(member=self.member, text=WAY.of(ledger))
"""

GUESS = ("record", "demo1.note.guess", "--member", "王小明", "--on", "2012-04-01")


@pytest.fixture
def set_up(office: Office) -> Office:
    """An office with a programme that has settings."""
    office.install("demo1", HEAD.format(name="demo1") + BODY + SETTINGS)
    return office


def values(office: Office) -> dict[str, str]:
    """The settings as they are shown."""
    return {s["name"]: s["value"] for s in office.read("plugins", "settings", "demo1")}


def test_what_is_set_is_what_it_decides_by(set_up: Office) -> None:
    assert values(set_up) == {"limit": "1", "way": "纸", "begin": "2012-01-01"}
    assert set_up.run(*GUESS).returncode == 0
    refused = set_up.run(*GUESS)
    assert (refused.returncode, "最多 1 张" in refused.stderr) == (1, True)
    done = set_up.run(
        "plugins", "settings", "demo1", "limit=２", "way=screen", "begin=2012年3月1日"
    )
    assert done.returncode == 0, done.stderr
    assert values(set_up) == {"limit": "2", "way": "屏", "begin": "2012-03-01"}
    assert set_up.run(*GUESS).returncode == 0
    assert [r["text"] for r in set_up.read("show", "demo1_notes")] == ["纸", "屏"]
    assert set_up.run("plugins", "settings", "demo1", "limit=").returncode == 0
    assert values(set_up)["limit"] == "1", "an empty value goes back to the default"


def test_people_s_own_writing_is_left_as_it_is(set_up: Office) -> None:
    config = set_up.store / "config.toml"
    config.write_text(
        '# 我们的设置\nplugins = ["demo1"]  # 只用这一个\n\n[plugin.other]\nx = 1 # 别人的\n',
        "utf-8",
    )
    assert set_up.run("plugins", "settings", "demo1", "limit=7").returncode == 0
    text = config.read_text("utf-8")
    for kept in ("# 我们的设置", "# 只用这一个", "# 别人的"):
        assert kept in text
    assert tomllib.loads(text) == {
        "plugins": ["demo1"],
        "plugin": {"other": {"x": 1}, "demo1": {"limit": 7}},
    }
    assert set_up.run("plugins", "disable", "liudai").returncode == 0
    assert values(set_up)["limit"] == "7"


def test_a_value_that_does_not_do_is_refused_in_one_sentence_each(set_up: Office) -> None:
    before = values(set_up)
    done = set_up.run("plugins", "settings", "demo1", "limit=100", "way=口", "begin=2012-05-01")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "错误：上限（limit）：不得大于 99",
        "方式（way）：应为 纸、屏 之一",
    ]
    assert values(set_up) == before, "all or none"
    for words, said in ((("x=1",), "没有设置 x"), (("limit",), "KEY=VALUE")):
        done = set_up.run("plugins", "settings", "demo1", *words)
        assert done.returncode == 2
        assert said in done.stderr
    assert set_up.run("plugins", "settings", "nobody").returncode == 1


def test_what_somebody_wrote_wrongly_is_said_and_passed_over(set_up: Office) -> None:
    config = set_up.store / "config.toml"
    config.write_text('[plugin.demo1]\nlimit = "viele"\nway = [1]\nlimits = 3\n', "utf-8")
    assert values(set_up) == {"limit": "1", "way": "纸", "begin": "2012-01-01"}
    said = set_up.run("tables").stderr
    assert "[plugin.demo1] limit：应为整数；先用默认值 1" in said
    assert "[plugin.demo1] way：应为单个值" in said
    assert "[plugin.demo1] limits：没有这项设置" in said


def test_a_declaration_that_would_not_do_is_refused() -> None:
    programme = Programme("demo1", "试验|Trial")
    for kind, default in ((Count, 0), (Count, "3"), (Choice, "没有"), (Date, "2012-01-01")):
        with pytest.raises(ValueError, match="default"):
            programme.setting("one", kind, "一|One", default, choices=("有|yes",), low=1)
    for kind in (Member, IdNumber):
        with pytest.raises(TypeError, match="personal"):
            programme.setting("one", kind, "一|One", "")
    for kind, default in ((Money, 1250), (Minutes, 90), (Yes, False)):
        programme.setting(f"s{default}".lower(), kind, "一|One", default)
    with pytest.raises(ValueError, match="taken"):
        programme.setting("s90", Count, "一|One", 3)
    with pytest.raises(ValueError, match="name"):
        programme.setting("Big Name", Count, "一|One", 3)


@pytest.mark.parametrize(
    "mine",
    [
        '[plugin.other]\nx = 1 # 我们的\n\n[rest]\ny = 2\n\n[plugin.demo1]\nway = "屏"\n',
        '[plugin]\nother = {x = 1}  # 我们的\ndemo1 = {way = "屏"}\n\n[rest]\ny = 2\n',
        'plugin = {other = {x = 1}, demo1 = {way = "屏"}} # 我们的\nrest = {y = 2}\n',
        'rest.y = 2\nplugin.other.x = 1 # 我们的\nplugin.demo1.way = "屏"\n',
    ],
    ids=["apart", "on one line", "all on one line", "dotted"],
)
def test_however_people_write_tables_nothing_of_theirs_is_dropped(
    mine: str, tmp_path: Path
) -> None:
    paths, registry = _settable(tmp_path)
    for written in (mine, mine.replace("demo1", "demo2")):
        paths.config.write_text(written, "utf-8")
        before = tomllib.loads(written)
        change(paths, registry, "demo1", {"limit": "7", "due": "-1.50"})
        assert "# 我们的" in paths.config.read_text("utf-8")
        before["plugin"].setdefault("demo1", {}).update(limit=7, due="-1.50")
        assert paths.settings() == before
        assert (registry.setting("demo1", "limit"), registry.setting("demo1", "due")) == (7, -150)


@pytest.mark.parametrize("mine", ["plugin = 3\n", "[plugin]\ndemo1 = 3\n"])
def test_what_stands_in_a_table_s_place_is_not_written_over(mine: str, tmp_path: Path) -> None:
    paths, registry = _settable(tmp_path)
    paths.config.write_text(mine, "utf-8")
    with pytest.raises(Usage, match="没有写入"):
        change(paths, registry, "demo1", {"limit": "7"})
    assert paths.config.read_text("utf-8") == mine


def _settable(folder: Path) -> tuple[StorePaths, Registry]:
    programme = Programme("demo1", "试验|Trial")
    programme.setting("limit", Count, "上限|Limit", 1)
    programme.setting("way", Choice, "方式|Way", "纸", choices=("纸|paper", "屏|screen"))
    programme.setting("due", Money, "应缴|Due", 0)
    registry = core_registry()
    registry.add(programme)
    return StorePaths(folder), registry
