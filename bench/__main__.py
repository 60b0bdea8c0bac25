"""`python -m bench`: every benchmark, one after the other."""

from bench import availability, gateway

for benchmark in (availability, gateway):
    benchmark.main()
