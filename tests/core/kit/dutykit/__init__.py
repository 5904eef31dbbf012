"""What the tests of duties share: a programme with one duty of every sort, and an oracle without SQL."""
