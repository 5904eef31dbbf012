"""Duties (职责) and figures (统计数): who has to do what by when, and what the ledger adds up to.

A duty is data: a selection of those who are obliged, what counts, how often, from when to when, and its
source. It is compiled to plain SQL over the ledger at any pair of clocks.

=============== ==========================================================================
``declare``     what a programme writes: selections, countings, duties, figures, balances
``declaring``   the methods of ``Programme`` that take them in
``checking``    names, columns and values, held against the tables when a programme is loaded
``windows``     the stretches of the calendar for which a duty is to be done
``predicates``  conditions and days of rows as SQL
``standing``    a duty in a window as one query: each one obliged, with value and state
``belonging``   which organisation an entity belongs to, and the subtree of an organisation
``board``       duties of an organisation: numbers for everybody, names for the community
``figures``     figures, by column, by organisation, over time, with the rows behind them
``balances``    what there was, what came and went, and what there is; who does not add up
=============== ==========================================================================
"""
