"""`python -m bench`: every benchmark, one after the other."""

from bench import audit, availability, calcom, console, gateway, pages, when

for benchmark in (availability, audit, calcom, gateway, console, pages, when):
    benchmark.main()
