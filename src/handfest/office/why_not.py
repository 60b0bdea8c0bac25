"""Why not: every rule that makes a time free or not, for a service and perhaps somebody."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from whenever import Instant

from handfest.model.actor import Actor, Scope
from handfest.office.objection import Objection, ObjectionCode, invalid, not_found
from handfest.office.office import Office, enter
from handfest.ports import SlotQuestion
from handfest.scheduling.explain import explain
from handfest.scheduling.reason import Reason

SEARCHED_DAYS = 14


@runtime_checkable
class ExplainsTimes(Protocol):
    """A calendar that knows every rule behind its answer."""

    async def why(self, question: SlotQuestion, at: Instant) -> tuple[Reason, ...]:
        """Every rule that makes this time free or not."""


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The reasons with one sentence each in the language asked for; `free` if the time is."""

    at: Instant
    reasons: tuple[Reason, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TimeAsked:
    """A service at a moment, by somebody or by anybody, in a branch or in any."""

    service_id: str
    at: Instant
    staff_id: str | None = None
    branch_id: str | None = None


async def why_not(
    office: Office, actor: Actor, business_id: str, asked: TimeAsked, language: str | None = None
) -> WhyNot | Objection:
    """Why this time is free or not, as it stands now. Raises CalendarFault."""
    entered = await enter(office, actor, Scope.READ, business_id)
    if isinstance(entered, Objection):
        return entered
    if asked.branch_id is not None and entered.catalogue.branch(asked.branch_id) is None:
        return invalid("there is no such branch", field="branch_id")
    compiled = office.shelf.compiled(entered.stored, asked.branch_id)
    service = compiled.catalogue.service(asked.service_id)
    if service is None:
        return not_found("service")
    if asked.staff_id is not None and compiled.catalogue.staff_member(asked.staff_id) is None:
        return not_found("member of staff")
    calendar = office.calendars.of(compiled.catalogue)
    if not isinstance(calendar, ExplainsTimes):
        provider = compiled.catalogue.calendar.provider
        return Objection(ObjectionCode.NOT_POSSIBLE, f"{provider} does not say why a time is not free")
    question = SlotQuestion(
        catalogue=compiled.catalogue,
        service=service,
        start=asked.at,
        end=asked.at.add(hours=24 * SEARCHED_DAYS),
        now=office.clock.now(),
        staff_id=asked.staff_id,
        branch_id=compiled.branch_id,
    )
    reasons = await calendar.why(question, asked.at)
    names = {person.id: person.name for person in compiled.catalogue.staff}
    names |= {resource.id: resource.name for resource in compiled.catalogue.resources}
    told = explain(reasons, language=language or compiled.language, zone=compiled.zone, names=names)
    return WhyNot(asked.at, reasons, tuple(told))
