"""What is wrong with the calendars that a business follows (HF323, HF324), from what the store knows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from whenever import Instant

from handfest.model.catalogue import Catalogue
from handfest.model.followed_calendar import FollowedCalendar
from handfest.scheduling.request import NOBODY

OVERDUE_HOURS = 1
"""So long after its time a calendar that nobody has tried to read is a finding."""


@dataclass(frozen=True, slots=True)
class FollowedFinding:
    """One finding; subject and evidence hold nothing of the address but host and last characters."""

    id: str
    subject: str
    evidence: str


def followed_findings(
    calendars: Iterable[FollowedCalendar], catalogue: Catalogue, now: Instant
) -> tuple[FollowedFinding, ...]:
    """All findings about the calendars of one business."""
    return tuple(found for one in calendars for found in _findings(one, catalogue, now))


def _findings(calendar: FollowedCalendar, catalogue: Catalogue, now: Instant) -> Iterator[FollowedFinding]:
    subject = f"{calendar.id} ({calendar.shown})"
    last = calendar.last_good().to_tz(catalogue.business.time_zone).format_iso()[:16]
    if calendar.unread:
        evidence = f"{calendar.trouble}; last read {last}, {calendar.failures} failures since"
        yield FollowedFinding("HF323", subject, evidence)
    elif calendar.due_at.add(hours=OVERDUE_HOURS) < now:
        evidence = f"last read {last}, and nobody has tried since: is `handfest serve` running?"
        yield FollowedFinding("HF323", subject, evidence)
    if staff_gone(calendar, catalogue):
        yield FollowedFinding("HF324", subject, f"{calendar.resource_id} is not in the file")


def staff_gone(calendar: FollowedCalendar, catalogue: Catalogue) -> bool:
    """Whether the person whose calendar it is has left the business file."""
    who = calendar.resource_id
    return who != NOBODY and all(person.id != who for person in catalogue.staff)
