"""Persons (个人资料): what of them is sealed and under whose keys, erased, shown to themselves; and who looked."""
