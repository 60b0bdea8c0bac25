"""Public helpers for tests: clocks, ids, a phone that plays calls, and a scenario runner."""
