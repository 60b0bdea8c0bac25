"""Values that the contract suites write: complete enough to be kept, small enough to be read."""

from dataclasses import replace
from typing import Any

from whenever import Instant

from handfest.model.access import ApiKey, Membership, Session, User
from handfest.model.actor import Role, Scope
from handfest.model.booking import Booking, BookingState, Customer
from handfest.model.call import Call, Callback
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.model.change import Change
from handfest.model.digest import Digest
from handfest.model.followed_calendar import FollowedCalendar
from handfest.model.invite import Invite
from handfest.model.letter import Letter, LetterKind, LetterWay
from handfest.model.offer import Offer
from handfest.model.pause import Pause
from handfest.model.slot import Claim, Span
from handfest.model.transcript import Transcript, TranscriptLine
from handfest.model.turn import Step, TurnRecord
from handfest.ports import BusyTime, CalendarEvent, LineRecord

BUSINESS = "salon"
OTHER = "praxis"
ZONE = "Europe/Berlin"
NOW = Instant.parse_iso("2025-10-21T08:00:00Z")
NINE = Instant.parse_iso("2025-10-22T07:00:00Z")
"""Nine o'clock in Berlin on the day after NOW."""


def minutes(at: Instant) -> int:
    """Epoch minutes of a moment."""
    return int(at.timestamp()) // 60


def span(start: Instant = NINE, length: int = 30, resource: str = "anna", seat: int = 0) -> Span:
    """One resource for `length` minutes."""
    return Span(resource, seat, minutes(start), minutes(start) + length)


def claim(owner: str, *spans: Span, until: Instant | None = None, besides: str | None = None) -> Claim:
    """A claim of one owner: a hold where it ends, an appointment where it does not."""
    kind = "booking" if until is None else "hold"
    return Claim(owner, kind, spans or (span(),), until=until, besides=besides)


