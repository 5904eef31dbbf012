"""Particulars that yearly returns ask for: sex, birth, education and post (岗位), each a dated fact with its source.

Nothing else is kept: what the guardrails refuse (domain rule F) has no field here, and its columns are filled in
by hand. A fact that is said anew holds from its day on; what was wrong is corrected.
"""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Event,
    Label,
    Ledger,
    PartialDate,
    Person,
    Refused,
    Row,
    Shared,
    field,
)
from taizhang.office.members.tables import programme

SEXES = ("男|Male", "女|Female")
EDUCATIONS = (
    "研究生|Postgraduate",
    "大学本科|Bachelor",
    "大学专科|College",
    "中专|Secondary vocational",
    "高中、中技|Upper secondary",
    "初中及以下|Lower secondary or less",
)
"""Rows of table 4 of the yearly returns."""

OCCUPATIONS = (
    "公有制：党政机关|Public: government",
    "公有制：事业单位管理|Public: institution, management",
    "公有制：事业单位专业技术|Public: institution, professional",
    "公有制：企业管理|Public: enterprise, management",
    "公有制：企业专业技术|Public: enterprise, professional",
    "公有制：工勤技能|Public: worker",
    "公有制：工勤技能（农民工）|Public: worker from the country",
    "非公有制：企业管理|Private: enterprise, management",
    "非公有制：企业专业技术|Private: enterprise, professional",
    "非公有制：民非单位管理|Private: non-enterprise, management",
    "非公有制：民非单位专业技术|Private: non-enterprise, professional",
    "非公有制：工勤技能|Private: worker",
    "非公有制：工勤技能（农民工）|Private: worker from the country",
    "农牧渔民|Farmer, herder, fisher",
    "农牧渔民（外出务工经商）|Farmer working away",
    "军人、武警|Serviceman",
    "学生|Student",
    "离退休|Retired",
    "其他|Other",
)
"""Rows of table 2 of the yearly returns (edition of 2016); sums of them are no row."""

SOURCES = (
    "身份证|ID card",
    "学历证书|Certificate",
    "入党志愿书|Application for membership",
    "本人填报|Said by the person",
    "名册|Roster",
    "其他|Other",
)


class OfPerson(Shared):
    """A person and the source of what is said."""

    member: Person = field("人员|Person")
    source: Choice = field("来源|Source", choices=SOURCES, default="本人填报")


class Sex(OfPerson, first=("member",)):
    """The sex."""

    sex: Choice = field("性别|Sex", choices=SEXES)


class Birth(OfPerson, first=("member",)):
    """The day of birth, as far as it is known."""

    born: PartialDate = field("出生日期|Born")


class Education(OfPerson, first=("member",)):
    """The education reached."""

    education: Choice = field("学历|Education", choices=EDUCATIONS)


class Occupation(OfPerson, first=("member",)):
    """The post by the list of the yearly returns."""

    occupation: Choice = field("岗位|Post", choices=OCCUPATIONS)


class SexRow(Sex, Row):
    """The sex of a person."""

    member: Person = field(ended=True)


class BirthRow(Birth, Row):
    """The birth of a person."""

    member: Person = field(ended=True)


class EducationRow(Education, Row):
    """The education of a person, from a day on."""

    member: Person = field(ended=True)


class OccupationRow(Occupation, Row):
    """The post of a person, from a day on."""

    member: Person = field(ended=True)


@programme.event("person.sex_said", "性别|Sex said", rank=40)
class SexSaid(Sex, Event):
    """Somebody's sex is known."""


@programme.event("person.birth_said", "出生日期|Birth said", rank=40)
class BirthSaid(Birth, Event):
    """Somebody's birth is known."""


@programme.event("person.education_said", "学历|Education said", rank=40)
class EducationSaid(Education, Event):
    """Somebody has reached an education."""


@programme.event("person.occupation_said", "岗位|Post said", rank=40)
class OccupationSaid(Occupation, Event):
    """Somebody has a post."""


programme.spans("sexes", "性别|Sex", SexRow, key=("member",)).sets(SexSaid)
programme.spans("births", "出生情况|Births", BirthRow, key=("member",)).sets(BirthSaid)
programme.spans("educations", "学历|Education", EducationRow, key=("member",)).sets(EducationSaid)
programme.spans("occupations", "职业岗位|Posts", OccupationRow, key=("member",)).sets(
    OccupationSaid
)


@programme.action("person.describe", "登记基本情况|Enter particulars")
class Describe(OfPerson, Action):
    """Enter what yearly returns ask of a person, with the source; leave empty what is not known or stays."""

    member: Person = field(ended=True)
    sex: Choice | None = field("性别|Sex", choices=SEXES, default=None)
    born: PartialDate | None = field(
        "出生日期|Born", default=None, help="可只填年或年月|the year or the month is enough"
    )
    education: Choice | None = field("学历|Education", choices=EDUCATIONS, default=None)
    occupation: Choice | None = field("岗位|Post", choices=OCCUPATIONS, default=None)

    def check(self) -> Iterator[str]:
        """At least one is said."""
        if not any((self.sex, self.born, self.education, self.occupation)):
            yield "没有要登记的内容|nothing is said"

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused for a birth after the day."""
        if self.born and self.born > ledger.on.isoformat()[: len(self.born)]:
            raise Refused("出生日期晚于 {on}|born after {on}", on=ledger.on.isoformat())
        if self.sex:
            yield self.becomes(SexSaid)
        if self.born:
            yield self.becomes(BirthSaid)
        if self.education:
            yield self.becomes(EducationSaid)
        if self.occupation:
            yield self.becomes(OccupationSaid)

    def notices(self, ledger: Ledger) -> Iterator[Label]:
        """Says when a sex or a birth becomes another: that is mostly a mistake to be corrected."""
        for table, column, said in (("sexes", "sex", self.sex), ("births", "born", self.born)):
            for row in ledger.rows(table, member=self.member) if said else ():
                if row[column] != said:
                    yield Label(
                        f"已登记为 {row[column]}（#{row['src']}），记错的请更正该条",
                        f"it stands as {row[column]} (#{row['src']}): if that is wrong, correct it",
                    )
