"""Persons (个人资料): whom personal texts are about, how they are sealed, masked, erased and shown to the
person, and who looked.
"""
