"""What the demonstration shows of 五件式 (示例数据)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from taizhang.api import Deal, Ref, Scene, hookimpl

KINDS = ("急办件", "限时件", "限时件", "限时件", "承诺件", "补办件", "建议件")
CHANNELS = ("窗口受理", "窗口受理", "民情信箱", "服务热线", "民情连心卡", "党员代办")
WHAT = ("路灯不亮", "楼道堵塞", "证明盖章", "下水不通", "健身器材损坏", "晚间噪声", "增设长椅")


@hookimpl
def demonstration(scene: Scene) -> Iterator[Deal]:
    """A hundred and twenty matters of 2012, most of them through all steps."""
    chance = scene.chance
    for i in range(120):
        name, kind = f"wujian:matter:{i}", chance.choice(KINDS)
        day = dt.date(2012, 1, 5) + dt.timedelta(days=i * 355 // 120)
        fields: dict[str, object] = {
            "number": f"2012-{i + 1:03d}",
            "kind": kind,
            "channel": chance.choice(CHANNELS),
            "organisation": Ref(chance.choice(scene.villages)),
            "what": chance.choice(WHAT),
        }
        if kind == "限时件":
            fields["days"] = chance.choice((3, 5, 10))
        elif kind in ("承诺件", "补办件"):
            fields["promised"] = day + dt.timedelta(days=7 + chance.randrange(20))
        yield Deal("wujian.matter.accept", day, "", fields, name)
        for step in ("handle", "announce", "follow"):
            day += dt.timedelta(days=1 + chance.randrange(9))
            if day > scene.today or chance.random() < 0.02:
                break
            given = {"satisfied": chance.random() < 0.9} if step == "follow" else {}
            yield Deal(f"wujian.matter.{step}", day, "", {"matter": Ref(name), **given})
