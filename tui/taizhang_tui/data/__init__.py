"""What the screens show and change: reading places, sources of rows, form models, drafts.

Nothing here draws. Sources run on the table's worker threads, writing on the desk's own.
"""
