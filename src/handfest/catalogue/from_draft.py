"""The Catalogue of a draft in which nothing is wrong."""

from typing import Any

from handfest.catalogue.draft import Draft, Row
from handfest.catalogue.phone import e164
from handfest.catalogue.place import country_of
from handfest.model.catalogue import (
    Alerts,
    Binding,
    BookingRules,
    Branch,
    Business,
    CalendarSettings,
    Catalogue,
    Confirmations,
    Grid,
    Hours,
    Line,
    Phase,
    Resource,
    Service,
    Staff,
    Unnamed,
)


def catalogue_from(draft: Draft) -> Catalogue:
    """Builds the values; keys the file leaves out keep the defaults of the model."""
    business = _business(draft.row("business"))
    everything = frozenset(draft.ids("services"))
    return Catalogue(
        business=business,
        services=tuple(_service(row) for row in draft.rows("services")),
        staff=tuple(_staff(row, everything) for row in draft.rows("staff")),
        resources=tuple(_resource(row) for row in draft.rows("resources")),
        branches=tuple(_branch(row, business.country) for row in draft.rows("branches")),
        lines=tuple(_line(row, business.country) for row in draft.rows("lines")),
        hours=draft.top.get("hours") or Hours(),
        rules=_rules(draft.row("booking")),
        calendar=_calendar(draft.row("calendar")),
        alerts=Alerts(**draft.row("alerts").values),
        confirmations=Confirmations(**draft.row("confirmations").values),
    )


def _business(row: Row) -> Business:
    values = dict(row.values)
    values["country"] = business_country(row)
    values["phone"] = e164(values.get("phone"), values["country"])
    for name in ("unnamed_service", "unknown_service"):
        if name in values:
            values[name] = Unnamed(values[name])
    return Business(**values)


def business_country(row: Row) -> str:
    """The country whose way of writing phone numbers holds: stated, or that of the holidays."""
    return str(row.get("country") or country_of(row.get("holidays")))


def _service(row: Row) -> Service:
    values = dict(row.values)
    binding = values.pop("calcom", None)
    phases = tuple(_phase(phase) for phase in values.get("phases", ()))
    values["phases"] = phases
    values.setdefault("duration_min", sum(phase.minutes for phase in phases))
    return Service(**values, binding=_binding(binding) if binding else Binding())


def _phase(row: Row) -> Phase:
    return Phase(row.get("minutes"), row.get("staff", "busy") == "busy")


def _binding(row: Row) -> Binding:
    return Binding(row.get("event_type_id"), tuple(row.get("by_staff", {}).items()))


def _staff(row: Row, everything: frozenset[str]) -> Staff:
    return Staff(**{**row.values, "services": frozenset(row.get("services", everything))})


def _resource(row: Row) -> Resource:
    return Resource(**{"name": row.get("id"), **row.values})


def _branch(row: Row, country: str) -> Branch:
    return Branch(**{**row.values, "phone": e164(row.get("phone"), country)})


def _line(row: Row, country: str) -> Line:
    values: dict[str, Any] = {"agent_id": None, "signing_key_env": None, **row.values}
    values["branch_id"] = values.pop("branch", None)
    values["number"] = e164(values.get("number"), country)
    return Line(**values)


def _rules(row: Row) -> BookingRules:
    values = dict(row.values)
    if "grid" in values:
        values["grid"] = Grid(values["grid"])
    return BookingRules(**values)


def _calendar(row: Row) -> CalendarSettings:
    values = dict(row.values)
    calcom: Row | None = values.pop("calcom", None)
    return CalendarSettings(**values, **(calcom.values if calcom else {}))
