"""Rules that belong to no trade: two sides of a matter, lengths, letters, whom a service is for, little words."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from handfest.catalogue.index import ServiceIndex, compile_index
from handfest.catalogue.resolve import resolve_service
from handfest.catalogue.words import words_of
from handfest.model.catalogue import Service
from handfest.model.resolution import Resolved, Several

HERE = Path(__file__).parent
BUSINESSES = tomllib.loads((HERE / "structures.toml").read_text(encoding="utf-8"))["business"]
CASES = [(at, said, want) for at, each in enumerate(BUSINESSES) for said, want in each["said"].items()]
CATALOGUES: dict[str, Any] = json.loads((HERE / "examiner_catalogues_11.json").read_text(encoding="utf-8"))
_MINUTES = re.compile(r"\b(\d\d)\b")


def minutes_of(name: str) -> int:
    """The length a name tells ("60 Min", "MLD 45"), half an hour where it tells none."""
    found = _MINUTES.search(name)
    return int(found[1]) if found else 30


@cache
def index_of(at: int) -> ServiceIndex:
    business = BUSINESSES[at]
    services = [Service(name, name, minutes_of(name)) for name in business["services"]]
    return compile_index(services, (), business["language"])


@pytest.mark.parametrize(("at", "said", "want"), CASES, ids=[said for _, said, _ in CASES])
def test_a_rule_holds_whatever_the_trade(at: int, said: str, want: str) -> None:
    found = resolve_service(said, index_of(at), BUSINESSES[at]["language"])
    if want in ("ask", "none"):
        assert not isinstance(found, Resolved | Several), found
    elif " + " in want:
        assert isinstance(found, Several), found
        assert " + ".join(found.service_ids) == want
    else:
        assert isinstance(found, Resolved), found
        assert found.service_id == want


@pytest.mark.parametrize("key", sorted(CATALOGUES))
def test_little_words_alone_pin_nothing(key: str) -> None:
    """ "nach" is no Nachstechen, "dat" no Datenrettung; what stands in a name as a word of its own may be."""
    catalogue = CATALOGUES[key]
    services = [
        Service(each["key"], each["name"], int(each["duration_min"])) for each in catalogue["services"]
    ]
    index = compile_index(services, (), catalogue["lang"])
    pinned = {}
    for word in sorted(words_of(catalogue["lang"]).function):
        found = resolve_service(word, index, catalogue["lang"])
        if isinstance(found, Resolved):
            entry = next(each for each in index.entries if each.service_id == found.service_id)
            if word not in entry.forms[0].tokens:
                pinned[word] = entry.name
    assert not pinned
