"""`python -m bench`: every benchmark, one after the other."""

from bench import audit, availability, calcom, console, gateway, layers, pages, services, when

for benchmark in (availability, audit, calcom, gateway, layers, console, pages, services, when):
    benchmark.main()
