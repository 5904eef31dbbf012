"""Bodies (班子与机构): committees of organisations and free bodies, their terms, seats and elections.

A body serves a term at a time; the rule of the day on which it begins says how long (:mod:`.terms`). A term that is
over is overdue, not vacant: those who sit serve on until the next begins. A by-election fills a seat and leaves the
term's end where it was. Sources: D1.07, D1.21, D1.22, D1.25, D1.26, D3.03, D3.04, D4.04, G.terms, H.11.

:mod:`.tables` says what each table has, :mod:`.facts` what is recorded of bodies, terms and seats, :mod:`.elections`
and :mod:`.balloting` how they are elected, :mod:`.checks` what people should look at, :mod:`.duties` what is due.
"""

from taizhang.office.bodies import balloting, checks, duties, elections, facts
from taizhang.office.bodies.tables import programme

__all__ = ["balloting", "checks", "duties", "elections", "facts", "programme"]
