"""Check: offer real times for a wish, held before they are spoken."""

from dataclasses import dataclass, replace
from functools import partial

from handfest.booking.choose_service import choose_service
from handfest.booking.choose_staff import choose_staff
from handfest.booking.find_slots import Findings, find_slots
from handfest.booking.hold import Terms, hold
from handfest.booking.open_turn import Ledger, OpenTurn
from handfest.booking.refuse import refuse
from handfest.booking.search_span import SearchSpan, refuse_reading, search_span
from handfest.model.booking import Booking
from handfest.model.call import Pin
from handfest.model.catalogue import Service
from handfest.model.intent import Intent
from handfest.model.outcome import Offered, Outcome
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.reply import Reply
from handfest.model.slot import Slot
from handfest.model.turn import TurnRecord
from handfest.model.wish import Wish

LOOKS_MAX = 6
"""How often one turn looks at most, when other callers take all that it has found each time."""


async def check_availability(turn: OpenTurn, intent: Intent) -> tuple[Reply, TurnRecord]:
    """Resolve and pin the service, look once, hold and offer what fits; every other end is a refusal."""
    pin = choose_service(turn, intent)
    if isinstance(pin, Refusal):
        return await refuse(turn, pin)
    service = _service(turn, pin)
    staff_id = choose_staff(turn, intent.staff, service)
    if isinstance(staff_id, Refusal):
        return await refuse(turn, staff_id, pin)
    if not isinstance(intent.when, Wish):
        return await refuse(turn, refuse_reading(intent.when), pin)
    wish = remembered(turn, intent.when)
    span = span_of(turn, service, wish)
    if span.exact is not None and span.exact <= turn.now:
        facts = {"asked": span.exact}
        return await refuse(turn, Refusal(RefusalCode.TIME_PAST, "time_past_named", facts=facts), pin)
    return await look_and_offer(turn, Look(pin, service, staff_id, wish, span))


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for: service, staff and time; how it is spoken; which booking it would replace.

    `instead_of` is the service name of the offer that the request confused this with.
    """

    pin: Pin
    service: Service
    staff_id: str | None
    wish: Wish
    span: SearchSpan
    sentence: str | None = None
    replaces: Booking | None = None
    instead_of: str | None = None


class SlotsLost(Exception):
    """Everything that was found was claimed by others since: undo the turn, look again without these."""

    def __init__(self, slots: tuple[Slot, ...]) -> None:
        super().__init__(f"{len(slots)} slots were lost to other callers")
        self.slots = slots


async def look_and_offer(turn: OpenTurn, look: Look) -> tuple[Reply, TurnRecord]:
    """Find slots, hold and offer them. What other callers take in between is looked for around."""
    lost: tuple[Slot, ...] = ()
    for _ in range(LOOKS_MAX):
        found = await find_slots(turn, look.service, look.staff_id, look.span, look.replaces, lost=lost)
        try:
            return await turn.close(partial(_offer, turn=turn, look=look, found=found))
        except SlotsLost as gone:
            lost += gone.slots
            turn.trace.step("lost_to_other_callers", slots=len(gone.slots))
    return await refuse(turn, Refusal(RefusalCode.TRY_LATER, "try_later"), look.pin)


def _offer(ledger: Ledger, *, turn: OpenTurn, look: Look, found: Findings) -> Outcome:
    """Inside the closing transaction: pin, hold what was found, remember the wish."""
    record_pin(ledger, look.pin)
    remember(ledger, look.wish, look.staff_id)
    open_staff = _cannot_promise(look, found)
    if open_staff:
        ledger.trace.step("staff_not_promised", staff=look.staff_id)
        look = replace(look, staff_id=None)
    exact, most = look.span.exact is not None, turn.catalogue.rules.offers
    terms = Terms(look.service, look.staff_id is not None, most, look.replaces)
    if found.wanted:
        offers = hold(ledger, turn, replace(terms, limit=1 if exact else most), found.wanted)
        if not offers:
            raise SlotsLost(found.wanted)
        # Of several times none is "the" time: they are named as a choice, whatever led here.
        name = (exact and look.sentence) or _wanted_sentence(
            offers[0].staff_wished, exact, look.pin, look.replaces
        )
        if name == "confirm" and open_staff:
            name = "confirm_staff_open"
        return Offered(offers, name, offered_before=look.instead_of)
    offers = hold(ledger, turn, terms, found.others)
    if not offers and found.others:
        raise SlotsLost(found.others)
    if not offers:
        return _nothing(look.service, look.span, found)
    if exact:
        why = found.why or "taken"
        ledger.trace.step("asked_time_not_free", start=_iso(look.span, turn), why=why)
        return Offered(offers, _instead_sentence(look), asked=look.span.exact, why=why)
    if look.wish.day or look.wish.days or look.wish.at or look.wish.window:
        ledger.trace.step("nothing_free_in_wish")
        name = "instead_wish_staff" if look.staff_id else "instead_wish"
        return Offered(offers, name, wish=look.wish)
    return Offered(offers, "choices_staff" if look.staff_id else "choices")


def span_of(turn: OpenTurn, service: Service, wish: Wish) -> SearchSpan:
    """Where to look for this wish under the service's own horizon."""
    horizon = service.max_advance_days or turn.catalogue.rules.max_advance_days
    return search_span(wish, turn.now, turn.zone, horizon)


