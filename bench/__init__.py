"""Benchmarks: ratios to a reference measured in the same run. `make bench` runs all of them."""
