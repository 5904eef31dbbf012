"""Showing (呈现): tables, events, forms and the tree as people read them, for command line and screens."""
