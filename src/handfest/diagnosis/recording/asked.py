"""What a tool request asked for: which kind of work, which service, which start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from whenever import Instant

from handfest.diagnosis.hearing.business_clock import BusinessClock
from handfest.diagnosis.hearing.written_time import TEMPLATE, TimeFault, WrittenTime, joined, read_written
from handfest.diagnosis.recording.audit_catalogue import AuditCatalogue, AuditedService
from handfest.diagnosis.recording.tool_words import ToolKind, argument_names, first, name_patterns

_VERSION = re.compile(r"[_-]v\d+$")
_CALLBACK = re.compile(r"callback|call_back|rueckruf|rückruf")


@dataclass(frozen=True, slots=True)
class AskedService:
    """How a request named its service, and what that stands for in the catalogue.

    `named` is False when it carried nothing (HF403); `resolved` is None when the name is unknown or
    ambiguous, or when the key is no service of this business.
    """

    named: bool = False
    by_name: bool = False
    resolved: AuditedService | None = None
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, read. `start.moment` is None where no exact start was asked for; `days` were searched."""

    kind: ToolKind
    service: AskedService
    start: WrittenTime
    days: tuple[date, ...] = ()
    offer_id: str | None = None
    templated: bool = False
    call_id: object = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader of this call needs: its catalogue, its wall clock, its first moment."""

    catalogue: AuditCatalogue
    clock: BusinessClock
    call_start: Instant
    today: date
    language: str

    def written(self, text: object, day: date | None = None) -> WrittenTime:
        """Read a written time of this call."""
        return read_written(text, self.clock, self.today, day, self.language)


def hint_of(tool: str) -> str | None:
    """What the name of a tool says it does; None where it says nothing."""
    name = _VERSION.sub("", tool.casefold().strip().replace(" ", "_"))
    return next((kind for kind, pattern in name_patterns() if pattern.search(name)), None)


def kind_of(tool: str, arguments: Mapping[str, Any]) -> ToolKind:
    """What a tool does, by name and by its confirmation flag; the answer may correct this (`tool_use`)."""
    hint = hint_of(tool)
    confirm = next((arguments[k] for k in argument_names()["confirm"] if k in arguments), None)
    confirmed = confirm is True or str(confirm).casefold() in ("true", "ja", "yes", "1")
    if hint == "collect":
        return ToolKind.BOOKING if confirmed else ToolKind.AVAILABILITY
    if hint == "booking" and confirm is not None and not confirmed:
        return ToolKind.AVAILABILITY
    if hint == "other":
        return ToolKind.CALLBACK if _CALLBACK.search(tool.casefold()) else ToolKind.OTHER
    return ToolKind(hint) if hint else ToolKind.OTHER


def read_request(tool: str, arguments: Mapping[str, Any], reading: Reading) -> Asked:
    """Read the arguments of one request in any of the known dialects."""
    arguments = _flat(arguments)
    kind = kind_of(tool, arguments)
    names = argument_names()
    start = _start(kind, arguments, reading)
    offer = first(arguments, names["offer"])
    return Asked(
        kind=kind,
        service=_service(arguments, reading.catalogue),
        start=_against_call(start, reading) if kind is not ToolKind.OTHER else start,
        days=_days(start, arguments, reading),
        offer_id=str(offer) if isinstance(offer, str | int) else None,
        templated=any(isinstance(v, str) and TEMPLATE.search(v) for v in _leaves(arguments)),
        call_id=first(arguments, names["call_id"]),
    )


def _flat(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments with those of wrapped objects (`{"request": {...}}`) beside them; the outer ones win."""
    names = argument_names()
    inner: list[Mapping[str, Any]] = []
    for name, value in arguments.items():
        if isinstance(value, Mapping) and name in names["service_name"]:
            inner.append({"service_id": value.get("id"), "service_name": value.get("name")})
        elif isinstance(value, Mapping):
            inner.append(_flat(value))
    plain = {name: value for name, value in arguments.items() if not isinstance(value, Mapping)}
    return {name: value for level in (*inner, plain) for name, value in level.items()}


def _leaves(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [value]


def _service(arguments: Mapping[str, Any], catalogue: AuditCatalogue) -> AskedService:
    """Service id before the provider's object id before the name; a template names nothing but is no gap."""
    names = argument_names()
    service_id = first(arguments, names["service_id"])
    if service_id is not None:
        known = catalogue.by_id(service_id) or catalogue.by_provider_id(service_id)
        if known is None and isinstance(service_id, str) and not service_id.isdigit():
            return _named(service_id, catalogue)
        return AskedService(True, False, known, unclear=known is None)
    provider_id = first(arguments, names["provider_id"])
    if provider_id is not None:
        return AskedService(True, False, catalogue.by_provider_id(provider_id))
    name = first(arguments, names["service_name"])
    return (
        _named(str(name), catalogue) if isinstance(name, str | int) and str(name).strip() else AskedService()
    )


def _named(name: str, catalogue: AuditCatalogue) -> AskedService:
    if TEMPLATE.search(name):
        return AskedService(named=True, by_name=True)
    known = catalogue.by_id(name) if name.isdigit() else None
    resolved = known or catalogue.by_name(name).service
    return AskedService(True, True, resolved, unclear=resolved is None)


def _start(kind: ToolKind, arguments: Mapping[str, Any], reading: Reading) -> WrittenTime:
    names = argument_names()
    if kind is ToolKind.RESCHEDULE:
        moved = _from_fields(arguments, ("new_start", "new_date", "new_time"), reading)
        if moved != WrittenTime() or any(
            first(arguments, names[n]) for n in ("new_start", "new_date", "new_time")
        ):
            return moved
    if kind is ToolKind.CANCEL:
        return WrittenTime()
    if kind is ToolKind.AVAILABILITY and first(arguments, names["range_end"]) is not None:
        return _from_fields(arguments, ("none", "date", "time"), reading)
    return _from_fields(arguments, ("start", "date", "time"), reading)


def _from_fields(arguments: Mapping[str, Any], fields: tuple[str, str, str], reading: Reading) -> WrittenTime:
    names = argument_names()
    whole, day, time = (first(arguments, names.get(each, ())) for each in fields)
    start = reading.written(whole)
    if start.moment is not None or start.fault is not None:
        return start
    on = reading.written(day)
    if on.fault is not None or (on.moment is not None and time is None):
        return on
    at = reading.written(time if time is not None else whole, on.day or start.day)
    if at.fault is not None or at.moment is not None:
        return at
    return joined(
        on.day or start.day or at.day, at.minutes if at.minutes is not None else start.minutes, reading.clock
    )


def _days(start: WrittenTime, arguments: Mapping[str, Any], reading: Reading) -> tuple[date, ...]:
    """The dates a request asked about: the one of its start, or the ends of its range."""
    if start.day is not None:
        return (start.day,)
    names = argument_names()
    ends = (reading.written(first(arguments, names[end])).day for end in ("range_start", "range_end"))
    plain = reading.written(first(arguments, names["start"])).day
    return tuple(dict.fromkeys(day for day in (*ends, plain) if day is not None))


def _against_call(start: WrittenTime, reading: Reading) -> WrittenTime:
    """Mark a start that lay in the past when the call began (HF408)."""
    if start.fault is not None:
        return start
    if start.moment is not None:
        past = start.moment < reading.call_start
    else:
        past = start.day is not None and start.day < reading.today
    return replace(start, fault=TimeFault.PAST) if past else start
