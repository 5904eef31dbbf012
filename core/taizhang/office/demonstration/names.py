"""Fictional names, telephone numbers from unassigned ranges, and ID numbers that fail their check digit."""

from __future__ import annotations

import random

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
    "阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文单仇区翟"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华慧建国红玉兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛艳瑞凡佳嘉琼勤珍贞莉"
    "新民晓光志海山仁波宁贵福生龙元全胜学祥才发武利清飞彬富顺信子昌成康星天达安岩中茂进林有坚和彪博诚先敬震振壮会思群豪心邦承乐绍功松善厚庆"
)
DOUBLE = ("欧阳", "司马", "诸葛", "上官", "尉迟")


class Names:
    """Names without end; a few are borne by several people, as names are."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def person(self) -> str:
        """A person's name."""
        surname = (
            self.chance.choice(DOUBLE)
            if self.chance.random() < 0.004
            else self.chance.choice(SURNAMES)
        )
        length = 1 if self.chance.random() < 0.18 else 2
        return surname + "".join(self.chance.choice(GIVEN) for _ in range(length))

    def phone(self) -> str:
        """Eleven digits of a range that no operator has been given."""
        return f"100{self.chance.randrange(10**8):08d}"

    def id_number(self, year: int) -> str:
        """An ID number of an unassigned area whose check digit is wrong on purpose."""
        month, day = self.chance.randrange(1, 13), self.chance.randrange(1, 29)
        body = f"999999{year}{month:02d}{day:02d}{self.chance.randrange(1000):03d}"
        weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
        right = "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]
        return body + self.chance.choice([d for d in "0123456789" if d != right])
