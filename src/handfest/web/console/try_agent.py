"""The scripted agent of "try a call": decides which tool to call for what a caller has said. No model, no guessing.

It understands no more than it needs: whether a service or a time was named at all, yes, no, and a name. The words
themselves go to the gateway as they were said, as an agent is told to do.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any

from handfest.catalogue.compiled import CompiledCatalogue
from handfest.catalogue.resolve import resolve_service
from handfest.catalogue.staff_wish import StaffResolved, resolve_staff
from handfest.model.resolution import Ambiguous, Unknown
from handfest.model.wish import AskWhen, RefuseWhen, Wish
from handfest.scheduling.opening_times import opening_of_date
from handfest.speech.when import WhenContext, understand_when

DAYS_AHEAD = 15
"""So far ahead an open day is looked for."""
_NAMELESS = frozenset({"unnamed", "other_intent", "no_wish"})


@dataclass(frozen=True, slots=True)
class Move:
    """What the agent does next: call a tool, or say something of its own."""

    tool: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)
    say: str | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What an agent knows in the middle of a call. `reply` is the gateway's last answer, `waits_for` what was asked.

    `waits_for` is an offer's id while the caller is being asked for a name.
    """

    compiled: CompiledCatalogue
    language: str
    now: datetime
    reply: Mapping[str, Any] | None = None
    name: str | None = None
    waits_for: str | None = None


@cache
def script() -> dict[str, Any]:
    """The words, sentences and calls."""
    source = resources.files("handfest.web.console").joinpath("data", "try_call.toml").read_text("utf-8")
    return tomllib.loads(source)


def sentence_of(language: str, key: str, **facts: str) -> str:
    """A sentence of the agent's own."""
    text: str = script()["say"][language][key]
    return text.format(**facts)


def next_move(heard: Heard, text: str) -> Move:
    """What to do about what the caller has just said."""
    offers: Sequence[Mapping[str, Any]] = (heard.reply or {}).get("offers") or ()
    name = name_in(heard.language, text) or heard.name
    if heard.waits_for is not None:
        return Move(
            "book_appointment",
            {"offer": heard.waits_for, "name": name_in(heard.language, text) or text.strip(" .!")},
        )
    if (heard.reply or {}).get("code") == "customer_incomplete":
        return Move("book_appointment", {"name": name or text.strip(" .!")})
    plain = _plain(heard, text, name)
    if plain is not None:
        return plain
    if offers:
        chosen = _chosen(heard, text, offers)
        if chosen is not None and name is None:
            return Move(say=sentence_of(heard.language, "name"))
        if chosen is not None:
            return Move("book_appointment", {"offer": chosen, "name": name})
        if not _names_something(heard, text):
            which = len(offers) > 1 and not _has(heard, text, "no")
            return Move(say=sentence_of(heard.language, "which" if which else "other"))
    return Move("check_availability", _wish(heard, text))


def chosen_offer(heard: Heard, text: str) -> str | None:
    """The id of the offer that the caller has taken."""
    return _chosen(heard, text, (heard.reply or {}).get("offers") or ())


def name_in(language: str, text: str) -> str | None:
    """A name that is introduced as one."""
    small = text.casefold()
    for phrase in script()["words"][language]["name"]:
        place = small.find(phrase)
        if place >= 0:
            words = text[place + len(phrase) :].replace(",", " ").strip(" .!:").split()
            return " ".join(words[:3]) or None
    return None


def _plain(heard: Heard, text: str, name: str | None) -> Move | None:
    """Wishes that are no wish for a time."""
    when = {"when": text} if _when(heard, text) else {}
    if _has(heard, text, "callback"):
        return Move("request_callback", {"reason": text} | ({"name": name} if name else {}))
    if _has(heard, text, "cancel"):
        return Move("cancel_appointment", when)
    if _has(heard, text, "move"):
        return Move("reschedule_appointment", when)
    if _has(heard, text, "find"):
        return Move("find_appointments", {})
    if _has(heard, text, "services"):
        return Move("list_services", {})
    if _has(heard, text, "hours"):
        return Move("opening_hours", when)
    return Move(say=sentence_of(heard.language, "bye")) if _has(heard, text, "bye") else None


