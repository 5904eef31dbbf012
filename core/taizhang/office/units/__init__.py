"""Units (驻区单位) and co-building (共驻共建): agreements, acts, part-time committee members.

Sources: D1.07 (heads of 5 units sit on the committee), D1.08 and D2.15 (agreements), D2.19 (four kinds
of co-building), D3.08 (188 units). :mod:`.facts` says what is recorded of units, agreements and acts, under which
rules, and which rows follow; :mod:`.commitments` what is promised in agreements, :mod:`.organising` how a unit gets its
Party organisation, :mod:`.sharing` pairings, resources and donations.
"""

from taizhang.office.units import commitments, organising, sharing
from taizhang.office.units.facts import programme

__all__ = ["commitments", "organising", "programme", "sharing"]
