"""A studio with a front desk to play calls against, and the laws that must hold after every one of them."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from whenever import Instant

from handfest.booking.reconcile import reconcile
from handfest.booking.settle import differences
from handfest.calendars.embedded import EmbeddedCalendar
from handfest.calendars.memory import MemoryCalendar
from handfest.catalogue.compiled import Shelf
from handfest.desk.front_desk import FrontDesk
from handfest.model.booking import Booking, BookingState
from handfest.model.offer import OfferState
from handfest.ports import Calendar, LineRecord, Store
from handfest.storage.memory import MemoryStore
from handfest.testing.clock import FixedClock
from handfest.testing.ids import CountedIds
from handfest.testing.phone import Phone
from handfest.testing.sinks import KeptAlarms, KeptTurns

BUSINESS = "studio"
SOURCE = (Path(__file__).parent / "data" / "studio.toml").read_text(encoding="utf-8")
LINE = LineRecord("retell", "+493023125001", "agent_studio", "STUDIO_RETELL_KEY", BUSINESS, None)
START = Instant.parse_iso("2025-10-21T10:00:00+02:00")
SUCCESS_WORDS = ("gebucht", "verschoben", "storniert", "eingetragen.")
SUCCESS_CODES = {"booked", "changed", "cancelled"}


@dataclass(frozen=True)
class OneCalendar:
    """The `Calendars` port with one calendar for everybody."""

    calendar: Calendar

    def of(self, _catalogue) -> Calendar:
        """See `Calendars`."""
        return self.calendar


@dataclass
class Studio:
    """A desk on a store and a calendar, with a clock that only moves when told."""

    store: Store
    clock: FixedClock
    calendar: Calendar
    alarms: KeptAlarms
    turns: KeptTurns
    desk: FrontDesk
    phones: dict[int, Phone] = field(default_factory=dict)

    def phone(self, number: int) -> Phone:
        """The call of caller `number`; the last one withholds its number."""
        if number not in self.phones:
            caller = f"+4930231250{number:02}" if number < 3 else None
            self.phones[number] = Phone(self.desk, LINE, f"call_{number}", caller)
        return self.phones[number]

    async def reconcile(self):
        """One round of the reconciler."""
        calendars = OneCalendar(self.calendar)
        return await reconcile(self.store, calendars, self.desk.shelf, self.clock, self.alarms)

    async def stands(self, booking: Booking) -> bool:
        """Whether the calendar has this appointment, asked past its faults."""
        if isinstance(self.calendar, MemoryCalendar):
            return any(one.id == booking.id for one in self.calendar.booked())
        return await self.calendar.find(booking) is not None

    async def bookings(self) -> tuple[Booking, ...]:
        """All bookings of all calls."""

        def work(tx):
            return tuple(
                booking
                for call in tx.calls(BUSINESS, 999)
                for booking in tx.bookings_of_call(BUSINESS, call.id)
            )

        return await self.store.read(work)


async def open_studio(store: Store | None = None, calendar: Calendar | None = None) -> Studio:
    """A studio that has just opened its phone line."""
    store = store or MemoryStore()
    clock, alarms, turns = FixedClock(START), KeptAlarms(), KeptTurns()
    calendar = calendar or EmbeddedCalendar(store, clock)
    await store.write(lambda tx: tx.add_catalogue(BUSINESS, SOURCE, [LINE], clock.now()))
    desk = FrontDesk(store, OneCalendar(calendar), clock, CountedIds(), turns, alarms, Shelf())
    return Studio(store, clock, calendar, alarms, turns, desk)


def check_words(reply) -> None:
    """Every answer can be spoken, and success words belong to success alone (law 5)."""
    assert reply.say
    if any(word in reply.say.casefold() for word in SUCCESS_WORDS):
        assert reply.code in SUCCESS_CODES, f"success spoken under {reply.code}: {reply.say}"


async def check_reply(studio: Studio, phone: Phone, reply) -> None:
    """What every fresh answer must keep."""
    if reply.code in ("booked", "changed"):
        booking = await studio.store.read(lambda tx: tx.booking(BUSINESS, reply.data["booking"]["id"]))
        assert booking is not None
        assert booking.state is BookingState.BOOKED
        assert booking.call_id == phone.call_id or booking.caller_number == phone.caller
        assert await studio.stands(booking), "the calendar has what was said to be booked"
        assert reply.data["booking"]["start"] == booking.local_start.format_iso().split("[")[0]
    if reply.code == "cancelled":
        booking = await studio.store.read(lambda tx: tx.booking(BUSINESS, reply.data["booking"]["id"]))
        assert booking.state is BookingState.CANCELLED
        assert not await studio.stands(booking)
    if reply.code == "offered":
        await _check_offers(studio, phone, reply)


async def _check_offers(studio, phone, reply):
    """B33: whatever is offered is held for this call, and is no other time than the one spoken."""
    offers = await studio.store.read(lambda tx: tx.offers(BUSINESS, phone.call_id))
    known = {offer.id: offer for offer in offers}
    for shown in reply.data["offers"]:
        offer = known[shown["id"]]
        assert offer.start > studio.clock.now(), "the past is not offered"
        assert (offer.service_id, offer.duration_min) == (shown["service_id"], shown["duration_min"])
        assert offer.local_start.format_iso().split("[")[0] == shown["start"]
        assert offer.state in (OfferState.LIVE, OfferState.USED)


async def check_state(studio: Studio) -> None:
    """What the store must keep after every step."""
    bookings = await studio.bookings()
    for booking in bookings:
        offers = await studio.store.read(lambda tx, call=booking.call_id: tx.offers(BUSINESS, call))
        offer = next(offer for offer in offers if offer.id == booking.offer_id)
        for name in (
            "service_id",
            "binding",
            "start",
            "duration_min",
            "staff_id",
            "spans",
            "zone",
            "service_name",
        ):
            assert getattr(booking, name) == getattr(offer, name), f"booked is not offered: {name}"
        assert offer.state is OfferState.USED or booking.state is BookingState.REFUSED
    pairs = [(booking.call_id, booking.offer_id) for booking in bookings]
    assert len(pairs) == len(set(pairs)), "one offer, one booking"
    standing = [booking for booking in bookings if booking.state is BookingState.BOOKED]
    assert_no_overlap([span for booking in standing for span in booking.spans])
    if isinstance(studio.calendar, EmbeddedCalendar):
        await _check_claims(studio, standing)


async def _check_claims(studio, standing):
    """The appointments of our own calendar are exactly the bookings; holds share time with nothing else."""
    first, last = START.subtract(hours=24), START.add(hours=24 * 14)
    rows = await studio.store.read(lambda tx: tx.taken(BUSINESS, first, last, studio.clock.now()))
    appointments = {row.owner for row in rows if row.kind == "booking"}
    assert appointments == {f"event:{booking.uid}" for booking in standing}
    moving = {}
    for phone in studio.phones.values():
        for offer in await studio.store.read(lambda tx, call=phone.call_id: tx.offers(BUSINESS, call)):
            old = next((booking for booking in standing if booking.id == offer.replaces), None)
            if old is not None:
                moving[offer.owner] = f"event:{old.uid}"
    for one, other in itertools.combinations(rows, 2):
        if (one.resource_id, one.seat) == (other.resource_id, other.seat) and one.owner != other.owner:
            # New times for one appointment may share its old time: at most one of them will take its place.
            places = {moving.get(one.owner, one.owner), moving.get(other.owner, other.owner)}
            beside = len(places) == 1
            assert beside or one.end <= other.start or other.end <= one.start, (one, other)


async def check_truth(studio: Studio, calendar: MemoryCalendar) -> None:
    """After everything was looked up: the store says booked exactly where the calendar has an appointment."""
    studio.clock.advance(60)
    await studio.reconcile()
    bookings = await studio.bookings()
    assert not [one for one in bookings if one.state in (BookingState.CALLING, BookingState.UNKNOWN)]
    said = {booking.id for booking in bookings if booking.state is BookingState.BOOKED}
    there = {booking.id: booking for booking in calendar.booked()}
    assert said == set(there)
    for booking in bookings:
        if booking.id in there:
            found = await calendar.find(booking)
            assert differences(booking, found) == ()


def assert_no_overlap(spans):
    """No two appointments on one resource at one time (B41, B44)."""
    for one, other in itertools.combinations(spans, 2):
        if (one.resource_id, one.seat) == (other.resource_id, other.seat):
            assert one.end <= other.start or other.end <= one.start, (one, other)
