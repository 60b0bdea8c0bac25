"""Frozen values and their transitions: what handfest talks about. No I/O, no clock."""