def offer(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> Offer:
    """An offer of half an hour."""
    start = changed.pop("start", NINE)
    plain = Offer(
        business_id=business_id,
        call_id="call_1",
        id=f"A{number}",
        turn=1,
        service_id="47",
        service_name="Beratung",
        binding=2563193,
        duration_min=30,
        staff_id="anna",
        staff_name="Anna Beispiel",
        staff_wished=False,
        start=start,
        zone=ZONE,
        price="20 €",
        catalogue_version=1,
        branch_id=None,
        spans=(span(start),),
        made_at=NOW,
        expires_at=NOW.add(minutes=3),
    )
    return replace(plain, **changed)


def booking(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> Booking:
    """A booking in flight of the offer with the same number."""
    start = changed.pop("start", NINE)
    plain = Booking(
        business_id=business_id,
        id=f"bk_{number}",
        call_id="call_1",
        offer_id=f"A{number}",
        service_id="47",
        service_name="Beratung",
        binding=2563193,
        duration_min=30,
        staff_id="anna",
        staff_name="Anna Beispiel",
        start=start,
        zone=ZONE,
        branch_id=None,
        spans=(span(start),),
        customer=Customer("Erika Beispiel", "+493023125077"),
        caller_number="+493023125077",
        state=BookingState.CALLING,
        made_at=NOW,
        lease_until=NOW.add(seconds=30),
    )
    return replace(plain, **changed)


def call(business_id: str = BUSINESS, call_id: str = "call_1", started_at: Instant = NOW) -> Call:
    """A call that has just begun."""
    return Call(business_id, call_id, "retell", started_at, caller_number="+493023125077")


def turn(
    business_id: str = BUSINESS, number: int = 1, key: str | None = None, code: str = "offered"
) -> TurnRecord:
    """A served turn with umlauts in what was said."""
    return TurnRecord(
        business_id=business_id,
        call_id="call_1",
        number=number,
        tool="check_availability",
        key=key,
        at=NOW.add(seconds=number),
        took_ms=1.25,
        code=code,
        reply={"ok": True, "say": "Um zwölf Uhr für Sie?", "offers": [{"id": "A1"}]},
        steps=(Step("heard", 0.0, {"tool": "check_availability"}), Step("answered", 1.2)),
    )


def event(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> CalendarEvent:
    """The embedded calendar's appointment for the booking with the same number."""
    start = changed.pop("start", NINE)
    plain = CalendarEvent(
        business_id=business_id,
        uid=f"ev_bk_{number}",
        booking_id=f"bk_{number}",
        service_id="47",
        binding=2563193,
        staff_id="anna",
        start=start,
        duration_min=30,
        spans=(span(start),),
    )
    return replace(plain, **changed)


def busy(
    business_id: str = BUSINESS, busy_id: str = "absence_1", start: Instant = NINE, length: int = 60
) -> BusyTime:
    """An hour in which Anna is away."""
    return BusyTime(business_id, busy_id, "anna", start, start.add(minutes=length), "absence", "Zahnarzt")


def callback(business_id: str = BUSINESS, number: int = 1) -> Callback:
    """A request to be called back."""
    return Callback(
        business_id,
        f"cb_{number}",
        "call_1",
        NOW.add(minutes=number),
        "Erika Beispiel",
        None,
        "Rückruf bitte",
    )


def change(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> Change:
    """A line of the audit log, a minute later for each number."""
    plain = Change(
        business_id=business_id,
        id=f"ch_{number}",
        at=NOW.add(minutes=number),
        actor_id="user:1",
        actor_name="Otto Muster",
        what="booking_cancelled",
        subject=f"bk_{number}",
        before={"state": "booked"},
        after={"state": "cancelled"},
    )
    return replace(plain, **changed)


def digest(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> Digest:
    """The digest of a call with one booking and one quick answer."""
    plain = Digest(
        business_id=business_id,
        call_id=f"call_{number}",
        started_at=NOW,
        day="2025-10-21",
        booked=True,
        kept=1,
        broken=0,
        latency=(1, 0, 0, 0, 0),
        marks=("outcome:booked", f"word:{number}", "word:beratung"),
    )
    return replace(plain, **changed)


def pause(business_id: str = BUSINESS, number: int = 1) -> Pause:
    """A pause of one line."""
    return Pause(business_id, "retell", f"+4930{number}", NOW, "user:1", "Betriebsausflug")


def catalogue_draft(business_id: str = BUSINESS, number: int = 1) -> CatalogueDraft:
    """A draft after some edits."""
    return CatalogueDraft(business_id, f"# Entwurf {number}", 1, number, NOW, "user:1")


def line(business_id: str = BUSINESS, number: str = "+493023125001") -> LineRecord:
    """A phone line of a business."""
    return LineRecord("retell", number, f"agent_{business_id}", "SALON_KEY", business_id, None)


def transcript(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> Transcript:
    """Two lines of a call, kept for an hour and a half."""
    lines = (TranscriptLine(0.4, "agent", "Guten Tag."), TranscriptLine(None, "caller", "Übermorgen, bitte."))
    plain = Transcript(business_id, f"call_{number}", NOW.add(minutes=90), True, lines)
    return replace(plain, **changed)


def user(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> User:
    """A user who is an owner of the business."""
    fields: dict[str, Any] = {
        "id": f"usr_{business_id}_{number}",
        "login": f"user{number}.{business_id}@example.com",
        "name": "Erika Beispiel",
        "memberships": (Membership(business_id, Role.OWNER),),
        "made_at": NOW,
    }
    return User(**{**fields, **changed})


def invite(number: int = 1, **changed: Any) -> Invite:
    """An invite of the first user, whose mail is due."""
    fields: dict[str, Any] = {
        "id": f"inv_{number}",
        "user_id": user().id,
        "business_id": BUSINESS,
        "sender": "Salon Lindenhof",
        "language": "de",
        "made_by": "user:usr_1",
        "made_at": NOW,
        "until": NOW.add(hours=168 + number),
        "due_at": NOW.add(seconds=number),
    }
    return Invite(**{**fields, **changed})


def session(number: int = 1, **changed: Any) -> Session:
    """A session of the first user."""
    fields: dict[str, Any] = {
        "digest": f"digest_{number}",
        "user_id": user().id,
        "csrf": f"csrf_{number}",
        "epoch": 1,
        "made_at": NOW,
        "seen_at": NOW,
        "until": NOW.add(hours=12),
    }
    return Session(**{**fields, **changed})


def api_key(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> ApiKey:
    """A key that may read."""
    fields: dict[str, Any] = {
        "business_id": business_id,
        "id": f"key_{number}",
        "name": "Kasse",
        "digest": f"digest {business_id} {number}",
        "scopes": frozenset({Scope.READ}),
        "made_at": NOW.add(seconds=number),
        "made_by": "command line",
    }
    return ApiKey(**{**fields, **changed})


def letter(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> Letter:
    """The confirmation of a booking, due at once."""
    fields: dict[str, Any] = {
        "business_id": business_id,
        "booking_id": f"bk_{number}",
        "call_id": "call_1",
        "kind": LetterKind.BOOKED,
        "way": LetterWay.EMAIL,
        "made_at": NOW.add(seconds=number),
        "due_at": NOW.add(seconds=number),
    }
    return Letter(**{**fields, **changed})


def followed(business_id: str = BUSINESS, number: int = 1, **changed: Any) -> FollowedCalendar:
    """A calendar of Anna's that is due at once."""
    fields: dict[str, Any] = {
        "business_id": business_id,
        "id": f"ics:anna:{number}",
        "resource_id": "anna",
        "address": f"https://calendar.example/private-{number}/basic.ics",
        "titles": False,
        "made_at": NOW,
        "due_at": NOW.add(seconds=number),
    }
    return FollowedCalendar(**(fields | changed))
