"""The ledger: rows rebuilt from the log, at both clocks, in a disposable SQLite file."""
