"""`python -m bench`: every benchmark, one after the other."""

from bench import availability, calcom, gateway

for benchmark in (availability, calcom, gateway):
    benchmark.main()
