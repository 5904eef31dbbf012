"""Settings of a programme on the screen: what holds, what is wrong, changing it; the program goes by it."""

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from officekit.notes import BODY, HEAD, install

from taizhang.cli import main
from taizhang.loading import trust
from taizhang.maintenance import control
from taizhang.store.paths import StorePaths
from taizhang_tui.app.application import TaizhangApp
from taizhang_tui.desk.desk import Desk
from taizhang_tui.testing import Stage

SETTINGS = """
from datetime import date

LIMIT = programme.setting("limit", Count, "上限|Limit", 1, low=1, high=99, help="最多几张|At most so many")
WAY = programme.setting("way", Choice, "方式|Way", "纸", choices=("纸|paper", "屏|screen"))
programme.setting("begin", Date, "开始|Begin", date(2012, 1, 1))
programme.setting("loud", Yes, "提醒|Remind", False)
"""

GUESS = '''
@programme.action("note.guess", "猜便条|Guess a note")
class GuessNote(Action):
    """As many as may be."""

    member: Member = field("党员|Member")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        if len(ledger.rows("demo1_notes")) >= LIMIT.of(ledger):
            raise Refused(f"最多 {LIMIT.of(ledger)} 张|too many")
        yield TakeNote(member=self.member, text=WAY.of(ledger))
'''

SOURCE = HEAD.format(name="demo1") + SETTINGS + BODY + GUESS

MINE = """\
# 我们的
disabled = []  # 都要
key_file = "store.key"

[plugin.demo1]
limit = 3 # 支委会定的

[plugin.other]
x = 1
"""


