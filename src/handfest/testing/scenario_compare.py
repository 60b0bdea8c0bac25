"""Hold an answer against what a scenario expects of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from handfest.testing.scenario import Exchange, Facts

_PLAIN = ("ok", "code", "next", "say", "selected_service_id", "missing", "today")


def answer_differences(expect: Facts, exchange: Exchange, labelled: Mapping[str, Exchange]) -> list[str]:
    """Every way in which an answer is not what was expected, said so that it can be mended."""
    status = expect.get("status", 200)
    if exchange.status != status:
        return [f"status {exchange.status}, expected {status}: {exchange.text[:300]}"]
    answer: Mapping[str, Any] = exchange.answer or {}
    plain = {name: expect[name] for name in _PLAIN if name in expect}
    found = differing(plain, answer)
    found += _words(expect, str(answer.get("say", "")))
    found += _offers(expect, answer.get("offers", []))
    for name in ("appointments", "options"):
        if name in expect:
            found += rows_differing(name, expect[name], answer.get(name, []))
    for name in ("booking", "asked"):
        if name in expect:
            found += differing(expect[name], answer.get(name) or {})
    found += [f"the answer holds {word!r}" for word in expect.get("lacks", ()) if word in exchange.text]
    if "same_as" in expect and labelled[expect["same_as"]].text != exchange.text:
        found.append(f"not the same answer as {expect['same_as']!r}: {labelled[expect['same_as']].text}")
    return [*found, f"the answer was {exchange.text}"] if found else []


def differing(expect: Facts, actual: Mapping[str, Any]) -> list[str]:
    """Fields that differ. Moments may be given short: "2025-10-22T14:00" fits any offset after it.

    An expected False stands for "missing" where the field is not a flag.
    """
    return [
        f"{name} is {actual.get(name)!r}, expected {value!r}"
        for name, value in expect.items()
        if not _fits(value, actual.get(name))
    ]


def rows_differing(name: str, expect: Sequence[Any] | int, actual: Sequence[Mapping[str, Any]]) -> list[str]:
    """As many rows as expected (or the number expected), each with the fields expected."""
    if isinstance(expect, int):
        return [] if len(actual) == expect else [f"{len(actual)} {name}, expected {expect}: {list(actual)}"]
    if len(expect) != len(actual):
        return [f"{len(actual)} {name}, expected {len(expect)}: {list(actual)}"]
    return [
        f"{name}[{number}]: {difference}"
        for number, (wanted, row) in enumerate(zip(expect, actual, strict=True))
        for difference in differing(wanted, row)
    ]


def _fits(expected: Any, actual: Any) -> bool:
    if expected is False:
        return actual in (None, False)
    if isinstance(expected, str) and isinstance(actual, str) and "T" in expected and expected[:1].isdigit():
        return actual.startswith(expected)
    if isinstance(expected, list) and isinstance(actual, list | tuple):
        return expected == list(actual)
    return bool(expected == actual)


def _words(expect: Facts, say: str) -> list[str]:
    folded = say.casefold()
    missing = [
        f"not said: {word!r}" for word in expect.get("say_contains", ()) if word.casefold() not in folded
    ]
    said = [f"said: {word!r}" for word in expect.get("say_lacks", ()) if word.casefold() in folded]
    return missing + said


def _offers(expect: Facts, offers: Sequence[Mapping[str, Any]]) -> list[str]:
    found = rows_differing("offers", expect["offers"], offers) if "offers" in expect else []
    if "offer_count" in expect and len(offers) != expect["offer_count"]:
        found.append(f"{len(offers)} offers, expected {expect['offer_count']}")
    for start in expect.get("offers_lack", ()):
        found += [f"offers {start}" for offer in offers if str(offer.get("start")).startswith(start)]
    if "offers_on" in expect:
        days = sorted({str(offer.get("start"))[:10] for offer in offers})
        if days != sorted(expect["offers_on"]):
            found.append(f"offers on {days}, expected {expect['offers_on']}")
    return found
