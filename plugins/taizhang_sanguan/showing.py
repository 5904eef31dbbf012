"""What the demonstration shows of 三管三抓 (示例数据)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from taizhang.api import Deal, Ref, Scene, hookimpl

PLACES = ("合肥", "芜湖", "上海", "苏州", "杭州", "深圳")
WORK = ("建筑", "餐饮", "运输", "经商", "家政")
KINDS = ("传达精神", "通报情况", "征求意见", "亮身份活动", "学习教育", "主题实践")


@hookimpl
def demonstration(scene: Scene) -> Iterator[Deal]:
    """Thirty members who went out, most of them paired, certified and in touch."""
    chance = scene.chance
    settled = [key for key, since in scene.members if since.year < 2011]
    chosen = chance.sample(settled, 60)
    yield Deal(
        "sanguan.survey.do",
        dt.date(2012, 2, 1),
        "",
        {"organisation": Ref(scene.committee), "found": 30, "unassigned": 0},
    )
    for i, (key, partner) in enumerate(zip(chosen[:30], chosen[30:], strict=True)):
        day = dt.date(2012, 2, 3) + dt.timedelta(days=chance.randrange(60))
        fields = {"way": "流出", "place": chance.choice(PLACES), "work": chance.choice(WORK)}
        yield Deal("sanguan.mobile.register", day, key, fields)
        if chance.random() < 0.9:
            day += dt.timedelta(days=10)
            yield Deal("sanguan.pair.form", day, key, {"partner": Ref(partner)})
        if chance.random() < 0.9:
            day += dt.timedelta(days=5)
            yield Deal("sanguan.certificate.issue", day, key, {"number": f"流证{i + 1:03d}"})
        for _ in range(chance.randrange(4)):
            later = day + dt.timedelta(days=chance.randrange(200))
            yield Deal("sanguan.contact.make", later, key, {"kind": chance.choice(KINDS)})
