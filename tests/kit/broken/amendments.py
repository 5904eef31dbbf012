"""Looks into a personal text, which no projection ever sees: its rows say something else than its events."""

from taizhang.api import Deed, Member, PersonalText, Programme, Row, Yes, field

programme = Programme("amendments", "试验|Trial", api=1, needs=("members",))


class TalkRow(Row):
    """A talk."""

    member: Member = field("党员|Member")
    long: Yes = field("较长|Long")


talks = programme.records("talks", "谈心|Talks", TalkRow)


@programme.deed("talk.have", "记谈心|Have a talk", event="talk_had")
class HaveTalk(Deed):
    """A talk."""

    member: Member = field("党员|Member")
    text: PersonalText = field("内容|Text")


talks.records(HaveTalk, lambda e: TalkRow(member=e.member, long=len(e.text) > 3))
