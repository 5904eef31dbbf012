"""Deciding (决定): from people's words to events: parsing, actions, corrections and voids, tried before they
are done.
"""
