"""Parameters of the office (参数): the numbers of its rules that are no more than a number, with edition and source.

An office that decides otherwise records it with the day from which it holds (``parameter.set``); what was reckoned before stays.
"""

from __future__ import annotations

from datetime import date

from taizhang.api import Parameter, Programme, Value, as_published, parameters

programme = Programme("parameters", "参数|Parameters", nouns=("parameter",))

_DUES, _DUES_2008 = date(2008, 4, 1), "党费收缴使用管理规定 2008|Rules on dues 2008"
_TERMS, _TERMS_2018 = date(2018, 7, 1), "任期的意见 2018|Opinion on terms 2018"

DUES_BACK = Parameter(
    "补缴党费的期限|Months for which dues are paid up",
    [as_published(6, _DUES, edition=_DUES_2008, source="G.dues")],
    measure="月|months",
    low=1,
    high=120,
)
DUES_CENTRAL = Parameter(
    "整笔上交中央的自愿多缴|An extra contribution that goes to the centre whole",
    [as_published(1000, _DUES, edition=_DUES_2008, source="G.dues")],
    measure="元|yuan",
    low=1,
)
TERM_EXTENSION = Parameter(
    "延期换届的期限|Months by which an election may come later",
    [as_published(12, _TERMS, edition=_TERMS_2018, source="G.terms")],
    measure="月|months",
    high=60,
)

_OLD, _OLD_EDITION = (
    date(1990, 6, 27),
    "选举工作暂行条例 1990|Provisional regulations on elections 1990",
)
_LAW, _LAW_2018 = date(1990, 1, 1), date(2018, 12, 29)
_COMMUNITY, _ELSEWHERE = "社区或村", "其他"


def _months(of: str, months: int, since: date, until: date | None, edition: str) -> Value:
    return as_published(months, since, until, edition=edition, source="G.terms", of=of)


def _term(kind: str, place: str, months: int) -> tuple[Value, Value]:
    """Three years until 2018, and ``months`` since then."""
    of = f"{kind}·{place}"
    return (
        _months(of, 36, _OLD, _TERMS, _OLD_EDITION),
        _months(of, months, _TERMS, None, _TERMS_2018),
    )


_RESIDENTS = tuple(
    value
    for place in (_COMMUNITY, _ELSEWHERE)
    for value in (
        _months(f"居民委员会·{place}", 36, _LAW, _LAW_2018, "居民委员会组织法 1989|Act of 1989"),
        _months(f"居民委员会·{place}", 60, _LAW_2018, None, "居民委员会组织法 2018|Act of 2018"),
    )
)
_TERM_VALUES = (
    *_term("党委委员会", _COMMUNITY, 60),
    *_term("党委委员会", _ELSEWHERE, 60),
    *_term("总支委员会", _COMMUNITY, 60),
    *_term("总支委员会", _ELSEWHERE, 36),
    *_term("支部委员会", _COMMUNITY, 60),
    *_term("支部委员会", _ELSEWHERE, 36),
    *_RESIDENTS,
)
TERM_MONTHS = Parameter(
    "任期|Length of a term",
    _TERM_VALUES,
    measure="月|months",
    classes=tuple(dict.fromkeys(value.of for value in _TERM_VALUES)),
    low=1,
    high=120,
)
"""Before 2018 committees of the Party served three to five years, branches two or three; three is taken here, and a term of
another length is entered with its months."""

UNIT_FLOOR = Parameter(
    "单位单独建立党支部的党员数|Full members with which a unit has a branch of its own",
    [as_published(3, date(1990, 1, 1), edition="党章|Party constitution", source="G.branch")],
    measure="名|members",
    low=1,
    high=50,
)

PAPER_MONTHS = Parameter(
    "证明信的最长有效期|Months for which a certificate of membership is valid",
    [as_published(6, date(1949, 10, 1), source="G.mobile", of="党员证明信")],
    measure="月|months",
    classes=("党员证明信", "流动党员活动证"),
    low=1,
    high=60,
)

parameters(
    programme, (DUES_BACK, DUES_CENTRAL, TERM_EXTENSION, TERM_MONTHS, UNIT_FLOOR, PAPER_MONTHS)
)
