"""Mechanisms that programmes share: steps in order, posts, ratings, working days.

Each is a function that takes a programme and declares for it what the programme would otherwise write by
hand: events, actions, tables, guards and checks, under the programme's own names. What they declare is
owned by the programme; nothing of it is special to the ledger. A checklist is a deed with a choice,
counted distinct, and a cadence is a duty: neither needs a mechanism.
"""
