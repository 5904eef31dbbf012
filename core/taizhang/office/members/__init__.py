"""Members (党员): registration, details, status, categories, groups, attachments, leaving.

A member belongs to one branch on every day of membership (组织关系); which community that is
follows from the branch and is never stored. One whose formal relation sits elsewhere, such as an
in-service member (在职党员) who reports to the community, is registered with an outside
organisation (外部组织) and attached here (双重管理, domain rule D1.09): counts of members go by the
formal relation.

:mod:`.tables`, :mod:`.facts`, :mod:`.belonging` and :mod:`.returning` say what is recorded, under which rules, and which
rows follow, :mod:`.actions` how members are registered and put into categories, :mod:`.checks` what has
to hold on every day, :mod:`.people` everybody whom the books know, :mod:`.particulars` what
returns ask of them, :mod:`.discipline` decisions on members, :mod:`.identity` that one number is one person, :mod:`.figures` what is counted, :mod:`.following` what becomes of members when
their organisation ends.
"""

from taizhang.office.members import (
    actions,
    belonging,
    checks,
    discipline,
    figures,
    following,
    identity,
    particulars,
    people,
    returning,
)
from taizhang.office.members.tables import programme

__all__ = [
    "actions",
    "belonging",
    "checks",
    "discipline",
    "figures",
    "following",
    "identity",
    "particulars",
    "people",
    "programme",
    "returning",
]
