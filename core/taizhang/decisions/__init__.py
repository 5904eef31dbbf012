"""Decisions: from people's words to events, tried in the ledger before they are appended."""
