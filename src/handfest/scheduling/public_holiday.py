"""Public holidays by country and region, from the `holidays` package."""

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=256)
def public_holidays(region: str, year: int) -> frozenset[date]:
    """The public holidays of `region` ("DE", "DE-BY", "US-NY") in `year`.

    Raises ValueError where the region is not known. The package costs 0.2 s to import, which only a
    business with holidays pays.
    """
    from holidays import country_holidays

    country, _, subdivision = region.partition("-")
    try:
        return frozenset(country_holidays(country, subdiv=subdivision or None, years=year))
    except NotImplementedError as unknown:
        raise ValueError(f"no public holidays are known for {region!r}") from unknown