def remembered(turn: OpenTurn, wish: Wish) -> Wish:
    """The wish with the day that this call agreed on before, where it names a time only."""
    if wish.day is None and wish.days is None and not wish.earliest and turn.call.wished_day is not None:
        return replace(wish, day=Wish.parse_day(turn.call.wished_day))
    return wish


def remember(ledger: Ledger, wish: Wish, staff_id: str | None) -> None:
    """Keep day and daypart of the wish with the call, for what is said next."""
    day = wish.day.isoformat() if wish.day else None
    window = wish.window if wish.window else ledger.call.wished_window
    ledger.call = replace(ledger.call, wished_day=day, wished_window=window, wished_staff=staff_id)


def record_pin(ledger: Ledger, pin: Pin) -> None:
    """Pin the call and say so in the trace, with the words and the reason (law 2)."""
    ledger.pin(pin)
    ledger.trace.step(
        "pinned",
        service_id=pin.service_id,
        spoken=pin.spoken,
        score=pin.score,
        reason=pin.reason,
        evidence=pin.evidence,
    )


def _service(turn: OpenTurn, pin: Pin) -> Service:
    service = turn.catalogue.service(pin.service_id)
    assert service is not None, "choose_service pins only what the catalogue has"
    return service


def _wanted_sentence(staff_wished: bool, exact: bool, pin: Pin, replaces: Booking | None) -> str:
    if not exact:
        return "choices_staff" if staff_wished else "choices"
    if replaces is not None:
        return "confirm_change"
    if staff_wished:
        return "confirm_staff"
    # A default is said aloud, so that a caller who meant something else can object (law 2).
    return "confirm_service" if pin.reason == "default" else "confirm"


def _cannot_promise(look: Look, found: Findings) -> bool:
    """True if somebody was wished for and the calendar never says who serves: nobody's name may be spoken."""
    slots = (*found.wanted, *found.others)
    return look.staff_id is not None and bool(slots) and all(slot.staff_id is None for slot in slots)


def _instead_sentence(look: Look) -> str:
    if look.staff_id is not None:
        return "instead_staff"
    return "instead_service" if look.pin.reason == "default" else "instead"


def _nothing(service: Service, span: SearchSpan, found: Findings) -> Refusal:
    if found.why == "notice":
        return Refusal(RefusalCode.TOO_SOON, "too_soon", facts={"why": found.why})
    if found.why == "horizon":
        return Refusal(RefusalCode.NO_OPENINGS, "too_far", facts={"why": found.why})
    if found.why in ("outside_hours", "closed", "holiday"):
        return Refusal(RefusalCode.OUTSIDE_HOURS, "outside_hours", facts={"why": found.why})
    facts = {"service": service.name, "day": span.day}
    return Refusal(RefusalCode.NO_OPENINGS, "no_openings", facts=facts)


def _iso(span: SearchSpan, turn: OpenTurn) -> str:
    assert span.exact is not None
    return span.exact.to_tz(turn.zone.key).format_iso()
