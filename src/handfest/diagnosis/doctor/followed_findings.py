"""What is wrong with the calendars that a business follows (HF323, HF324), from what the store knows."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from whenever import Instant

from handfest.model.catalogue import Catalogue
from handfest.model.followed_calendar import FollowedCalendar
from handfest.scheduling.request import NOBODY

OVERDUE_HOURS = 1
"""So long after its time a calendar that nobody has tried to read is a finding."""
_WORDS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    files("handfest.diagnosis.doctor").joinpath("followed_evidence.toml").read_text("utf-8")
)


@dataclass(frozen=True, slots=True)
class FollowedFinding:
    """One finding; subject and evidence hold nothing of the address but host and last characters.

    `shown` names the sentence of the evidence, and `facts` are what stands in it.
    """

    id: str
    subject: str
    shown: str
    facts: Mapping[str, object]

    def evidence(self, language: str) -> str:
        """What shows it, in this language (de or en)."""
        return _WORDS[self.shown].get(language, _WORDS[self.shown]["en"]).format(**self.facts)


def followed_findings(
    calendars: Iterable[FollowedCalendar], catalogue: Catalogue, now: Instant
) -> tuple[FollowedFinding, ...]:
    """All findings about the calendars of one business."""
    return tuple(found for one in calendars for found in _findings(one, catalogue, now))


def _findings(calendar: FollowedCalendar, catalogue: Catalogue, now: Instant) -> Iterator[FollowedFinding]:
    subject = f"{calendar.id} ({calendar.shown})"
    last = calendar.last_good().to_tz(catalogue.business.time_zone).format_iso()[:16]
    if calendar.unread:
        facts = {"trouble": calendar.trouble, "last": last, "failures": calendar.failures}
        yield FollowedFinding("HF323", subject, "unread", facts)
    elif calendar.due_at.add(hours=OVERDUE_HOURS) < now:
        yield FollowedFinding("HF323", subject, "overdue", {"last": last})
    if staff_gone(calendar, catalogue):
        yield FollowedFinding("HF324", subject, "staff_gone", {"who": calendar.resource_id})


def staff_gone(calendar: FollowedCalendar, catalogue: Catalogue) -> bool:
    """Whether the person whose calendar it is has left the business file."""
    who = calendar.resource_id
    return who != NOBODY and all(person.id != who for person in catalogue.staff)
