"""Organisations (组织) and their lineage (沿革): found, rename, move, merge, dissolve.

The tree stands on four sorts of organisation: committees (党工委, 党委, 总支), branches
(支部, 联合支部, 功能型支部), groups (党小组) under a branch, and organisations outside the store
(外部组织) that letters come from and go to. Members belong to branches and outside organisations,
never to committees or groups; a 功能型支部 takes no formal relations (不转组织关系), so its people
are attached to it instead.

:mod:`.facts` says what is recorded, under which rules, and which rows follow, :mod:`.ending` how
organisations end and who succeeds them, :mod:`.checks` what has to hold on every day, :mod:`.lists` what
is read from the lineage, :mod:`.sorting` their categories.
"""

from taizhang.office.organisations import checks, ending, sorting
from taizhang.office.organisations.facts import programme
from taizhang.office.organisations.lists import lineage_of

__all__ = ["checks", "ending", "lineage_of", "programme", "sorting"]
