"""Loading programmes (载入): found, admitted, imported under guard; a bad one takes nothing with it.

:mod:`sources` finds them without running any, :mod:`admitting` says which may be loaded and in what order,
:mod:`loader` imports them, :mod:`guard` calls their code, :mod:`quarantine` remembers the ones that failed
and :mod:`trust` the files of stores that may run at all.
"""
