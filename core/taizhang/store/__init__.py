"""The store's directory: its paths and settings, what unlocks its keys, who looked, when it is sealed."""
