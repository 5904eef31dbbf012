"""Isolation: how code of programmes is called, so that one that fails, hangs or lies takes nothing with it."""
