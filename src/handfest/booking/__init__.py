"""The use cases, one verb a file. Each takes an open turn, and closes it in one transaction."""
