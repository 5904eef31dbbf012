"""Seals: the tree over the log, signed, and the files beside it."""
