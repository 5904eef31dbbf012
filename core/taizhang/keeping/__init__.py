"""Keeping and recovering a store (保全): backup, restore, doctor. Each is imported when it is called."""
