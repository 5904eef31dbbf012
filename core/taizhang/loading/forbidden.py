"""What is not kept of persons (禁止字段): one list, for declarations and for columns of rosters.

There is no field on ethnicity, religion, health, opinions, stability, nor a profile of residents. The
list is looked for in the names, labels, helps and choices of declarations that refer to a person or hold
personal text: Chinese, pinyin and English. It is a reminder, not a guarantee, and has no override.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from taizhang.declarations.fields import Declared, FieldSpec, specs
from taizhang.declarations.subjects import is_person

if TYPE_CHECKING:
    from taizhang.declarations.programme import Programme


class Matter(Struct, frozen=True):
    """One matter that is not kept: ``zh`` terms anywhere, ``words`` (pinyin, English) as whole words."""

    code: str
    zh: tuple[str, ...]
    words: tuple[str, ...]
    columns: tuple[str, ...] = ()
    """More that is dropped from rosters, where a column has nothing but its heading to say."""


MATTERS = (
    Matter("ethnicity", ("民族", "族别"), ("minzu", "ethnic", "ethnicity", "ethnic group")),
    Matter(
        "religion", ("宗教", "信教"),
        ("zongjiao", "religion", "religious", "faith"), ("信仰",),
    ),
    Matter("origin", ("籍贯", "户籍", "户口"), ("huji", "hukou", "native place", "household registration")),
    Matter(
        "watch", ("重点人员", "重点人群"),
        ("zhongdian renyuan", "zhongdianrenyuan", "key person", "key persons", "key people", "watch list",
         "person of interest", "persons of interest"),
    ),
    Matter(
        "petition", ("上访", "信访"),
        ("shangfang", "xinfang", "petition", "petitions", "petitioner", "petitioning"),
    ),
    Matter("stability", ("维稳",), ("weiwen", "stability", "stability control")),
    Matter("crime", ("前科", "犯罪记录"), ("qianke", "criminal record", "previous conviction")),
    Matter(
        "opinion", ("思想状况", "思想动态", "政治倾向", "政治观点"),
        ("sixiang zhuangkuang", "sixiangzhuangkuang", "state of mind", "political opinion",
         "political opinions", "political leaning", "political views"),
    ),
    Matter(
        "fertility", ("生育",),
        ("shengyu", "fertility", "childbearing", "pregnancy"),
    ),
    Matter("welfare", ("低保",), ("dibao", "low income household", "subsistence allowance")),
    Matter(
        "residents", ("流动人口", "出租房"),
        ("liudong renkou", "liudongrenkou", "chuzufang", "floating population", "migrant population",
         "rental housing"),
    ),
    Matter(
        "family", ("家庭成员",),
        ("jiating chengyuan", "jiatingchengyuan", "family member", "family members"),
    ),
    Matter(
        "health", ("健康状况", "身体状况", "病史", "血型"),
        ("jiankang", "bingshi", "xuexing", "health", "health status", "health condition",
         "medical history", "blood type"), ("健康",),
    ),
)  # fmt: skip

COLUMNS = (*(t for m in MATTERS for t in (*m.zh, *m.columns)), "ethnic", "religio", "health")
"""Parts of the headings of roster columns that are dropped."""

_SPLIT = re.compile(r"[^a-z]+")

_BEGINNINGS_ZH = frozenset(term[0] for m in MATTERS for term in m.zh)
_BEGINNINGS = frozenset(word.split()[0] for m in MATTERS for word in m.words)
"""The first characters and words of all terms: where none of them stands, no term does."""


class Trace(Struct, frozen=True):
    """A place where a programme names a forbidden matter."""

    where: str
    text: str
    matter: Matter


@lru_cache(maxsize=4_096)  # the same fields come as action, as event and as columns
def matter_of(text: str, *, name: bool = False) -> Matter | None:
    """The forbidden matter that a label (or, with ``name``, an identifier) names, if it does.

    Single English words are looked for in names and in labels that say nothing else: a post called
    健康教育岗, "health education", is no field on anybody's health.
    """
    words = _SPLIT.sub(" ", text.lower()).strip()
    if _BEGINNINGS_ZH.isdisjoint(text) and _BEGINNINGS.isdisjoint(words.split()):
        return None
    for matter in MATTERS:
        if any(term in text for term in matter.zh):
            return matter
        for word in matter.words:
            if " " not in word and not name:
                if words == word:
                    return matter
            elif f" {word} " in f" {words} ":
                return matter
    return None


def column(heading: str) -> bool:
    """Tells if a roster's column of this heading (narrowed) is dropped."""
    return any(term in heading.lower() for term in COLUMNS)


def _of_persons(cls: type[Declared]) -> bool:
    return any(is_person(s) or s.kind.personal for s in specs(cls).values())


def _texts(spec: FieldSpec) -> Iterator[tuple[str, bool]]:
    yield spec.name, True
    for label in (spec.label, *spec.choices, *((spec.help,) if spec.help else ())):
        yield label.zh, False
        yield label.en, False


def traces(programme: Programme) -> Iterator[Trace]:
    """Every field of the programme that names a forbidden matter, on a declaration about persons; and
    such declarations themselves. Each field is told once.
    """
    declared = [
        *((e.name, e.label, e.type) for e in programme.events.values()),
        *((a.name, a.label, a.type) for a in programme.actions.values() if a.event is None),
        *((t.name, t.label, t.row) for t in programme.tables.values()),
    ]
    for name, label, cls in declared:
        if not _of_persons(cls):
            continue
        own = ((name.partition(".")[2] or name, True), (label.zh, False), (label.en, False))
        for text, is_name in own:
            if (matter := matter_of(text, name=is_name)) is not None:
                yield Trace(name, text, matter)
                break
        for spec in specs(cls).values():
            for text, is_name in _texts(spec):
                if (matter := matter_of(text, name=is_name)) is not None:
                    yield Trace(f"{name}.{spec.name}", text, matter)
                    break
