"""What the tests of faults share: processes, what becomes of a store, the table at the end."""
