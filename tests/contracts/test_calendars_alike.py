"""The Calendar port: what every calendar promises, the embedded one, the memory one and Cal.com (fake)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from whenever import Instant

from handfest.calendars.embedded import EmbeddedCalendar
from handfest.calendars.memory import MemoryCalendar
from handfest.model.booking import Booking, BookingState, Confirmation, Customer, Declined
from handfest.model.catalogue import Catalogue
from handfest.model.offer import Offer
from handfest.model.slot import Slot
from handfest.ports import Calendar, SlotQuestion
from handfest.storage.memory import MemoryStore
from handfest.testing.calcom_house import NOW, calcom_house
from handfest.testing.clock import FixedClock

DAY = Instant.parse_iso("2027-05-31T22:00:00Z")
NEXT = Instant.parse_iso("2027-06-01T22:00:00Z")
TEN = Instant.parse_iso("2027-06-01T08:00:00Z")


@dataclass
class Subject:
    """A calendar with the catalogue it is asked about."""

    calendar: Calendar
    catalogue: Catalogue

    async def slots(self, service: str = "lang", **asked: Any) -> tuple[Slot, ...]:
        named = self.catalogue.service(service)
        assert named is not None
        question = SlotQuestion(self.catalogue, named, DAY, NEXT, NOW, **asked)
        return await self.calendar.free_slots(question)

    async def starts(self, service: str = "lang", **asked: Any) -> set[Instant]:
        return {slot.start for slot in await self.slots(service, **asked)}

    async def booking(self, number: int = 1, start: Instant = TEN, service: str = "lang") -> Booking:
        slot = next(slot for slot in await self.slots(service) if slot.start == start)
        named = self.catalogue.service(service)
        assert named is not None
        return Booking(
            business_id="studio",
            id=f"bk_{number}",
            call_id=f"call_{number}",
            offer_id="A1",
            service_id=service,
            service_name=named.name,
            binding=named.binding.for_staff(slot.staff_id),
            duration_min=slot.duration_min,
            staff_id=slot.staff_id,
            staff_name=None,
            start=start,
            zone="Europe/Berlin",
            branch_id=None,
            spans=slot.spans,
            customer=Customer("Erika Beispiel", "+4915112345678"),
            caller_number="+4915112345678",
            state=BookingState.CALLING,
            made_at=NOW,
        )

    async def book(self, booking: Booking) -> Booking:
        answer = await self.calendar.book(booking, f"offer:{booking.call_id}:A1")
        assert isinstance(answer, Confirmation), answer
        return booking.settle(BookingState.BOOKED, NOW, answer.uid)


@pytest.fixture(params=("memory", "embedded", "calcom"))
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    """Each calendar, with the same services and people."""
    clock = FixedClock(NOW)
    house = await calcom_house(clock)
    stored = await house.house.store.read(lambda tx: tx.catalogue("studio"))
    catalogue = house.house.shelf.compiled(stored, None).catalogue
    calendars: dict[str, Calendar] = {
        "memory": MemoryCalendar(),
        "embedded": EmbeddedCalendar(MemoryStore(), clock),
        "calcom": house.house.calcom.of(catalogue),
    }
    yield Subject(calendars[request.param], catalogue)
    await house.close()


async def test_slots_are_ordered_and_inside_what_was_asked(subject):
    slots = await subject.slots()
    starts = [slot.start for slot in slots]
    assert starts == sorted(starts)
    assert all(DAY <= start < NEXT for start in starts)
    assert TEN in starts
    assert all(slot.duration_min == 30 and slot.spans for slot in slots)


async def test_b45_what_is_booked_is_not_free_for_any_service_of_that_person(subject):
    await subject.book(await subject.booking())
    assert TEN not in await subject.starts()
    assert TEN not in await subject.starts("kurz")


async def test_b44_what_follows_directly_stays_free(subject):
    await subject.book(await subject.booking())
    assert TEN.add(minutes=30) in await subject.starts()
    assert TEN.subtract(minutes=30) in await subject.starts()


async def test_b36_repeat_gives_the_first_confirmation(subject):
    booking = await subject.booking()
    first = await subject.calendar.book(booking, "offer:call_1:A1")
    assert await subject.calendar.book(booking, "offer:call_1:A1") == first


async def test_confirmation_says_what_was_booked(subject):
    booking = await subject.booking()
    answer = await subject.calendar.book(booking, "offer:call_1:A1")
    assert isinstance(answer, Confirmation)
    told = (answer.binding, answer.start, answer.duration_min, answer.staff_id, answer.pending)
    assert told == (booking.binding, booking.start, 30, booking.staff_id, False)


async def test_second_booking_of_the_same_time_is_declined(subject):
    first, second = await subject.booking(1), await subject.booking(2)
    await subject.book(first)
    answer = await subject.calendar.book(second, "offer:call_2:A1")
    assert isinstance(answer, Declined)
    assert answer.code == "slot_taken"
    assert await subject.calendar.find(second) is None


async def test_found_while_it_lives_and_only_then(subject):
    booking = await subject.booking()
    assert await subject.calendar.find(booking) is None
    booked = await subject.book(booking)
    found = await subject.calendar.find(booking)
    assert found is not None
    assert found.uid == booked.uid
    await subject.calendar.cancel(booked)
    assert await subject.calendar.find(booked) is None


async def test_b69_cancelling_is_idempotent_and_frees_the_time(subject):
    booked = await subject.book(await subject.booking())
    first = await subject.calendar.cancel(booked)
    assert isinstance(first, Confirmation)
    assert isinstance(await subject.calendar.cancel(booked), Confirmation)
    assert TEN in await subject.starts()


async def test_cancelling_what_was_never_there_is_a_plain_no(subject):
    unknown = replace(await subject.booking(), uid="never_there")
    answer = await subject.calendar.cancel(unknown)
    assert isinstance(answer, Declined)
    assert answer.code == "not_found"


async def test_b46_moving_gives_up_the_old_for_the_new_and_its_own_time_is_free(subject):
    old = await subject.book(await subject.booking())
    assert TEN in await subject.starts(own_event=old.uid)
    new = replace(await subject.booking(2, TEN.add(minutes=60)), replaces=old.id)
    answer = await subject.calendar.move(new, old, "offer:call_2:A1")
    assert isinstance(answer, Confirmation)
    assert answer.start == TEN.add(minutes=60)
    free = await subject.starts()
    assert TEN in free
    assert TEN.add(minutes=60) not in free


async def test_moving_to_a_taken_time_keeps_the_old_one(subject):
    old = await subject.book(await subject.booking())
    new = replace(await subject.booking(2, TEN.add(minutes=60)), replaces=old.id)
    await subject.book(await subject.booking(3, TEN.add(minutes=60)))
    answer = await subject.calendar.move(new, old, "offer:call_2:A1")
    assert isinstance(answer, Declined)
    assert await subject.calendar.find(old) is not None


async def test_hiding_and_showing_are_harmless(subject):
    booking = await subject.booking()
    offer = Offer(
        business_id="studio",
        call_id="call_1",
        id="A1",
        turn=1,
        service_id="lang",
        service_name="",
        binding=booking.binding,
        duration_min=30,
        staff_id=booking.staff_id,
        staff_name=None,
        staff_wished=False,
        start=TEN,
        zone="Europe/Berlin",
        price=None,
        catalogue_version=1,
        branch_id=None,
        spans=booking.spans,
        made_at=NOW,
        expires_at=NOW.add(minutes=3),
    )
    await subject.calendar.reveal(offer)
    await subject.calendar.hide(offer)
    await subject.calendar.reveal(offer)
    await subject.book(booking)
