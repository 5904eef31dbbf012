"""Looking back: why a cell of the ledger shows what it shows, and what lies between two looks at it.

:mod:`.locating` finds the row that a person means, :mod:`.timeline` reads all that was ever stored of
its timeline, :mod:`.blame` names the event that set a column, :mod:`.why` tells the whole story of a
cell. :mod:`.scope` says what belongs to an organisation, :mod:`.difference` compares two moments.
"""
