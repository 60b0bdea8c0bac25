"""Slot arithmetic: opening hours, what is taken and the house rules in, free starts out. Pure and fast.

Inside, time is whole minutes since the epoch; wall clocks and zones appear only in `wall_clock`.
"""
