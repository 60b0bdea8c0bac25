"""What must hold for every call after a storm."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from handfest.model.booking import Booking, BookingState
from handfest.model.offer import Offer
from handfest.testing.fake_calcom_world import FakeBooking, World
from handfest.testing.simulated_call import Heard, SimulatedCall


@dataclass(frozen=True, slots=True)
class Broken:
    """A law that one call broke."""

    round: str
    call: str
    law: str
    evidence: str


def check_call(
    name: str,
    script: SimulatedCall,
    heard: Heard,
    ours: Sequence[Booking],
    offers: Sequence[Offer],
    world: World,
) -> list[Broken]:
    """Every law that this call broke."""
    live = [row for row in world.bookings.values() if row.live and row.metadata.get("call_id") == script.id]
    found = [
        *_at_most_one(live),
        *_equal_to_offer(live, ours, offers),
        *_heard_booked_has_one(heard, live),
        *_no_failure_heard_by_one_who_has(heard, live),
        *_records_are_true(live, ours),
    ]
    told = " ".join(heard.codes)
    return [Broken(name, script.id, law, f"{evidence} | heard {told}") for law, evidence in found]


def check_doubles(name: str, world: World, owed: Collection[str]) -> list[Broken]:
    """Of two appointments that stand at one time at one host, a caller of ours is `owed` a callback (call ids)."""
    live = [row for row in world.bookings.values() if row.status == "accepted"]
    found = []
    for one, other in combinations(live, 2):
        if one.host_id != other.host_id or one.end <= other.start or other.end <= one.start:
            continue
        ours = {row.metadata.get("call_id", "") for row in (one, other)} - {""}
        if ours and not ours & set(owed):
            evidence = f"{one.uid} {one.what} and {other.uid} {other.what}"
            found.append(Broken(name, min(ours), "a_double_that_stands_is_owed_a_callback", evidence))
    return found


def _at_most_one(live: Sequence[FakeBooking]) -> Iterator[tuple[str, str]]:
    if len(live) > 1:
        yield "at_most_one_live_booking", ", ".join(f"{row.uid} {row.what}" for row in live)


def _equal_to_offer(
    live: Sequence[FakeBooking], ours: Sequence[Booking], offers: Sequence[Offer]
) -> Iterator[tuple[str, str]]:
    by_uid = {booking.uid: booking for booking in ours if booking.state is BookingState.BOOKED}
    by_id = {offer.id: offer for offer in offers}
    for row in live:
        booking = by_uid.get(row.uid)
        if booking is None:
            yield "booking_is_on_record", f"{row.uid} is live and none of ours"
            continue
        offer = by_id[booking.offer_id]
        offered = (offer.binding, int(offer.start.timestamp()), offer.duration_min)
        if offered != row.what:
            yield "booked_equals_offered", f"offered {offered}, booked {row.what}"


def _heard_booked_has_one(heard: Heard, live: Sequence[FakeBooking]) -> Iterator[tuple[str, str]]:
    if heard.booked is not None and not live:
        yield "who_heard_booked_has_one", f"heard {heard.booked['start']}, nothing is live"
    if heard.cancelled and heard.booked is None and live:
        yield "who_heard_cancelled_has_none", live[0].uid


def _no_failure_heard_by_one_who_has(heard: Heard, live: Sequence[FakeBooking]) -> Iterator[tuple[str, str]]:
    """After the last answer, who has a booking has heard so, or that it is being looked into."""
    good = {"booked", "changed", "pending"}
    told = next((code for code in reversed(heard.codes) if code in good), None)
    if live and told is None:
        yield "nobody_who_has_one_heard_it_failed", f"{live[0].uid} is live"


def _records_are_true(live: Sequence[FakeBooking], ours: Sequence[Booking]) -> Iterator[tuple[str, str]]:
    uids = {row.uid for row in live}
    for booking in ours:
        if booking.state is BookingState.BOOKED and booking.uid not in uids:
            yield "a_booked_record_is_live", f"{booking.id} {booking.uid}"
        if booking.state in (BookingState.CALLING, BookingState.UNKNOWN):
            yield "nothing_stays_open", booking.id
