"""The desk: an open store as the screens use it, its clocks and seal, and what was typed and not yet said."""
