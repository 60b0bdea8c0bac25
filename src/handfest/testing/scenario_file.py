"""Reading scenario files.

A key that nobody reads is an error: an expectation with a typo would expect nothing.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from whenever import Instant

from handfest.testing.scenario import (
    Advance,
    Apply,
    Ask,
    Busy,
    CalendarTurn,
    CallEvent,
    Inbound,
    Party,
    Reconcile,
    Scenario,
    Step,
    Together,
)

CALLER_PREFIX = "+49302312507"
"""A call that says nothing of its caller comes from this number with the call's key as last digit."""

_FILE = frozenset({"title", "classes", "now", "business", "businesses", "calendar", "calls", "step", "end"})
_CALL = frozenset({"from", "to", "agent", "agent_version"})
_ASK = frozenset(
    {"call", "tool", "args", "expect", "shape", "tool_call_id", "transcript", "envelope", "signed_by"}
    | {"signed_seconds_ago", "after_seconds", "label"}
)
_EXPECT = frozenset(
    {
        "status",
        "ok",
        "code",
        "next",
        "say",
        "say_contains",
        "say_lacks",
        "offers",
        "offer_count",
        "offers_lack",
    }
    | {
        "offers_on",
        "selected_service_id",
        "appointments",
        "booking",
        "options",
        "missing",
        "asked",
        "same_as",
    }
    | {"lacks", "today"}
)
_END = frozenset({"bookings", "holds", "callbacks", "calls", "appointments", "alarms", "trace"})
_CALENDAR = frozenset({"fail", "fault", "answer", "hold", "release", "book", "forget"})


class ScenarioUnreadable(ValueError):
    """The file is no scenario; the message names the place and the cause."""


def read_scenario(path: Path) -> Scenario:
    """The scenario in a TOML file; business files are looked up in `businesses/` beside it."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return scenario_of(path.stem, table, path.parent / "businesses")
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ScenarioUnreadable(f"{path.name}: {error}") from error


def scenario_of(name: str, table: Mapping[str, Any], folder: Path) -> Scenario:
    """The scenario in a parsed table. Raises ScenarioUnreadable."""
    _known(table, _FILE, name)
    end = table.get("end", {})
    _known(end, _END, f"{name} [end]")
    inline = (table["business"],) if "business" in table else ()
    named = tuple(_source(folder, business) for business in table.get("businesses", ()))
    sources = (*inline, *named)
    if not sources:
        raise ScenarioUnreadable(
            f"{name}: names no business; write businesses = [...] or business = '''...'''"
        )
    steps = tuple(
        _step(step, folder, f"{name} step {number}") for number, step in enumerate(table["step"], 1)
    )
    parties = {key: _party(key, call, sources[0], name) for key, call in table.get("calls", {}).items()}
    for key in {key for step in steps for key in _calls_of(step)} - set(parties):
        parties[key] = _party(key, {}, sources[0], name)
    return Scenario(
        name=name,
        title=table["title"],
        classes=tuple(table["classes"]),
        now=Instant.parse_iso(table["now"]),
        businesses=sources,
        parties=parties,
        steps=steps,
        end=end,
        calendar=table.get("calendar", "embedded"),
    )


def _step(step: Mapping[str, Any], folder: Path, place: str) -> Step:
    """One step, known by the one key that only its kind has."""
    kinds: dict[str, Callable[[], Step]] = {
        "tool": lambda: _ask(step, place),
        "together": lambda: Together(tuple(_ask(ask, place) for ask in step["together"])),
        "advance": lambda: Advance(float(step["advance"])),
        "event": lambda: CallEvent(step.get("call", "1"), step["event"]),
        "inbound": lambda: Inbound(step.get("call", "1"), step["inbound"]),
        "busy": lambda: Busy(**step["busy"]),
        "calendar": lambda: _calendar(step["calendar"], place),
        "reconcile": lambda: Reconcile(step["reconcile"]),
        "apply": lambda: Apply(_source(folder, step["apply"])),
    }
    kind = next((key for key in kinds if key in step), None)
    if kind is None:
        raise ScenarioUnreadable(f"{place}: is none of {', '.join(kinds)}")
    if kind != "tool":
        _known(step, frozenset({kind, "call"}), place)
    return kinds[kind]()


def _ask(step: Mapping[str, Any], place: str) -> Ask:
    _known(step, _ASK, place)
    _known(step.get("expect", {}), _EXPECT, f"{place} expect")
    fields = {"call": "1", **step, "transcript": tuple(step.get("transcript", ()))}
    return Ask(**fields)


def _calendar(fields: Mapping[str, Any], place: str) -> CalendarTurn:
    _known(fields, _CALENDAR, f"{place} calendar")
    return CalendarTurn(**fields)


def _party(key: str, call: Mapping[str, Any], source: str, place: str) -> Party:
    _known(call, _CALL, f"{place} [calls.{key}]")
    line = tomllib.loads(source)["lines"][0]
    return Party(
        key=key,
        caller=call.get("from", f"{CALLER_PREFIX}{key[-1]}"),
        line=call.get("to", line["number"]),
        agent=call.get("agent", line.get("agent_id", "agent")),
        agent_version=call.get("agent_version", 1),
    )


def _calls_of(step: Step) -> tuple[str, ...]:
    match step:
        case Ask() | CallEvent() | Inbound():
            return (step.call,)
        case Together():
            return tuple(ask.call for ask in step.asks)
        case _:
            return ()


def _source(folder: Path, name: str) -> str:
    path = folder / f"{name}.toml"
    if not path.is_file():
        raise ScenarioUnreadable(f"there is no business file {name}.toml in {folder.name}/")
    return path.read_text(encoding="utf-8")


def _known(table: Mapping[str, Any], keys: frozenset[str], place: str) -> None:
    unknown = sorted(set(table) - keys)
    if unknown:
        raise ScenarioUnreadable(
            f"{place}: nobody reads {', '.join(unknown)}; known are {', '.join(sorted(keys))}"
        )
