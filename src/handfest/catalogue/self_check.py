"""The self-check of a catalogue: what a file may say and what will all the same go wrong on the phone."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from handfest.catalogue.hours_table import length_min
from handfest.model.catalogue import END_OF_DAY, Catalogue, Hours, Service, Staff, Unnamed


@dataclass(frozen=True, slots=True)
class CatalogueFinding:
    """One finding; what it means and what helps is in the registry of findings, by its id.

    `subject` is the path of what it is about, rows by id (`services[47]`); `evidence` are names and figures, in no
    language.
    """

    id: str
    subject: str
    evidence: str


def self_check(catalogue: Catalogue) -> tuple[CatalogueFinding, ...]:
    """Everything found, in the order of the ids."""
    checks = (_policies, _service_staff, _lines, _no_hours, _too_long, _five_minutes, _staff_hours)
    found = (finding for check in checks for finding in check(catalogue))
    return tuple(sorted(found, key=lambda finding: (finding.id, finding.subject)))


def _policies(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    business, default = catalogue.business, catalogue.default_service()
    if business.unknown_service is Unnamed.DEFAULT:
        yield CatalogueFinding("HF101", "business.unknown_service", default.name if default else "")
    if business.unnamed_service is Unnamed.DEFAULT and default is None:
        yield CatalogueFinding("HF110", "business.unnamed_service", "")


def _service_staff(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    for service in catalogue.services if catalogue.staff else ():
        if not _able(catalogue, service):
            yield CatalogueFinding("HF102", f"services[{service.id}]", service.name)


def _able(catalogue: Catalogue, service: Service) -> list[Staff]:
    """Who can do a service at one of its branches."""
    return [
        person
        for person in catalogue.staff
        if service.id in person.services
        and (not person.branches or not service.branches or set(person.branches) & set(service.branches))
    ]


def _lines(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    if not catalogue.lines:
        yield CatalogueFinding("HF104", "lines", "")
    for line in catalogue.lines:
        if line.signing_key_env is None:
            name = line.number or line.agent_id
            yield CatalogueFinding("HF105", f"lines[{name}]", line.platform)


def _no_hours(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    places = [catalogue.hours, *(branch.hours for branch in catalogue.branches)]
    people = [person.hours for person in catalogue.staff]
    if not any(hours and _opens(hours) for hours in (*places, *people)):
        yield CatalogueFinding("HF106", "hours", "")


def _opens(hours: Hours) -> bool:
    return any(hours.weekdays) or any(spans for _, spans in hours.overrides)


def _too_long(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    for service in catalogue.services:
        longest = max((_longest_min(hours) for hours in _hours_for(catalogue, service)), default=0)
        if 0 < longest < service.duration_min:
            evidence = f"{service.name}: {service.duration_min} min > {longest} min"
            yield CatalogueFinding("HF107", f"services[{service.id}].duration_min", evidence)


def _hours_for(catalogue: Catalogue, service: Service) -> Iterator[Hours]:
    """The hours in which a service could be done: those of its people, else of its branches or the house."""
    able = _able(catalogue, service)
    for person in able:
        if person.hours is not None:
            yield person.hours
    if not able or any(person.hours is None for person in able):
        yield from _house_hours(catalogue, service.branches)


def _house_hours(catalogue: Catalogue, branches: Iterable[str]) -> Iterator[Hours]:
    """The hours of some branches (none named: of all of them), the business's where one has none."""
    named = set(branches)
    places = [branch for branch in catalogue.branches if not named or branch.id in named]
    if not places:
        yield catalogue.hours
    for place in places:
        yield place.hours or catalogue.hours


def _longest_min(hours: Hours) -> int:
    """The longest unbroken opening; openings that touch at midnight are one."""
    week = [
        (day * END_OF_DAY + span.start, day * END_OF_DAY + span.start + length_min(span))
        for day, spans in enumerate(hours.weekdays * 2)
        for span in spans
    ]
    longest = max((length_min(span) for _, spans in hours.overrides for span in spans), default=0)
    begin = end = -1
    for start, stop in week:
        begin, end = (begin, max(stop, end)) if start <= end else (start, stop)
        longest = max(longest, end - begin)
    return longest


def _five_minutes(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    if catalogue.rules.slot_step_min % 5:
        yield CatalogueFinding("HF108", "booking.slot_step_min", f"{catalogue.rules.slot_step_min} min")
    for service in catalogue.services:
        for key in ("duration_min", "buffer_before_min", "buffer_after_min", "slot_step_min"):
            minutes = getattr(service, key) or 0
            if minutes % 5:
                yield CatalogueFinding(
                    "HF108", f"services[{service.id}].{key}", f"{service.name}: {minutes} min"
                )


def _staff_hours(catalogue: Catalogue) -> Iterator[CatalogueFinding]:
    for person in catalogue.staff:
        own = [person.hours] if person.hours is not None else _house_hours(catalogue, person.branches)
        if not any(_opens(hours) for hours in own):
            yield CatalogueFinding("HF109", f"staff[{person.id}]", person.name)
