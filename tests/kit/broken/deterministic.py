"""Its rows say when they were projected."""

from datetime import date

from taizhang.api import Date, Deed, Member, Programme, Row, field

programme = Programme("deterministic", "试验|Trial", api=1, needs=("members",))


class VisitRow(Row):
    """A visit."""

    member: Member = field("党员|Member")
    entered: Date = field("录入|Entered")


visits = programme.records("visits", "走访|Visits", VisitRow)


@programme.deed("visit.pay", "记走访|Pay a visit", event="visit_paid")
class PayVisit(Deed):
    """A visit."""

    member: Member = field("党员|Member")


visits.records(PayVisit, lambda e: VisitRow(member=e.member, entered=date.today()))
