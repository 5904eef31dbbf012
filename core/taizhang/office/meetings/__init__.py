"""Meetings (会议): who met, of which kinds, who came, what was resolved and what became of it.

Sources: G.cadence and G.vote. One event of several kinds (a 主题党日 that holds a 支部党员大会 and a 党课) is one
meeting with one attendance, so that nobody enters it twice. What speakers said is not kept, and a resolution
names people by reference only: decisions, and the number under which the minutes are filed, are all that is here.

:mod:`.kinds` lists the kinds, :mod:`.rules` the rules of voting and from when to when each holds, :mod:`.tables` and
:mod:`.facts` say what is recorded and which rows follow, :mod:`.actions` and :mod:`.resolving` what people may do,
:mod:`.checks` what is asked a reason for, :mod:`.duties` how often bodies have to meet.
"""

from taizhang.office.meetings import actions, checks, duties, resolving
from taizhang.office.meetings.tables import programme

__all__ = ["actions", "checks", "duties", "programme", "resolving"]
