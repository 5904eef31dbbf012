"""Keys that are lost are said on the screen."""

from pathlib import Path

from taizhang_tui.app.application import TaizhangApp
from taizhang_tui.desk.desk import Desk


async def test_lost_keys_are_said(community: Path) -> None:
    (community / "keys.db").unlink()
    app = TaizhangApp(Desk(str(community)))
    async with app.run_test(size=(80, 24)) as pilot:
        for _ in range(200):
            if any("keys.db" in n.message for n in app._notifications):
                break
            await pilot.pause(0.05)
        assert any("keys.db 不见了" in n.message for n in app._notifications)
    app.desk.close()
