"""`python -m bench`: every benchmark, one after the other."""

from bench import audit, availability, calcom, console, gateway, layers, pages, when

for benchmark in (availability, audit, calcom, gateway, layers, console, pages, when):
    benchmark.main()
