"""A Catalogue as the plain tables of a business file, in the file's own keys: to be written, or compared."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from typing import Any

from handfest.catalogue.hours_table import DAYS, span_text
from handfest.catalogue.place import country_of
from handfest.model.catalogue import (
    Binding,
    Branch,
    Business,
    CalendarSettings,
    Catalogue,
    Hours,
    Line,
    Phase,
    Service,
    Staff,
)

Table = dict[str, Any]


def tables_of(catalogue: Catalogue, *, sparse: bool) -> Table:
    """The tables of the file. `sparse` leaves out what reading would put back in."""
    order = [service.id for service in catalogue.services]
    tables = {
        "business": _business(catalogue.business, sparse),
        "lines": [_line(line, sparse) for line in catalogue.lines],
        "hours": hours_table(catalogue.hours),
        "booking": _plain(catalogue.rules, sparse),
        "calendar": _calendar(catalogue.calendar, sparse),
        "alerts": _plain(catalogue.alerts, sparse),
        "confirmations": _plain(catalogue.confirmations, sparse),
        "branches": [_with_hours(branch, sparse) for branch in catalogue.branches],
        "resources": [_plain(resource, sparse) for resource in catalogue.resources],
        "staff": [_staff(person, order, sparse) for person in catalogue.staff],
        "services": [_service(service, sparse) for service in catalogue.services],
    }
    return {name: table for name, table in tables.items() if table}


def hours_table(hours: Hours) -> Table:
    """Opening hours in the keys of the file; days without opening are left out."""
    days = zip(DAYS, hours.weekdays, strict=True)
    table: Table = {day: [span_text(span) for span in spans] for day, spans in days if spans}
    if hours.closed:
        table["closed"] = [day.isoformat() for day in sorted(hours.closed)]
    if hours.overrides:
        table["dates"] = {
            day.isoformat(): [span_text(span) for span in spans] for day, spans in hours.overrides
        }
    return table


def _plain(value: Any, sparse: bool, *left_out: str) -> Table:
    """The fields of a frozen value that a file can hold as they are; fields without a value are left out."""
    table: Table = {}
    for item in fields(value):
        held = getattr(value, item.name)
        if item.name in left_out or held is None or (sparse and held == _default(item)):
            continue
        table[item.name] = _toml_value(held)
    return table


def _default(item: "Field[Any]") -> Any:
    return item.default_factory() if item.default_factory is not MISSING else item.default


def _toml_value(held: Any) -> Any:
    if isinstance(held, StrEnum):
        return held.value
    return list(held) if isinstance(held, tuple) else held


def _business(business: Business, sparse: bool) -> Table:
    table = _plain(business, sparse, "country")
    if not sparse or business.country != country_of(business.holidays):
        table["country"] = business.country
    return table


def _line(line: Line, sparse: bool) -> Table:
    table = _plain(line, sparse, "branch_id")
    return table | ({"branch": line.branch_id} if line.branch_id else {})


def _calendar(calendar: CalendarSettings, sparse: bool) -> Table:
    table = _plain(calendar, sparse, "provider")
    shown = not sparse or calendar != CalendarSettings()
    return ({"provider": calendar.provider} if shown else {}) | ({"calcom": table} if table else {})


def _with_hours(place: Branch | Staff, sparse: bool, *left_out: str) -> Table:
    table = _plain(place, sparse, "hours", *left_out)
    return table | ({"hours": hours_table(place.hours)} if place.hours is not None else {})


def _staff(person: Staff, order: list[str], sparse: bool) -> Table:
    table = _with_hours(person, sparse, "services")
    hours = {"hours": table.pop("hours")} if "hours" in table else {}
    return table | {"services": sorted(person.services, key=order.index)} | hours


def _service(service: Service, sparse: bool) -> Table:
    table = _plain(service, sparse, "phases", "binding")
    if service.phases != (Phase(service.duration_min),):
        table["phases"] = [_phase(phase) for phase in service.phases]
    binding = _binding(service.binding)
    return table | ({"calcom": binding} if binding else {})


def _phase(phase: Phase) -> Table:
    return {"minutes": phase.minutes} | ({} if phase.staff_busy else {"staff": "free"})


def _binding(binding: Binding) -> Mapping[str, Any]:
    table: Table = {} if binding.event_type_id is None else {"event_type_id": binding.event_type_id}
    return table | ({"by_staff": dict(binding.by_staff)} if binding.by_staff else {})
