"""The count of ballots: who is elected, who is not, and among whom the vote is tied.

The shares that the rules ask for are those of votes in general (:mod:`taizhang.office.meetings.rules`); what is only
of elections, the margin of candidates and the order of names, stands here as data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from taizhang.office.meetings.rules import VotingRule, rule_of

ELECTED, BEATEN, TIED, VOID = "当选", "未当选", "票数相等", "无效"
OUTCOMES = (f"{ELECTED}|Elected", f"{BEATEN}|Not elected", f"{TIED}|Tied", f"{VOID}|Void")


class Margin(NamedTuple):
    """By how many of the seats there have to be more candidates, from a day on."""

    percent: int
    since: date
    edition: str
    source: str = "G.vote"

    def wanted(self, seats: int) -> int:
        """The number of candidates that so many seats ask for: a part of one counts as one."""
        return seats + math.ceil(seats * self.percent / 100)


MARGINS = (
    Margin(
        20, date(1990, 6, 27), "选举工作暂行条例 1990|Provisional regulations on elections 1990"
    ),
    Margin(20, date(2020, 7, 13), "选举工作条例 2020|Regulations on elections 2020"),
)


def margin_of(day: date) -> Margin | None:
    """The margin of candidates that holds on a day, None before the first that is listed."""
    return max((m for m in MARGINS if m.since <= day), key=lambda m: m.since, default=None)


class Ballots(NamedTuple):
    """The slips of one round: how many were given out, came back, and were valid, of how many people."""

    entitled: int
    present: int
    issued: int
    collected: int
    valid: int

    @property
    def void(self) -> bool:
        """More slips came back than were given out: then the round does not count."""
        return self.collected > self.issued


def winners(
    votes: Mapping[str, int], seats: int, ballots: Ballots, rule: VotingRule | None
) -> dict[str, str]:
    """Counts one round for one office.

    Args:
        votes: the votes in favour of each candidate.
        seats: how many seats are open.
        ballots: the slips of the round.
        rule: the rule of the day on presence and majority; None takes more than half of those present.

    Returns:
        The outcome for each candidate. Of those with enough votes the ones with the most are elected; where more
        have the same number than seats are left, all of these are tied, and vote again.
    """
    if ballots.void:
        return dict.fromkeys(votes, VOID)
    if rule is None:
        passed = {one: 2 * n > ballots.present for one, n in votes.items()}
    else:
        counted = (ballots.entitled, ballots.present)
        passed = {one: rule.carried(*counted, n) for one, n in votes.items()}
    enough = {one: n for one, n in votes.items() if passed[one]}
    outcome = dict.fromkeys(votes, BEATEN)
    for number in sorted(set(enough.values()), reverse=True):
        level = [one for one, n in enough.items() if n == number]
        if not seats:
            break
        for one in level:
            outcome[one] = ELECTED if len(level) <= seats else TIED
        if len(level) > seats:
            break
        seats -= len(level)
    return outcome


def election_rule(day: date) -> VotingRule | None:
    """The rule on presence and majority of an election on a day."""
    return rule_of("选举", day)


STROKES: Sequence[str] = (
    "",
    "",
    "丁卜刁刀乃",
    "于万马山习",
    "王韦元云尤车戈木仇毛牛乌卞文方尹孔巴邓",
    "艾古左石甘平龙东卢叶申田史冉付丘白丛包冯兰司皮边",
    "邢吉匡巩成毕师朱乔仲伍任伊华向吕全邬庄刘齐闫关米江池汤安许祁阮孙阴阳纪牟",
    "贡劳杜杨李严巫苏芦连吴岑时何佟余谷邱邹狄辛应冷汪沈沙宋迟张陆陈邵",
    "苗苑范林茅郁武欧尚易明罗季竺岳牧金周郎庞郑单宗宓房居孟弥经",
    "项柏胡柯柳荣郝查南赵封荀茹相哈钟段侯俞饶娄姜施洪宫祖祝骆费姚贺",
    "秦袁聂莫桂栗贾夏原顾晁柴钱倪徐殷翁凌高郭席唐浦涂海诸谈陶姬桑",
    "黄萧梅曹龚盛戚常崔符麻康章商鹿梁屠隋隆彭尉",
    "葛董蒋韩覃惠景喻嵇程傅焦储舒鲁童普曾游温富谢强",
    "蓝蒲蒙赖甄雷虞路鲍解詹廉靳褚窦裘满",
    "蔡臧裴管廖端阚谭翟熊缪",
    "樊黎滕颜潘",
    "薛霍冀穆",
    "戴檀魏鞠糜",
    "瞿",
    "",
    "",
)
"""Surnames by the number of their strokes, those of one number by the first stroke (横竖撇点折)."""

_PLACE = {name: (n, i) for n, names in enumerate(STROKES) for i, name in enumerate(names)}


def by_strokes(name: str) -> tuple[int, int, str]:
    """The place of a name on a ballot (姓氏笔画): surnames with fewer strokes first; those not listed come last."""
    number, place = _PLACE.get(name[:1], (len(STROKES), 0))
    return number, place, name
