"""Verifying: is the log the one that was sealed; proofs that an event is in it."""
