"""Read models: every view once, for terminal, command line, JSON and paper."""
