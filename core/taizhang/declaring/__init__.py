"""Declaring (声明): what a programme says of its events, actions and tables, and the vocabulary that all
loaded programmes make together.
"""
