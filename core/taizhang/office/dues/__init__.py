"""Dues (党费): a monthly sum for each, charged by branch and month, paid, handed up, published (G.dues).

:mod:`.rates` has the rates as data, :mod:`.tables` what each table has, :mod:`.facts` what is recorded, :mod:`.duties` what is
due and who is behind. What dues are used for is kept in accounts (:mod:`taizhang.office.accounts`).
"""

from taizhang.office.dues import duties, facts
from taizhang.office.dues.tables import programme

__all__ = ["duties", "facts", "programme"]
