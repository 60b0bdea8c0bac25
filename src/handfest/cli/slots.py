"""`handfest slots ...`: what is free, and why a time is or is not."""

from dataclasses import dataclass
from typing import Annotated

import typer
from whenever import Instant

from handfest.calendars.embedded import EmbeddedCalendar
from handfest.catalogue.compiled import CompiledCatalogue
from handfest.catalogue.resolve import resolve_service
from handfest.cli.chosen_business import chosen_business, chosen_staff
from handfest.cli.clock import clock_from
from handfest.cli.moments import read_moment
from handfest.cli.options import Database, Json, Language, settings_with
from handfest.cli.output import console, fail, print_json
from handfest.cli.run import guarded, with_store
from handfest.model.catalogue import Service
from handfest.model.resolution import Resolved
from handfest.model.slot import Slot
from handfest.ports import Clock, SlotQuestion, Store
from handfest.scheduling.explain import explain
from handfest.scheduling.reason import Reason

slots = typer.Typer(help="What is free, and why.", no_args_is_help=True)
Business = Annotated[str | None, typer.Argument(help="The business; may be left out if there is only one.")]
ServiceName = Annotated[str, typer.Option("--service", help="The service: its id, or as a caller says it.")]
StaffName = Annotated[str | None, typer.Option("--staff", help="A member of staff: id or name.")]
BranchId = Annotated[str | None, typer.Option("--branch", help="A branch.")]
Now = Annotated[str | None, typer.Option("--now", help="Testing aid: an ISO moment to look from.")]
SEARCHED_DAYS = 14


@dataclass(frozen=True, slots=True)
class _Asked:
    business: str | None
    service: str
    staff: str | None
    branch: str | None
    clock: Clock


@slots.command("why")
def why(
    service: ServiceName,
    at: Annotated[
        str, typer.Option("--at", help="When: 2025-10-22T14:00 (local), with an offset, or words.")
    ],
    business: Business = None,
    staff: StaffName = None,
    branch: BranchId = None,
    language: Annotated[Language | None, typer.Option(help="Default: the business's.")] = None,
    now: Now = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """Say in one sentence each rule that makes a time free or not."""
    asked = _Asked(business, service, staff, branch, guarded(lambda: clock_from(now)))
    compiled, moment, reasons = with_store(
        settings_with(database).database, lambda store: _why(store, asked, at)
    )
    names = {person.id: person.name for person in compiled.catalogue.staff}
    names |= {resource.id: resource.name for resource in compiled.catalogue.resources}
    told = explain(reasons, language=language or compiled.language, zone=compiled.zone, names=names)
    if as_json:
        causes = [{"cause": reason.cause.value, "staff": reason.staff_id} for reason in reasons]
        local = moment.to_tz(compiled.zone.key).format_iso().split("[")[0]
        print_json({"at": local, "reasons": causes, "sentences": list(told)})
        return
    for line in told:
        console.print(line, markup=False, soft_wrap=True)


@slots.command("ls")
def list_slots(
    service: ServiceName,
    business: Business = None,
    day: Annotated[str | None, typer.Option("--day", help="A date; default: today.")] = None,
    staff: StaffName = None,
    branch: BranchId = None,
    now: Now = None,
    database: Database = None,
    as_json: Json = False,
) -> None:
    """List the free starts of a day."""
    asked = _Asked(business, service, staff, branch, guarded(lambda: clock_from(now)))
    compiled, found = with_store(settings_with(database).database, lambda store: _list(store, asked, day))
    zone = compiled.zone.key
    starts: dict[str, list[str]] = {}
    for slot in found:
        local = slot.start.to_tz(zone).format_iso().split("[")[0]
        person = compiled.catalogue.staff_member(slot.staff_id)
        starts.setdefault(local, []).extend([person.name] if person else [])
    if as_json:
        print_json([{"start": start, "staff": names} for start, names in starts.items()])
        return
    for start, names in starts.items():
        console.print(f"{start}  {', '.join(names)}".rstrip(), markup=False)
    if not starts:
        console.print("nothing is free; `handfest slots why` says why", markup=False)


async def _why(store: Store, asked: _Asked, at: str) -> tuple[CompiledCatalogue, Instant, tuple[Reason, ...]]:
    compiled = await chosen_business(store, asked.business, asked.branch)
    now = asked.clock.now()
    moment = read_moment(at, compiled, now)
    question = _question(compiled, asked, moment, moment.add(hours=24 * SEARCHED_DAYS), now)
    return compiled, moment, await EmbeddedCalendar(store, asked.clock).why(question, moment)


async def _list(store: Store, asked: _Asked, day: str | None) -> tuple[CompiledCatalogue, tuple[Slot, ...]]:
    compiled = await chosen_business(store, asked.business, asked.branch)
    now = asked.clock.now()
    wanted = day or now.to_tz(compiled.zone.key).date().format_iso()
    first = read_moment(wanted, compiled, now)
    last = read_moment(wanted, compiled, now, end=True)
    question = _question(compiled, asked, first, last, now)
    return compiled, await EmbeddedCalendar(store, asked.clock).free_slots(question)


def _question(
    compiled: CompiledCatalogue, asked: _Asked, start: Instant, end: Instant, now: Instant
) -> SlotQuestion:
    person = chosen_staff(compiled, asked.staff)
    return SlotQuestion(
        catalogue=compiled.catalogue,
        service=_service(compiled, asked.service),
        start=start,
        end=end,
        now=now,
        staff_id=person.id if person else None,
        branch_id=compiled.branch_id,
    )


def _service(compiled: CompiledCatalogue, said: str) -> Service:
    found = compiled.catalogue.service(said)
    if found is None:
        resolution = resolve_service(said, compiled.index, compiled.language)
        if isinstance(resolution, Resolved):
            found = compiled.catalogue.service(resolution.service_id)
    if found is None:
        known = ", ".join(f"{service.id} ({service.name})" for service in compiled.catalogue.services)
        fail(f"no one clear service is {said!r}; name one of: {known}")
    return found
