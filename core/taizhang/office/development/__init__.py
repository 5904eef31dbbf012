"""Development files (发展党员): one applicant's way from the application to full membership, step by step (G.lifecycle).

A file begins with an application. The applicant is no member yet, but a person of the table ``people`` whose id stays the
same when the superior has approved the admission, which holds from the day of the meeting. Which steps there are,
in which order and with which limits, is data by edition (:mod:`.course`); the rule of the day of the act holds. Nothing
is inferred: each step is entered, and what was skipped, too early or too late is found and asks for a reason.

:mod:`.tables` says what a file shows, :mod:`.guiding` what is next, by when, and what is missing, :mod:`.facts` what is
recorded, :mod:`.taking` how a step is decided, :mod:`.lives` how files stop, go on and follow the member, :mod:`.checks` what
is found, :mod:`.duties` what is due.
"""

from taizhang.office.development import checks, duties, facts, lives, taking
from taizhang.office.development.tables import programme

__all__ = ["checks", "duties", "facts", "lives", "programme", "taking"]
