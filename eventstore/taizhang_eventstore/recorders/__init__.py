"""Recorders: where events are kept, and how they are appended, read and watched."""
