"""What people should look at in development files, by the rule of the day of the act; a reason is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from taizhang.api import Ledger, among, in_force, months_after
from taizhang.office.development.course import (
    ACTIVIST,
    BY_PLACE,
    CANDIDATE,
    CONFIRMATION,
    CONTACTS,
    EDITIONS,
    LEAST_TRAINING,
    LIMITS,
    OBSERVED,
    PUT_OFF_AT_MOST,
    SPONSORS,
    TRAINED,
    WATCHED,
    Edition,
    Limit,
)
from taizhang.office.development.guiding import skipped
from taizhang.office.development.tables import EXTENDED, UNDER, programme

Breaches = Iterator[tuple[str, int]]
READS = ("development", "development_steps", "disclosures", "calendar_years")

soft = partial(programme.check, entity="development", hard=False, reads=READS)
"""Declares a check that asks for a reason and looks at files and their steps."""


def _steps(
    ledger: Ledger, edition: Edition, ids: Sequence[str] | None, where: str, *values: Any
) -> list[dict[str, Any]]:
    """The steps taken on the days of an edition."""
    return ledger.query(
        "SELECT s.*, d.special, d.paused FROM development_steps s "
        "JOIN development d ON d.id = s.development "
        f"WHERE s.passed AND s.on_date >= ? AND s.on_date < ? AND {where} "
        f"AND {among('s.development', ids)}",
        edition.since.isoformat(),
        edition.until.isoformat() if edition.until else "~",
        *values,
        *(ids or ()),
    )


def _said(zh: str, en: str, edition: Edition) -> str:
    """A sentence with the edition that it is held against."""
    edition_zh, _, edition_en = edition.label.partition("|")
    return f"{zh}（{edition_zh}）|{en} ({edition_en})"


def _limit(edition: Edition, limit: Limit) -> None:
    step, after = BY_PLACE[limit.place], BY_PLACE[limit.after]
    many = limit.most or limit.least
    (one, en), (other, other_en) = (s.label.split("|") for s in (step, after))
    if limit.most:
        words = (
            f"“{one}”应在“{other}”后 {many} 个月内",
            f"“{en}” comes within {many} months of “{other_en}”",
        )
    else:
        words = (
            f"“{one}”应在“{other}”满 {many} 个月后",
            f"“{en}” comes {many} months after “{other_en}”",
        )

    @soft(
        f"limit-{limit.place}-{edition.key}",
        _said(*words, edition),
    )
    def find(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
        for row in _steps(ledger, edition, ids, "s.place = ?", limit.place):
            began = ledger.value(
                "SELECT max(on_date) FROM development_steps WHERE development = ? AND place = ? "
                "AND passed AND on_date <= ?",
                row["development"],
                limit.after,
                row["on_date"],
            )
            if began is None or row["special"]:
                continue
            day, bound = (
                date.fromisoformat(row["on_date"]),
                months_after(date.fromisoformat(began), many),
            )
            if limit.least and limit.after == ACTIVIST:
                bound += timedelta(days=row["paused"])
            if day > bound if limit.most else day < bound:
                yield row["development"], row["src"]


def _skips(edition: Edition) -> None:
    @soft(
        f"skipped-{edition.key}",
        _said("前面有步骤没有记", "Steps before it are not recorded", edition),
    )
    def find(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
        """One for the first step that was taken after what was skipped."""
        for row in _steps(ledger, edition, ids, "d.special IS NULL"):
            gaps = ledger.query(skipped(f"'{row['development']}'", str(row["place"])))
            if any(_first(ledger, row, gap["place"]) for gap in gaps):
                yield row["development"], row["src"]


def _first(ledger: Ledger, row: dict[str, Any], gap: int) -> bool:
    """Tells if a step is the first that was taken after a place."""
    first = ledger.value(
        "SELECT src FROM development_steps WHERE development = ? AND place > ? AND passed "
        "ORDER BY on_date, src LIMIT 1",
        row["development"],
        gap,
    )
    return bool(first == row["src"])


for _edition in EDITIONS:
    for _one in in_force(LIMITS, _edition.since):
        _limit(_edition, _one)
    _skips(_edition)


@soft(
    "order",
    "步骤日期先后颠倒|Steps stand in another order than their days",
)
def _order(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    for row in ledger.query(
        "SELECT a.development AS id, max(a.src) AS src FROM development_steps a "
        "JOIN development_steps b ON b.development = a.development AND b.place > a.place "
        "AND b.passed AND b.on_date < a.on_date AND b.place < ? "
        "JOIN development d ON d.id = a.development "
        f"WHERE a.passed AND a.place NOT IN ({OBSERVED}, {WATCHED}) AND d.extended = 0 "
        f"AND {among('a.development', ids)} GROUP BY a.development",
        CONFIRMATION,
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@soft(
    "training",
    f"集中培训不足 {LEAST_TRAINING.days} 天或 {LEAST_TRAINING.hours} 学时"
    f"|Less than {LEAST_TRAINING.days} days or {LEAST_TRAINING.hours} hours of training",
)
def _training(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    for row in ledger.query(
        "SELECT development AS id, src FROM development_steps WHERE place = ? AND passed AND on_date >= ? "
        "AND coalesce(days, 0) < ? AND coalesce(hours, 0) < ? AND coalesce(days, hours) IS NOT NULL "
        f"AND {among('development', ids)}",
        *(TRAINED, LEAST_TRAINING.since.isoformat(), LEAST_TRAINING.days, LEAST_TRAINING.hours),
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@soft(
    "sponsor",
    "联系人、介绍人应为正式党员|Contacts and sponsors are full members",
    reads=(*READS, "members"),
)
def _sponsor(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    for row in ledger.query(
        "SELECT s.development AS id, s.src AS src FROM development_steps s "
        "WHERE s.passed AND s.place IN (?, ?) AND EXISTS ("
        "SELECT 1 FROM members_all m WHERE m.id IN (s.sponsor, s.second) AND m.since <= s.on_date "
        "AND (m.until IS NULL OR m.until > s.on_date) AND m.stage <> '正式党员') "
        f"AND {among('s.development', ids)}",
        CONTACTS,
        SPONSORS,
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@soft(
    "extension",
    "延长预备期应为半年至一年|A probation is extended by six months to a year",
)
def _extension(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    for edition in EDITIONS:
        low, high = edition.extension
        for row in _steps(ledger, edition, ids, "s.result = ?", EXTENDED):
            if not low <= (row["months"] or 0) <= high:
                yield row["development"], row["src"]


@soft(
    "put-off",
    f"推迟讨论转正超过 {PUT_OFF_AT_MOST} 个月|The confirmation is put off by more than {PUT_OFF_AT_MOST} months",
)
def _put_off(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    for row in ledger.query(
        "SELECT id, src, postponed, probation_ends FROM development WHERE postponed IS NOT NULL "
        f"AND {among('id', ids)}",
        *(ids or ()),
    ):
        ends = months_after(date.fromisoformat(row["probation_ends"]), PUT_OFF_AT_MOST)
        if date.fromisoformat(row["postponed"]) > ends:
            yield row["id"], row["src"]


@soft(
    "disclosure",
    "公示没有结束或结果有影响，已办下一步|A step was taken before what was put up had ended well",
)
def _shown(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    for row in ledger.query(
        "SELECT b.development AS id, min(b.src) AS src FROM development_steps a "
        "JOIN development_steps b ON b.development = a.development AND b.place > a.place AND b.passed "
        "JOIN disclosures_all x ON x.id = a.disclosure AND x.until IS NULL "
        "WHERE (x.result IS NOT '不影响' OR x.concluded > b.on_date) "
        f"AND {among('b.development', ids)} GROUP BY b.development",
        *(ids or ()),
    ):
        yield row["id"], row["src"]


@soft(
    "quota",
    "确定发展对象超过当年计划|More candidates than the plan of the year allows",
    reads=(*READS, "development_plans", "organisations"),
)
def _quota(ledger: Ledger, ids: Sequence[str] | None) -> Breaches:
    """Those beyond the number, in the order of their days."""
    for plan in ledger.query(
        'SELECT organisation, year, quota FROM development_plans WHERE "left" < 0'
    ):
        counted = ledger.query(
            f"{UNDER.format(top='?')} SELECT development AS id, src FROM development_steps "
            "WHERE place = ? AND passed AND substr(on_date, 1, 4) = ? "
            "AND organisation IN (SELECT id FROM under) ORDER BY on_date, src",
            plan["organisation"],
            CANDIDATE,
            str(plan["year"]),
        )
        for row in counted[plan["quota"] :]:
            if ids is None or row["id"] in ids:
                yield row["id"], row["src"]
