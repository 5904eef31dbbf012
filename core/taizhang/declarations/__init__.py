"""Declarations: what programmes declare, as data; nothing here opens a store."""
