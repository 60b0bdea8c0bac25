"""The front desk: a turn comes in, is understood, served by one use case, and answered in words."""
