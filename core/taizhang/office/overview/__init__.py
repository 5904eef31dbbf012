"""The overview: what the office sees of an open store at a glance.

:mod:`.tree` is the tree of organisations, :mod:`.members` the members of a part of it, :mod:`.facts` what their
pages tell beside what is declared, :mod:`.counts` all of it as numbers and as text. They are clients of
``Workspace``, as sheets and the demonstration are, and not slices.
"""
