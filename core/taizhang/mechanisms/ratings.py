"""Ratings: what raters say of something for a period, on a scale of numbers or of named grades.

Each rater says it once for a period; who said it wrongly corrects it, as every fact is corrected. Persons
are not rated: there is no score and no ranking of members (domain F), and a declaration that tries is
refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from msgspec import Struct

from taizhang.declarations.actions import Action
from taizhang.declarations.fields import REQUIRED, Event, Row, field
from taizhang.declarations.kinds import Bad, Choice, Count, Kind
from taizhang.declarations.ledger import Ledger
from taizhang.declarations.programme import Programme, Table
from taizhang.mechanisms.deriving import Fields, code_of, declared, one_of, reference_of
from taizhang.words.errors import Refused
from taizhang.words.labels import Label, narrow

Per = Literal["year", "half-year", "quarter", "month"]

_FORMS: dict[Per, tuple[str, str, Label]] = {
    "year": (r"(\d{4})年?", "{0}", Label("2012", "2012")),
    "half-year": (
        r"(\d{4})年?(?:H([12])|([上下])半年)",
        "{0}H{1}",
        Label("2012H1 或 2012年上半年", "2012H1"),
    ),
    "quarter": (
        r"(\d{4})年?(?:Q([1-4])|第?([1-4一二三四])季度)",
        "{0}Q{1}",
        Label("2012Q3 或 2012年第三季度", "2012Q3"),
    ),
    "month": (
        r"(\d{4})[-/年](0?[1-9]|1[0-2])月?",
        "{0}-{1:02d}",
        Label("2012-06 或 2012年6月", "2012-06"),
    ),
}
"""For each length what people write, how it is stored, and an example."""
_WORDS = {"一": 1, "二": 2, "三": 3, "四": 4, "上": 1, "下": 2}


class PeriodKind(Kind):
    """A period of the calendar, all of one length: 2012, 2012H1, 2012Q3 or 2012-06."""

    name = "period"
    limit = 20

    def __init__(self, per: Per) -> None:
        self.per: Per = per

    def parse(self, text: str) -> str:
        pattern, form, example = _FORMS[self.per]
        match = re.fullmatch(pattern, narrow(text).upper().replace(" ", ""))
        if match is None:
            raise Bad(Label(f"应写成 {example.zh}", f"must be written {example.en}"))
        year, *parts = (part for part in match.groups() if part)
        return form.format(year, *(_WORDS.get(p) or int(p) for p in parts))


class Ratings(Struct, frozen=True):
    """The declarations of a rating: a row for what a rater said of one ``subject`` for one period."""

    table: Table[Any]


def ratings(
    programme: Programme,
    noun: str,
    label: str,
    subject: Any,
    *,
    rater: Any,
    scale: tuple[int, int] | Sequence[str],
    per: Per = "year",
    by: str = "评价单位|Rated by",
) -> Ratings:
    """Declares ratings of ``subject``, an annotated kind of reference such as ``Unit``, under ``noun``.

    The table is ``noun_ratings`` with ``noun``, ``period``, ``rater`` and ``grade``.

    Args:
        programme: whose ratings they are.
        noun: what the subject is called in names.
        label: what it is called by people, as a pair.
        subject: the annotated kind of reference of what is rated.
        rater: that of those who rate.
        scale: the lowest and highest number, or the named grades from the best to the last, as pairs.
        per: the period that a rating is of.
        by: what the rater is called by people, as a pair.

    Raises TypeError for a subject that is a person.
    """
    kind = reference_of(subject)
    if kind is None or kind.person:
        raise TypeError(f"{programme.id}.{noun}: ratings are of entities that are not persons")
    if isinstance(scale[0], int):
        low, high = int(scale[0]), int(scale[1])
        graded: Any = (Count, field("评分|Rating", low=low, high=high, default=REQUIRED))
        shown: Any = (Count, field("评分|Rating", default=REQUIRED))
    else:
        graded = shown = (
            Choice,
            field("等次|Grade", choices=[str(g) for g in scale], default=REQUIRED),
        )
    period = Annotated[str, PeriodKind(per)]

    def fields(grade: Any, *, ended: bool) -> Fields:
        return {
            noun: (subject, field(label, ended=ended, default=REQUIRED)),
            "period": (period, field("评价期|Period", default=REQUIRED)),
            "rater": (rater, field(by, ended=ended, default=REQUIRED)),
            "grade": grade,
        }

    zh, _, en = label.partition("|")
    table = programme.spans(
        f"{noun}_ratings",
        f"{zh}评价|Ratings: {en}",
        declared(Row, "RatingRow", "What a rater said for a period.", fields(shown, ended=True)),
        key=(noun, "period", "rater"),
        indexes=(("period",),),
    )
    table.code = code_of(__file__)
    doc = f"评价{zh}: rate {en}."
    event = declared(Event, "Rated", doc, fields(graded, ended=False))
    programme.event(f"{noun}_rated", f"评价{zh}|Rated: {en}")(event)
    table.sets(event)

    def decide(action: Any, ledger: Ledger) -> Iterator[Event]:
        """Refused where the rater has said it for the period: that is corrected, not said again."""
        given = {n: getattr(action, n) for n in (noun, "period", "rater", "grade")}
        key = {n: given[n] for n in (noun, "period", "rater")}
        before = ledger.spans(table.name, **key)
        if before:
            raise Refused(
                "{period} 已经评过（#{src}），有误请更正那一条"
                "|{period} is rated already (#{src}); correct that if it is wrong",
                period=action.period,
                src=before[0]["src"],
            )
        yield event(**given)

    made = declared(Action, "Rate", doc, fields(graded, ended=False), decide=decide)
    programme.action(f"{noun}.rate", f"评价{zh}|Rate {one_of(noun)}")(made)
    return Ratings(table)


__all__ = ["PeriodKind", "Ratings", "ratings"]
