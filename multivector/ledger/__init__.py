"""Claims and their verdicts: the grammar of conditions, the lock of what was published, the state in focus."""
