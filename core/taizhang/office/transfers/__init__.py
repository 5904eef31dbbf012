"""Transfers of the formal relation (组织关系转接) by letter (介绍信), in and out of the store.

Sources: G.transfer. A letter names sender and receiver and is valid for some days, a
parameter of each letter (10, 30, at most 90). The sender stays responsible until the receiver
confirms: the membership changes on the day of receipt, by the same fact that closes the letter.
The receiver returns a slip (回执). A letter that ran out is reissued, which closes it and opens
another. Where the other side is not ours it is an ordinary organisation of kind 外部组织.
"""

from taizhang.office.transfers import actions, directing
from taizhang.office.transfers.checks import overdue
from taizhang.office.transfers.facts import programme

__all__ = ["actions", "directing", "overdue", "programme"]
