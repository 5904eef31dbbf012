"""What people do with organisations (组织): found, rename, move, merge, dissolve."""

from __future__ import annotations

from collections.abc import Iterator

from taizhang.api import (
    Action,
    Choice,
    Event,
    Ledger,
    Name,
    Organisation,
    Text,
    field,
)
from taizhang.office.organisations.facts import (
    KINDS,
    OrganisationFounded,
    may_stand,
    programme,
)


@programme.action("organisation.found", "成立组织|Found an organisation")
class Found(Action):
    """Found an organisation under a parent, or at the top."""

    name: Name = field("名称|Name")
    kind: Choice = field("类别|Kind", choices=KINDS)
    parent: Organisation | None = field("上级|Parent", default=None)
    code: Text = field("代码|Code", default="")

    def decide(self, ledger: Ledger) -> Iterator[Event]:
        """Refused where this kind may not stand."""
        may_stand(ledger, self.kind, self.parent)
        yield self.becomes(OrganisationFounded, organisation=ledger.new_id("organisation"))
