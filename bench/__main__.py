"""`python -m bench`: every benchmark, one after the other."""

from bench import audit, availability, gateway

for benchmark in (availability, audit, gateway):
    benchmark.main()
