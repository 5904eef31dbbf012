"""Rosters (名册): spreadsheets of members, read and recorded as one batch."""
