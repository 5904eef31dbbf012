"""What the demonstration shows of 六诺 (示例数据)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from taizhang.api import Deal, Ref, Scene, hookimpl

WHAT = (
    "每周巡逻一次",
    "义务辅导两名学生",
    "为老人理发",
    "讲一堂政策课",
    "清理一处楼道",
    "调解邻里琐事",
)
POSTS = ("治安巡逻岗", "政策宣传岗", "义务教育岗", "便民服务岗", "纠纷调解岗")
STEPS = ("discuss", "examine", "show", "keep", "assess")
THREE = ("选择一岗", "贡献一技", "奉献一日")


@hookimpl
def demonstration(scene: Scene) -> Iterator[Deal]:
    """The posts of the year, who claimed them, and forty pledges at various steps."""
    chance = scene.chance
    yield Deal("liunuo.post.publish", dt.date(2012, 1, 10), "", {})
    staying = chance.sample([key for key, since in scene.members if since.year < 2012], 60)
    for key in staying[:45]:
        day = dt.date(2012, 3, 15) + dt.timedelta(days=chance.randrange(60))
        yield Deal("liunuo.post.claim", day, key, {"post": chance.choice(POSTS)})
    for i, key in enumerate(staying[:40]):
        name = f"liunuo:pledge:{i}"
        day = dt.date(2012, 3, 1) + dt.timedelta(days=chance.randrange(30))
        promised = dt.date(2012, 10, 1) + dt.timedelta(days=chance.randrange(200))
        fields = {"kind": "实事承诺", "what": chance.choice(WHAT), "promised": promised}
        yield Deal("liunuo.pledge.apply", day, key, fields, name)
        for step in STEPS[: chance.choice((2, 3, 4, 4, 5, 5, 5))]:
            day += dt.timedelta(days=5 + chance.randrange(25))
            given = {"examiner": Ref(scene.committee)} if step == "examine" else {}
            yield Deal(f"liunuo.pledge.{step}", day, "", {"pledge": Ref(name), **given})
    for key in staying:
        for item in chance.sample(THREE, chance.randrange(1, 4)):
            day = dt.date(2012, 2, 1) + dt.timedelta(days=chance.randrange(300))
            yield Deal("liunuo.item.do", day, key, {"item": item})
