"""What a business's Cal.com account will make go wrong on the phone. Reads only, some requests a service."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

from whenever import Instant

from handfest.calendars.calcom_budget import KEPT_FOR_CHECKS
from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_errors import ApiRefused
from handfest.calendars.calcom_values import EventTypeFacts
from handfest.errors import CalendarFault, Unauthorised
from handfest.model.catalogue import Catalogue, Service, Unnamed

AHEAD_DAYS = 14
REGIONS = ("https://api.cal.com/v2", "https://api.cal.eu/v2")
"""The provider's own two; an account lives in one of them, and each rejects the other's keys with a 401."""
SKEW_SECONDS = 60
UNHURRIED = Deadlines(connect=3.0, read=10.0, write=10.0)
FILLED = frozenset(
    {"name", "email", "attendeePhoneNumber", "location", "notes", "guests", "rescheduleReason", "title"}
)
"""Booking fields that a phone call fills, or that Cal.com fills itself."""
ASKS_CALLER = frozenset({"attendeeAddress", "attendeePhone", "attendeeDefined"})


@dataclass(frozen=True, slots=True)
class CalcomFinding:
    """One finding. `subject` is the path in the business file of what it is about."""

    id: str
    subject: str
    evidence: str


Pause = Callable[[float], Awaitable[None]]


async def examine(
    catalogue: Catalogue,
    client: CalcomClient,
    now: Instant,
    webhook_secret: str | None,
    pause: Pause = asyncio.sleep,
) -> tuple[CalcomFinding, ...]:
    """Everything found, by id and subject. An account that cannot be asked is one finding.

    Callers come first: before the rate budget goes down to what they need, it waits (`pause`, in seconds).
    """
    account = list(_budget(client))
    try:
        me = await client.me(UNHURRIED)
        account += [*(() if account else _budget(client)), *_clock(client, me, now)]
        schedules = {row.get("id"): row for row in await client.schedules(UNHURRIED)}
        found = [finding async for finding in _services(catalogue, client, schedules, now, pause)]
    except (Unauthorised, ApiRefused) as fault:
        evidence = f"{fault}{await _other_region(client)}"
        return (CalcomFinding("HF301", "calendar.calcom.api_key_env", evidence),)
    except CalendarFault as fault:
        return (CalcomFinding("HF302", "calendar.calcom.base_url", f"{fault.code}: {fault}"),)
    found += [*_business(catalogue, webhook_secret), *account]
    return tuple(sorted(set(found), key=lambda finding: (finding.id, finding.subject, finding.evidence)))


def _business(catalogue: Catalogue, webhook_secret: str | None) -> Iterator[CalcomFinding]:
    defaults = [service.id for service in catalogue.services if service.default]
    if catalogue.business.unnamed_service is Unnamed.DEFAULT and len(defaults) != 1:
        yield CalcomFinding("HF320", "services", f"{len(defaults)} services are marked default")
    owners: dict[int, str] = {}
    for service in catalogue.services:
        for number in _numbers(service):
            first = owners.setdefault(number, service.id)
            if first != service.id:
                evidence = f"services {first} and {service.id} are both event type {number}"
                yield CalcomFinding("HF315", f"services[{service.id}].calcom", evidence)
    if not webhook_secret:
        yield CalcomFinding("HF322", "calendar.calcom.webhook_secret_env", "no secret is set")


async def _other_region(client: CalcomClient) -> str:
    """Whether the refused key is one of the provider's other region; asked only between its own two addresses."""
    for region in REGIONS if client.base_url in REGIONS else ():
        if region != client.base_url:
            try:
                await client.at(region).me(UNHURRIED)
            except (CalendarFault, ApiRefused):
                continue
            return f"; {region} knows this key"
    return ""


def _budget(client: CalcomClient) -> Iterator[CalcomFinding]:
    """What others have left of the rate budget, before the examination spends some itself."""
    if client.budget.left < KEPT_FOR_CHECKS:
        yield CalcomFinding("HF318", "calendar.calcom", f"{client.budget.left} requests left in this minute")


def _clock(client: CalcomClient, me: Any, now: Instant) -> Iterator[CalcomFinding]:
    if client.server_date is not None:
        theirs = Instant(parsedate_to_datetime(client.server_date))
        apart = round(abs((theirs - now).total("seconds")))
        if apart > SKEW_SECONDS:
            account = me.get("username", "?")
            yield CalcomFinding("HF317", "calendar.calcom", f"{apart} seconds apart (account {account})")


