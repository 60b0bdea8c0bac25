"""The kinds a key of a business file can be of: each reads one raw TOML value, or reports it."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any
from urllib.parse import SplitResult, urlsplit

from handfest.catalogue.hours_table import read_hours
from handfest.catalogue.keys import Key
from handfest.catalogue.nearest import did_you_mean
from handfest.catalogue.place import holiday_regions, is_country, is_holiday_region, time_zones
from handfest.catalogue.problem import Path, ProblemList
from handfest.catalogue.problem_words import Phrase
from handfest.catalogue.secret import is_env_name

Reader = Callable[[object, Key, Path, ProblemList], Any]

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TYPES: Mapping[type, str] = {
    bool: "flag",
    int: "whole_number",
    float: "number_with_point",
    str: "text",
    list: "list",
    dict: "table",
    datetime: "date_with_time",
    date: "date",
    time: "time",
}


def _wrong_type(value: object, key: Key, wanted: str, path: Path, problems: ProblemList) -> None:
    found = Phrase(_TYPES.get(type(value), "something_else"))
    problems.add(path, "wrong_type", key, name=key.name, found=found, wanted=Phrase(wanted))


def read_text(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """Text that is not blank, without blanks around it."""
    if not isinstance(value, str):
        _wrong_type(value, key, "text", path, problems)
        return None
    if not value.strip():
        problems.add(path, "empty", key, name=key.name)
        return None
    return value.strip()


def read_texts(value: object, key: Key, path: Path, problems: ProblemList) -> tuple[str, ...] | None:
    """A list of texts, each once."""
    if not isinstance(value, list):
        _wrong_type(value, key, "list", path, problems)
        return None
    if key.filled and not value:
        problems.add(path, "empty_list", key, name=key.name)
        return None
    texts = [read_text(item, key, (*path, n), problems) for n, item in enumerate(value)]
    for n, text in enumerate(texts):
        if text is not None and text in texts[:n]:
            problems.warn((*path, n), "twice_in_list", text=text)
    if None in texts:
        return None
    return tuple(dict.fromkeys(text for text in texts if text is not None))


def read_id(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """An id: ASCII letters, digits, dot, dash, underscore; it travels in addresses and to voice platforms."""
    text = read_text(value, key, path, problems)
    if text is None or _ID.match(text):
        return text
    problems.add(path, "no_id", key, name=key.name, text=text)
    return None


def read_choice(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """One of the words the key allows."""
    text = read_text(value, key, path, problems)
    if text is None or text in key.choices:
        return text
    near = did_you_mean(text, key.choices)
    problems.add(path, "unknown_choice", key, name=key.name, text=text, near=near)
    return None


def read_flag(value: object, key: Key, path: Path, problems: ProblemList) -> bool | None:
    """true or false."""
    if not isinstance(value, bool):
        _wrong_type(value, key, "flag", path, problems)
        return None
    return value


def read_whole(value: object, key: Key, path: Path, problems: ProblemList) -> int | None:
    """A whole number within the key's bounds."""
    if not isinstance(value, int) or isinstance(value, bool):
        _wrong_type(value, key, "whole_number", path, problems)
        return None
    if key.low is not None and value < key.low:
        problems.add(path, "below", key, name=key.name, value=value, bound=key.low)
        return None
    if key.high is not None and value > key.high:
        problems.add(path, "above", key, name=key.name, value=value, bound=key.high)
        return None
    if key.five and value % 5:
        problems.warn(path, "off_grain", name=key.name, value=value)
    return value


def read_numbers(value: object, key: Key, path: Path, problems: ProblemList) -> dict[str, int] | None:
    """A table of whole numbers by name."""
    if not isinstance(value, dict):
        _wrong_type(value, key, "table", path, problems)
        return None
    numbers = {name: read_whole(item, key, (*path, name), problems) for name, item in value.items()}
    if None in numbers.values():
        return None
    return {name: number for name, number in numbers.items() if number is not None}


def read_time_zone(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """The name of a zone of the tz database."""
    text = read_text(value, key, path, problems)
    if text is None or text in time_zones():
        return text
    problems.add(path, "unknown_zone", key, text=text, near=did_you_mean(text, time_zones()))
    return None


def read_holidays(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """A country or country-region whose public holidays are known."""
    text = read_text(value, key, path, problems)
    if text is None or is_holiday_region(text):
        return text
    inside = [region for region in holiday_regions() if region.startswith(text[:2].upper())]
    # Codes of one country differ in a letter or two: only what is all but the same is meant.
    near = did_you_mean(text, inside, alike=0.8)
    problems.add(path, "unknown_holidays", key, text=text, near=near)
    return None


def read_country(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """The two-letter code of a country."""
    text = read_text(value, key, path, problems)
    if text is None or is_country(text):
        return text
    problems.add(path, "unknown_country", key, text=text)
    return None


def read_env(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """The name of an environment variable; what looks like a secret is never repeated in the cause."""
    text = read_text(value, key, path, problems)
    if text is None or is_env_name(text):
        return text
    problems.add(path, "no_variable", key, name=key.name)
    return None


def read_email(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """One e-mail address."""
    text = read_text(value, key, path, problems)
    if text is None or _EMAIL.match(text):
        return text
    problems.add(path, "no_email", key, name=key.name)
    return None


def read_url(value: object, key: Key, path: Path, problems: ProblemList) -> str | None:
    """An https address without credentials (http only to this machine), without a slash at its end."""
    text = read_text(value, key, path, problems)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        code = _url_fault(parts)
    except ValueError:
        code = "no_address"
    if code:
        problems.add(path, code, key, name=key.name)
        return None
    return text.rstrip("/")


def _url_fault(parts: SplitResult) -> str | None:
    if parts.username or parts.password:
        return "address_with_login"
    if parts.scheme not in ("http", "https") or not parts.hostname or (parts.port or 1) < 1:
        return "no_address"
    if parts.query or parts.fragment:
        return "address_with_query"
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
        return "address_not_https"
    return None


def _read_hours(value: object, _key: Key, path: Path, problems: ProblemList) -> Any:
    return read_hours(value, path, problems)


READERS: Mapping[str, Reader] = {
    "text": read_text,
    "texts": read_texts,
    "id": read_id,
    "choice": read_choice,
    "flag": read_flag,
    "whole": read_whole,
    "numbers": read_numbers,
    "time_zone": read_time_zone,
    "holidays": read_holidays,
    "country": read_country,
    "phone": read_text,
    "env": read_env,
    "email": read_email,
    "url": read_url,
    "hours": _read_hours,
}
"""Kind -> reader, for every kind but `row` and `rows`, which `draft.py` reads."""
