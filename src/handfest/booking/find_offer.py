"""Which offer of this call a booking request means, if any (law 1)."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from handfest.booking.choose_service import choose_service
from handfest.booking.open_turn import OpenTurn
from handfest.booking.search_span import instant_of, refuse_reading
from handfest.model.call import Pin
from handfest.model.intent import Intent
from handfest.model.offer import Offer, OfferState
from handfest.model.refusal import Refusal, RefusalCode
from handfest.model.resolution import Resolved
from handfest.model.wish import Wish


@dataclass(frozen=True, slots=True)
class NotOffered:
    """What the request wishes for was never offered like that: verify it, offer it, wait for the yes.

    `sentence` says why it is asked again; `offered` is the offer it was confused with; `staff_id` the one wished.
    """

    pin: Pin
    wish: Wish
    sentence: str | None = None
    offered: Offer | None = None
    staff_id: str | None = None


def find_offer(turn: OpenTurn, intent: Intent) -> Offer | NotOffered | Refusal:
    """The offer meant, what to verify first, or the question back. Never corrects, never guesses (B24)."""
    if intent.offer_id is not None:
        return _by_id(turn, intent, intent.offer_id)
    if not isinstance(intent.when, Wish):
        return refuse_reading(intent.when)
    pin = choose_service(turn, intent)
    if isinstance(pin, Refusal):
        return pin
    wish = intent.when
    if wish.at is None:
        return _without_time(turn, intent, pin)
    bookable = [
        offer for offer in turn.offers if _bookable(turn, offer) and offer.service_id == pin.service_id
    ]
    fitting = [offer for offer in bookable if says(offer, wish)]
    # What was offered last is what is talked about: earlier offers of the same time are its forerunners.
    latest = [offer for offer in fitting if offer.turn == max(one.turn for one in fitting)]
    if len({offer.start for offer in latest}) > 1:
        return which_offer(latest)
    if latest:
        return latest[-1]
    if wish.day is None and turn.call.wished_day is None:
        return Refusal(RefusalCode.TIME_UNCLEAR, "day_missing")
    return NotOffered(pin, wish)


def _by_id(turn: OpenTurn, intent: Intent, offer_id: str) -> Offer | NotOffered | Refusal:
    offer = next((known for known in turn.offers if known.id.casefold() == offer_id.strip().casefold()), None)
    if offer is None:
        live = [known for known in turn.offers if known.holds(turn.now)]
        if live:
            return which_offer(live)
        return Refusal(RefusalCode.OFFER_UNKNOWN, "offer_unknown")
    wish = wish_of(offer)
    named = intent.service
    if isinstance(named, Resolved) and named.service_id != offer.service_id:
        pin = choose_service(turn, intent)
        assert not isinstance(pin, Refusal), "a resolved service is a pin"
        return NotOffered(pin, wish, "another_service", offer)
    if intent.service_id not in (None, offer.service_id) and turn.catalogue.service(str(intent.service_id)):
        pin = Pin(str(intent.service_id), "", 1.0, "id", "service_id given", turn.call.turns + 1)
        return NotOffered(pin, wish, "another_service", offer)
    if isinstance(intent.when, Wish) and not says(offer, intent.when):
        return NotOffered(pin_of(turn, offer), intent.when, "another_time", offer)
    if offer.state in (OfferState.VOIDED, OfferState.TAKEN):
        return Refusal(RefusalCode.OFFER_EXPIRED, "offer_expired")
    if offer.state is not OfferState.USED and turn.now >= offer.expires_at:
        return NotOffered(pin_of(turn, offer), wish, "renewed", offer)
    return offer


def _without_time(turn: OpenTurn, intent: Intent, pin: Pin) -> Offer | Refusal:
    """No time said: only an offer that cannot be confused with another is meant."""
    live = [offer for offer in turn.offers if offer.holds(turn.now) and offer.service_id == pin.service_id]
    assert isinstance(intent.when, Wish)
    if intent.when.day is not None:
        live = [offer for offer in live if offer.local_start.date().to_stdlib() == intent.when.day]
    if len(live) == 1:
        return live[0]
    if live:
        return which_offer(live)
    name = "time_of_day_missing" if intent.when.day else "time_missing"
    return Refusal(RefusalCode.TIME_UNCLEAR, name, facts={"day": intent.when.day})


def which_offer(offers: list[Offer]) -> Refusal:
    """Ask which of the live offers is meant."""
    return Refusal(RefusalCode.OFFER_UNKNOWN, "offer_which", "offer", {"offers": tuple(offers[-3:])})


def _bookable(turn: OpenTurn, offer: Offer) -> bool:
    if offer.state is OfferState.USED:
        return True  # a repeat: it leads to the booking that is there already
    return offer.state in (OfferState.LIVE, OfferState.RELEASED) and turn.now < offer.expires_at


def wish_of(offer: Offer) -> Wish:
    """The wish that this offer grants to the minute."""
    return Wish(day=offer.local_start.date().to_stdlib(), at=offer.local_start.time().to_stdlib())


def says(offer: Offer, wish: Wish) -> bool:
    """True if nothing in the wish speaks against the offer."""
    local = offer.local_start
    day = local.date().to_stdlib()
    if wish.day is not None and wish.at is not None:
        return instant_of(wish.day, wish.at, ZoneInfo(offer.zone)) == offer.start
    if wish.day is not None and wish.day != day:
        return False
    return wish.at is None or (local.hour, local.minute) == (wish.at.hour, wish.at.minute)


def pin_of(turn: OpenTurn, offer: Offer) -> Pin:
    """The pin that an offer stands for: the call's own, where it is for the same service."""
    pin = turn.call.pin
    if pin is not None and pin.service_id == offer.service_id:
        return pin
    return Pin(offer.service_id, "", 1.0, "id", f"offer {offer.id}", turn.call.turns + 1)
