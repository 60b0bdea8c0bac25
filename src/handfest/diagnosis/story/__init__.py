"""The story of a call that we served, from its trace: timeline, findings, root cause."""
