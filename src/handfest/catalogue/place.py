"""Names of places in the world that a business file may use: time zones, holiday regions, countries."""

import re
from functools import cache
from importlib.resources import files

import phonenumbers
from holidays import country_holidays, list_supported_countries

_REGION = re.compile(r"[A-Z]{2,3}(-\S+)?\Z")


@cache
def time_zones() -> frozenset[str]:
    """Every zone of the tz database that ships with handfest."""
    return frozenset(files("tzdata").joinpath("zones").read_text("utf-8").split())


@cache
def is_holiday_region(region: str) -> bool:
    """True where public holidays are known for `DE`, `DE-BE`, `US-NY`, ..."""
    if not _REGION.match(region):
        return False
    country, _, subdivision = region.partition("-")
    try:
        country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError:
        return False
    return True


@cache
def holiday_regions() -> tuple[str, ...]:
    """Every country and every `country-region` with known public holidays."""
    countries = list_supported_countries()
    return tuple(
        name for country, parts in countries.items() for name in (country, *(f"{country}-{p}" for p in parts))
    )


def is_country(code: str) -> bool:
    """True for the two-letter code of a country that has phone numbers."""
    return code in phonenumbers.SUPPORTED_REGIONS


def country_of(region: str | None) -> str:
    """The country of a holiday region; Germany where none is given."""
    code = (region or "").partition("-")[0]
    return code if is_country(code) else "DE"
