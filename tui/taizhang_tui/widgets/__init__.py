"""Widgets: what screens are made of; they know no screen and no app."""
