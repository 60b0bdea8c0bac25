"""`python -m bench`: every benchmark, one after the other."""

from bench import audit, availability, calcom, gateway

for benchmark in (availability, audit, calcom, gateway):
    benchmark.main()
