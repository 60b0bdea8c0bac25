"""Recorded calls of any platform and tool dialect, read: who said what, what was asked and answered."""
