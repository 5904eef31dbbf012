"""Words: labels in two languages, what is refused and how it is said, search terms of names."""