@pytest.fixture
def settable(community: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The community with a trusted programme that has settings."""
    monkeypatch.setenv(trust.PLACE, str(tmp_path / "own"))
    (community / "plugins").mkdir()
    (community / "plugins" / "demo1.py").write_text(SOURCE, "utf-8")
    control.trust(StorePaths(community), "demo1")
    return community


def _config(store: Path) -> str:
    return (store / "config.toml").read_text("utf-8")


def _of_demo1(store: Path) -> dict[str, Any] | None:
    made: dict[str, Any] | None = tomllib.loads(_config(store)).get("plugin", {}).get("demo1")
    return made


async def _opened(stage: Any) -> None:
    await stage.press("p")
    await stage.shows("demo1", "liudai", "回车 设置")
    await stage.press("home", "enter")
    await stage.shows("设置 demo1 试验", "键名 limit")


async def test_what_is_set_is_shown_changed_written_and_gone_by(
    staged: Any, settable: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (settable / "config.toml").write_text(MINE, "utf-8")
    async with staged(settable) as stage:
        await _opened(stage)
        await stage.shows("现值 3，默认 1，键名 limit", "最多几张", "现值 纸，默认 纸，键名 way")
        await stage.shows("键名 begin", "现值 否，默认 否，键名 loud")
        await stage.shows("Ctrl+S 保存", "Ctrl+R 恢复默认", "F1 帮助", "Ctrl+P 命令")
        await stage.press("ctrl+s")
        await stage.tells("没有改动")
        assert _config(settable) == MINE
        await stage.press("end", "backspace", "'２", "down", "right", "down")
        await stage.press("'2012年3月1日", "down", "1", "ctrl+s")
        await stage.tells("已保存，从现在起按新值；已登记的不变")
        await stage.shows("现值 2，", "现值 屏，", "现值 2012-03-01，", "现值 是，")
        desk = stage.app.desk
        await desk.do(lambda ws: ws.record("demo1.note.guess", {"member": "王小明"}))
        assert [row["text"] for row in desk.ledger().rows("demo1_notes")] == ["屏"]
        text = _config(settable)
        assert text.startswith(MINE[: MINE.index("limit")] + "limit = 2 # 支委会定的\n")
        assert text.endswith("\n[plugin.other]\nx = 1\n")
        await stage.press("escape")
        await stage.gone("键名")
    with pytest.raises(SystemExit, match="0"):
        main(["--store", str(settable), "plugins", "settings", "demo1", "--json"])
    told = {one["name"]: one["value"] for one in json.loads(capsys.readouterr().out)}
    assert told == {"limit": "2", "way": "屏", "begin": "2012-03-01", "loud": "是"}


async def test_a_wrong_value_is_one_sentence_and_nothing_is_lost(
    staged: Any, settable: Path
) -> None:
    async with staged(settable) as stage:
        await _opened(stage)
        await stage.press("end", "'00")
        await stage.shows("✗ 不得大于 99")
        await stage.press("down", "right", "ctrl+s")
        await stage.until(lambda: stage.app.screen.focused.name == "limit")
        assert _of_demo1(settable) is None, "all or none"
        assert stage.app.screen.values["limit"] == "100"
        await stage.press("escape")
        await stage.shows("不保存就离开？")
        await stage.press("escape")
        await stage.gone("不保存就离开？")
        await stage.press("end", "backspace", "ctrl+s")
        await stage.tells("已保存")
        assert _of_demo1(settable) == {"limit": 10, "way": "屏"}
        await stage.press("ctrl+r", "ctrl+s")
        await stage.shows("现值 1，默认 1，键名 limit")
        assert _of_demo1(settable) == {"way": "屏"}
        # Somebody spoils the file meanwhile: it is said, and neither side is lost.
        (settable / "config.toml").write_text("limit = = 3\n", "utf-8")
        await stage.press("end", "'2", "ctrl+s")
        await stage.tells("config.toml 写法有误")
        assert _config(settable) == "limit = = 3\n"
        assert stage.app.screen.values["limit"] == "12"
        await stage.press("escape", "enter")
        await stage.shows("demo1", "liudai", "回车 设置")
        stage.app.screen.renew()
        await stage.tells("config.toml 写法有误")
        await stage.shows("demo1", "liudai")


async def test_what_somebody_wrote_wrongly_is_said_until_it_is_mended(
    staged: Any, settable: Path
) -> None:
    (settable / "config.toml").write_text(
        'key_file = "store.key"\n[plugin.demo1]\nlimit = "[viele]"\nlimits = 3\n', "utf-8"
    )
    async with staged(settable, size=(80, 30)) as stage:
        await _opened(stage)
        await stage.shows("limit：应为整数；先用默认值 1", "[plugin.demo1] limits：没有这项设置")
        await stage.press("end", "'2", "ctrl+s")
        await stage.shows("现值 12，")
        await stage.gone("应为整数")
        await stage.shows("limits：没有这项设置")
        assert _of_demo1(settable) == {"limit": 12, "limits": 3}


async def test_at_another_time_they_are_only_looked_at(staged: Any, settable: Path) -> None:
    async with staged(settable) as stage:
        await stage.press("left_square_bracket")
        await stage.shows("只读")
        await _opened(stage)
        await stage.press("'9", "ctrl+s")
        await stage.tells("只读；按 0 回到现在")
        assert not stage.app.screen._changed()
        await stage.press("0")
        await stage.until(lambda: "只读" not in stage.lines()[0])
        await stage.press("tab", "end", "'9", "ctrl+s")
        await stage.shows("现值 19，")


async def test_a_programme_without_settings_says_so(staged: Any, community: Path) -> None:
    async with staged(community) as stage:
        await stage.press("p")
        await stage.shows("liudai", "回车 设置")
        await stage.press("enter")
        await stage.tells("没有设置")
        assert type(stage.app.screen).__name__ == "PluginsScreen"


async def test_a_store_opened_read_only_is_only_looked_at(
    settable: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a store from elsewhere no file is run: the programme is an installed one.
    site = tmp_path / "site"
    (settable / "plugins" / "demo1.py").unlink()
    install(site, "demo1", SOURCE)
    monkeypatch.syspath_prepend(str(site))
    before = _config(settable)
    desk = Desk(str(settable), "测试员", from_elsewhere=True)
    app = TaizhangApp(desk, desk.open())
    try:
        async with app.run_test(size=(80, 24), notifications=True) as pilot:
            stage = Stage(app, pilot)
            await stage.shows("姓名")
            await _opened(stage)
            await stage.press("'9", "ctrl+r", "ctrl+s")
            await stage.tells("账册以只读方式打开")
            await stage.shows("现值 1，默认 1，键名 limit")
    finally:
        desk.close()
        sys.modules.pop("taizhang_demo1", None)
    assert _config(settable) == before
