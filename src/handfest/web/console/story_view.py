"""The story of a call as its page shows it."""

from dataclasses import dataclass
from typing import Any

from handfest.diagnosis.audit.commitments import commitments
from handfest.diagnosis.story.explain import DONE, Story, cause_of, findings_of
from handfest.diagnosis.story.served_findings import numbered
from handfest.diagnosis.story.timeline import Event, timeline
from handfest.model.booking import Booking
from handfest.model.offer import Offer
from handfest.web.console.marked import Piece, pieces_of
from handfest.web.console.named_facts import NamedFacts
from handfest.web.console.visit import Visit
from handfest.web.console.waterfall import Waterfall, waterfall

SAME = ("service_name", "binding", "duration_min", "start", "staff_name")
"""What an offer and its booking have to agree in."""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One event in the list: with the facts of its step, to be looked into."""

    number: int
    at: str
    lane: str
    text: str
    failed: bool
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SpokenRow:
    """One line of the transcript."""

    who: str
    at: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """An offer beside the booking it led to, field by field: name, offered, booked, whether they agree."""

    offer: Offer
    booking: Booking
    fields: tuple[tuple[str, str, str, bool], ...]

    @property
    def kept(self) -> bool:
        """True if the booking is what was offered."""
        return all(same for *_rest, same in self.fields)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding in the reader's language."""

    id: str
    evidence: str
    means: str
    remedy: str
    owner: str
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class StoryView:
    """Everything the page of a call shows. `mood` is kept | lost | open."""

    story: Story
    mood: str
    cause: dict[str, Any] | None
    drawing: Waterfall
    steps: tuple[StepRow, ...]
    talk: tuple[SpokenRow, ...]
    promises: tuple[Promise, ...]
    findings: tuple[FindingRow, ...]


def story_view(visit: Visit, story: Story) -> StoryView:
    """The view of this story."""
    reader = NamedFacts(visit.words, visit.catalogue)
    events = timeline(story, visit.words.language, reader)
    return StoryView(
        story=story,
        mood=mood_of(story),
        cause=_cause(visit, story),
        drawing=waterfall(events),
        steps=_steps(story, events),
        talk=_talk(visit, story, reader),
        promises=_promises(visit, story),
        findings=_findings(visit, story),
    )


def mood_of(story: Story) -> str:
    """Whether the call got what it wanted, lost it, or is not over."""
    if story.outcome in (*DONE, "callback"):
        return "kept"
    return "open" if story.call.ended_at is None and story.call.audited is None else "lost"


def _cause(visit: Visit, story: Story) -> dict[str, Any] | None:
    cause = cause_of(story)
    if cause is None or mood_of(story) == "open":
        return None
    language = visit.words.language
    return {
        "code": cause.code,
        "text": cause.cause[language],
        "remedy": cause.remedy[language],
        "owner": visit.words.name("owners", cause.owner.value if cause.owner else "nobody"),
    }


def _steps(story: Story, events: tuple[Event, ...]) -> tuple[StepRow, ...]:
    steps = {one.number: one.step for one in numbered(story.turns)}
    return tuple(
        StepRow(
            number=number,
            at=f"{event.at_s:.2f}",
            lane=event.lane.value,
            text=event.text,
            failed=event.bad,
            facts=tuple(
                (name, str(value)) for name, value in steps[event.step].facts.items() if name != "said"
            )
            if event.step
            else (),
        )
        for number, event in enumerate(events, 1)
    )


def _talk(visit: Visit, story: Story, reader: NamedFacts) -> tuple[SpokenRow, ...]:
    if story.transcript is None:
        return ()
    promised: dict[int, list[tuple[str, bool]]] = {}
    for one in commitments(story, visit.catalogue):
        promised.setdefault(one.line, []).append((one.words, one.kept))
    return tuple(
        SpokenRow(
            line.who,
            "" if line.at_s is None else f"{int(line.at_s) // 60}:{int(line.at_s) % 60:02}",
            pieces_of(line.text, tuple(promised.get(number, ())))
            if line.who in ("agent", "caller")
            else pieces_of(reader.recorded(line.text), ()),
        )
        for number, line in enumerate(story.transcript.lines)
        if line.who in ("agent", "caller") or not line.text.startswith("=")
    )


def _promises(visit: Visit, story: Story) -> tuple[Promise, ...]:
    offers = {offer.id: offer for offer in story.offers}
    return tuple(
        Promise(offers[booking.offer_id], booking, _fields(visit, offers[booking.offer_id], booking))
        for booking in story.bookings
        if booking.offer_id in offers
    )


def _fields(visit: Visit, offer: Offer, booking: Booking) -> tuple[tuple[str, str, str, bool], ...]:
    rows = []
    for name in SAME:
        offered, booked = getattr(offer, name), getattr(booking, name)
        if offered is not None or booked is not None:
            rows.append((name, _shown(visit, name, offered), _shown(visit, name, booked), offered == booked))
    return tuple(rows)


def _shown(visit: Visit, name: str, value: Any) -> str:
    if name == "start":
        return visit.words.moment(visit.local(value))
    if name == "duration_min":
        return visit.words.say("calendar", "minutes", count=value)
    return "–" if value is None else str(value)


def _findings(visit: Visit, story: Story) -> tuple[FindingRow, ...]:
    language = visit.words.language
    rows = []
    for found in findings_of(story, language):
        rows.append(
            FindingRow(
                id=found["id"],
                evidence=found["evidence"],
                means=found["means"],
                remedy=found["remedy"],
                owner=visit.words.name("owners", found["owner"]),
                steps=tuple(found["steps"]),
            )
        )
    return tuple(rows)