def _has(heard: Heard, text: str, meaning: str) -> bool:
    small = f" {' '.join(''.join(c if c.isalnum() else ' ' for c in text.casefold()).split())} "
    return any(f" {phrase} " in small for phrase in script()["words"][heard.language][meaning])


def _chosen(heard: Heard, text: str, offers: Sequence[Mapping[str, Any]]) -> str | None:
    if not offers or _has(heard, text, "no"):
        return None
    for at, meaning in enumerate(("first", "second", "third")):
        if _has(heard, text, meaning) and at < len(offers):
            return str(offers[at]["id"])
    reading = understand_when(text, WhenContext(heard.now, heard.compiled.zone, heard.language))
    said = (
        [reading]
        if isinstance(reading, Wish)
        else list(reading.readings)
        if isinstance(reading, AskWhen)
        else []
    )
    for wish in said:
        for offer in offers:
            start = datetime.fromisoformat(str(offer["start"]))
            if wish.at == start.time() and wish.day in (None, start.date()):
                return str(offer["id"])
    timed = any(wish.at is not None for wish in said)
    agreed = _has(heard, text, "yes") and not timed and len(offers) == 1
    return str(offers[0]["id"]) if agreed else None


def _names_something(heard: Heard, text: str) -> bool:
    """Whether there is a service or a time in it; a plain no is neither."""
    resolution = resolve_service(text, heard.compiled.index, heard.compiled.language)
    if isinstance(resolution, Unknown) and _has(heard, text, "no"):
        return _when(heard, text)
    return bool(_wish(heard, text))


def _wish(heard: Heard, text: str) -> dict[str, Any]:
    wish: dict[str, Any] = {}
    resolution = resolve_service(text, heard.compiled.index, heard.compiled.language)
    nameless = isinstance(resolution, Ambiguous | Unknown) and resolution.reason in _NAMELESS
    if not nameless:
        wish["service"] = service_words(heard.language, text)
    if _when(heard, text):
        wish["when"] = text
    person = resolve_staff(text, heard.compiled.catalogue.staff)
    if isinstance(person, StaffResolved):
        wish["staff"] = text
    return wish


def service_words(language: str, text: str) -> str:
    """What is left of a sentence for the service: the part that is not about a day, without what is said around it."""
    parts = [part.strip(" .!?") for part in text.split(",")]
    words = script()["words"][language]
    bare = [_without(part, words["lead"], words["tail"]) for part in parts]
    return next((part for part in bare if part), text)


def _without(text: str, lead: Sequence[str], tail: Sequence[str]) -> str:
    shorter = True
    while shorter:
        shorter = False
        for phrase in lead:
            if f"{text.casefold()} ".startswith(f"{phrase} "):
                text, shorter = text[len(phrase) :].strip(), True
        for phrase in tail:
            if text.casefold().endswith(f" {phrase}"):
                text, shorter = text[: -len(phrase)].strip(), True
    return text


def _when(heard: Heard, text: str) -> bool:
    reading = understand_when(text, WhenContext(heard.now, heard.compiled.zone, heard.language))
    return isinstance(reading, AskWhen | RefuseWhen) or not reading.empty


def open_day(heard: Heard) -> date:
    """The first local day from tomorrow on on which the house or one of its branches is open, else tomorrow."""
    catalogue = heard.compiled.catalogue
    days = [heard.now.date() + timedelta(days=ahead) for ahead in range(1, DAYS_AHEAD)]
    places = (None, *catalogue.branches)
    return next(
        (day for day in days if any(opening_of_date(catalogue, place, day) for place in places)), days[0]
    )
