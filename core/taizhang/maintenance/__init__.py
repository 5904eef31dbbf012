"""Maintenance: backup, restore, doctor, erasing, plugins turned on and off."""