async def _services(
    catalogue: Catalogue, client: CalcomClient, schedules: dict[Any, Any], now: Instant, pause: Pause
) -> Any:
    for service in catalogue.services:
        numbers = _numbers(service)
        if not numbers:
            yield CalcomFinding("HF303", f"services[{service.id}]", "the file names no event type")
        if _shared_by_several(catalogue, service):
            yield CalcomFinding("HF319", f"services[{service.id}].calcom", "several people can do it")
        for number in numbers:
            where = f"services[{service.id}].calcom[{number}]"
            await pause_for_callers(client, pause)
            facts = await client.event_type(number, UNHURRIED)
            if facts is None:
                yield CalcomFinding("HF303", where, f"this key sees no event type {number}")
                continue
            for finding in _event_type(catalogue, service, facts, schedules, where, now):
                yield finding
            if facts.scheduling != "managed" and not await _has_slots(client, number, now):
                yield CalcomFinding("HF316", where, f"no slot of event type {number} in {AHEAD_DAYS} days")


async def pause_for_callers(client: CalcomClient, pause: Pause) -> None:
    """Wait until callers would not be short of requests if one more service is examined."""
    wait = client.budget.wait_seconds(KEPT_FOR_CHECKS + 2)
    if wait > 0:
        await pause(wait)


async def _has_slots(client: CalcomClient, number: int, now: Instant) -> bool:
    return bool(await client.slots(number, now, now.add(hours=24 * AHEAD_DAYS), UNHURRIED))


def _event_type(
    catalogue: Catalogue,
    service: Service,
    facts: EventTypeFacts,
    schedules: dict[Any, Any],
    where: str,
    now: Instant,
) -> Iterator[CalcomFinding]:
    """What one event type says against the service it is bound to."""
    if facts.scheduling == "managed":
        yield CalcomFinding("HF304", where, f'"{facts.title}" is a managed event type')
    if facts.hidden:
        yield CalcomFinding("HF305", where, f'"{facts.title}" is hidden')
    if service.duration_min not in (facts.length_min, *facts.lengths):
        yield CalcomFinding(
            "HF306", where, f"{facts.length_min} min in Cal.com, {service.duration_min} min in the file"
        )
    if facts.needs_confirmation:
        yield CalcomFinding("HF312", where, f'"{facts.title}" has to be confirmed')
    if facts.limits:
        yield CalcomFinding("HF309", where, f"limits {dict(facts.limits)}")
    yield from _times(catalogue, service, facts, where)
    yield from _window(catalogue, service, facts, where, now)
    yield from _form(facts, where)
    zone = (schedules.get(facts.schedule_id) or {}).get("timeZone")
    if zone is not None and zone != catalogue.business.time_zone:
        evidence = f"{zone} in Cal.com, {catalogue.business.time_zone} in the file"
        yield CalcomFinding("HF314", where, evidence)


def _times(
    catalogue: Catalogue, service: Service, facts: EventTypeFacts, where: str
) -> Iterator[CalcomFinding]:
    rules = catalogue.rules
    notice = service.min_notice_min if service.min_notice_min is not None else rules.min_notice_min
    if facts.notice_min > notice:
        yield CalcomFinding("HF307", where, f"{facts.notice_min} min in Cal.com, {notice} min in the file")
    theirs = (facts.buffer_before_min, facts.buffer_after_min)
    if theirs != (service.buffer_before_min, service.buffer_after_min):
        ours = f"{service.buffer_before_min}/{service.buffer_after_min}"
        yield CalcomFinding("HF321", where, f"{theirs[0]}/{theirs[1]} min in Cal.com, {ours} in the file")


def _window(
    catalogue: Catalogue, service: Service, facts: EventTypeFacts, where: str, now: Instant
) -> Iterator[CalcomFinding]:
    """How far ahead Cal.com lets book: days, working days, or a range of dates."""
    value, kind = facts.window.get("value"), facts.window.get("type")
    horizon = service.max_advance_days or catalogue.rules.max_advance_days
    days: int | None = None
    if isinstance(value, int):
        days = value * 7 // 5 if kind == "businessDays" else value
    elif isinstance(value, list) and len(value) == 2:
        today = now.to_tz(catalogue.business.time_zone).date().to_stdlib()
        days = max(0, (date.fromisoformat(str(value[1])[:10]) - today).days)
    if days is not None and days < horizon:
        yield CalcomFinding("HF308", where, f"{days} days in Cal.com, {horizon} in the file")


def _form(facts: EventTypeFacts, where: str) -> Iterator[CalcomFinding]:
    for row in facts.fields:
        if row.required and not row.hidden and row.slug not in FILLED:
            yield CalcomFinding("HF310", where, f'the field "{row.slug}" is required')
    if facts.email_demanded:
        yield CalcomFinding("HF311", where, "e-mail is required")
    if facts.locations and facts.locations[0] in ASKS_CALLER:
        yield CalcomFinding("HF313", where, f"the location is {facts.locations[0]}")


def _numbers(service: Service) -> tuple[int, ...]:
    common = service.binding.event_type_id
    own = tuple(number for _, number in service.binding.by_staff)
    return tuple(dict.fromkeys((*((common,) if common is not None else ()), *own)))


def _shared_by_several(catalogue: Catalogue, service: Service) -> bool:
    able = [person.id for person in catalogue.staff if service.id in person.services]
    own = dict(service.binding.by_staff)
    return len(able) > 1 and any(staff_id not in own for staff_id in able)
