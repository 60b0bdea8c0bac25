"""The Calendar contract: every calendar answers, books, moves and cancels alike."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from whenever import Instant

from contracts.samples import BUSINESS, NINE, NOW, OTHER, ZONE, booking, offer
from handfest.calendars.embedded import EmbeddedCalendar
from handfest.calendars.memory import MemoryCalendar
from handfest.model.booking import Confirmation, Declined
from handfest.model.catalogue import BookingRules, Business, Catalogue, Hours, Opening, Phase, Service, Staff
from handfest.model.slot import Claim
from handfest.ports import Calendar, SlotQuestion, Store
from handfest.storage.memory import MemoryStore
from handfest.storage.postgres import PostgresStore
from handfest.storage.sqlite import SqliteStore
from handfest.testing.clock import FixedClock

SHORT = Service("47", "Beratung", 30)
LONG = Service("60", "Gutachten", 60, buffer_after_min=15)
PERM = Service("perm", "Dauerwelle", 90, phases=(Phase(30), Phase(30, staff_busy=False), Phase(30)))
DAY = Opening(9 * 60, 17 * 60)
CATALOGUE = Catalogue(
    business=Business(BUSINESS, "Salon", "de", ZONE),
    services=(SHORT, LONG, PERM),
    staff=(
        Staff("anna", "Anna Beispiel", frozenset({"47", "60", "perm"})),
        Staff("jana", "Jana Beispiel", frozenset({"47"})),
    ),
    hours=Hours(((DAY,),) * 5 + ((),) * 2),
    rules=BookingRules(min_notice_min=0),
)
ELSEWHERE = replace(CATALOGUE, business=Business(OTHER, "Praxis", "de", ZONE))


@dataclass
class House:
    """A calendar with what is needed to ask it."""

    calendar: Calendar
    store: Store | None = None

    async def slots(self, service=SHORT, start=NINE, hours=8, catalogue=CATALOGUE, **own):
        """The free slots from nine on."""
        question = SlotQuestion(catalogue, service, start, start.add(hours=hours), NOW, **own)
        return await self.calendar.free_slots(question)

    async def free(self, at=NINE, service=SHORT, staff="anna", **own):
        """Whether one time is free with one person."""
        return any(slot.start == at and slot.staff_id == staff for slot in await self.slots(service, **own))

    async def wish(self, at=NINE, service=SHORT, staff="anna", number=1, business_id=BUSINESS, **changed):
        """A booking of a slot that the calendar itself has shown."""
        catalogue = CATALOGUE if business_id == BUSINESS else ELSEWHERE
        shown = await self.slots(
            service, NINE, 24 * 9, catalogue, staff_id=staff, own_event=changed.pop("own", None)
        )
        slot = next(slot for slot in shown if slot.start == at)
        return draft(slot, service, number, business_id, **changed)

    async def book(self, wanted):
        """Book, and answer with the booking as it is once confirmed."""
        answer = await self.calendar.book(wanted, f"offer:{wanted.call_id}:{wanted.offer_id}")
        assert isinstance(answer, Confirmation), answer
        return replace(wanted, uid=answer.uid)


def draft(slot, service, number=1, business_id=BUSINESS, **changed):
    """A booking of a slot."""
    return booking(
        business_id,
        number,
        start=slot.start,
        service_id=service.id,
        duration_min=slot.duration_min,
        staff_id=slot.staff_id,
        spans=slot.spans,
        **{"call_id": f"call_{number}", **changed},
    )


def owner(wanted):
    """The name of the hold that a booking comes from."""
    return f"offer:{wanted.call_id}:{wanted.offer_id}"


def confirms(answer, wanted):
    """Whether the answer says exactly what was wanted."""
    assert isinstance(answer, Confirmation), answer
    said = (answer.binding, answer.service_id, answer.start, answer.duration_min, answer.staff_id)
    return said == (
        wanted.binding, wanted.service_id, wanted.start, wanted.duration_min, wanted.staff_id,
    )  # fmt: skip


@pytest.fixture(params=("memory", "embedded-memory", "embedded-sqlite", "embedded-postgres"))
async def house(request):
    """Each implementation of the Calendar port, the embedded one on each store."""
    if request.param == "memory":
        yield House(MemoryCalendar())
        return
    store: Store = MemoryStore()
    if request.param == "embedded-sqlite":
        store = SqliteStore(Path(request.getfixturevalue("sqlite_address")))
    elif request.param == "embedded-postgres":
        store = PostgresStore(request.getfixturevalue("postgres_address"))
    yield House(EmbeddedCalendar(store, FixedClock(NOW)), store)
    await store.close()


class TestBooking:
    async def test_slots_come_by_start_one_per_able_person(self, house):
        shown = await house.slots(hours=1)
        assert [(slot.start, slot.staff_id) for slot in shown] == [
            (NINE.add(minutes=minute), staff) for minute in (0, 15, 30, 45) for staff in ("anna", "jana")
        ]
        assert {slot.staff_id for slot in await house.slots(LONG)} == {"anna"}
        assert {slot.staff_id for slot in await house.slots(staff_id="jana")} == {"jana"}

    async def test_booking_confirms_exactly_what_was_wished(self, house):
        wanted = await house.wish()
        assert confirms(await house.calendar.book(wanted, owner(wanted)), wanted)

    async def test_b33_what_was_shown_can_be_booked_and_is_gone_afterwards(self, house):
        await house.book(await house.wish())
        assert not await house.free()

    async def test_b36_booking_again_gives_the_first_confirmation(self, house):
        wanted = await house.wish()
        first = await house.calendar.book(wanted, owner(wanted))
        assert await house.calendar.book(wanted, owner(wanted)) == first
        cancelled = await house.calendar.cancel(replace(wanted, uid=first.uid))
        assert isinstance(cancelled, Confirmation)
        assert await house.free(), "one cancellation is enough: there was one appointment"

    async def test_b36_repeats_at_the_same_time_give_one_appointment(self, house):
        wanted = await house.wish()
        answers = await asyncio.gather(*(house.calendar.book(wanted, owner(wanted)) for _ in range(6)))
        assert len(set(answers)) == 1
        assert confirms(answers[0], wanted)
        late = draft_like(wanted, number=2)
        assert isinstance(await house.calendar.book(late, owner(late)), Declined)

    async def test_b41_of_many_callers_one_gets_the_time(self, house):
        shown = await house.wish()
        wishes = [draft_like(shown, number=number) for number in range(1, 9)]
        answers = await asyncio.gather(*(house.calendar.book(one, owner(one)) for one in wishes))
        assert sorted(type(answer).__name__ for answer in answers) == ["Confirmation"] + ["Declined"] * 7
        assert {answer.code for answer in answers if isinstance(answer, Declined)} == {"slot_taken"}

    async def test_b42_two_people_serve_side_by_side(self, house):
        anna, jana = await house.wish(), await house.wish(staff="jana", number=2)
        await house.book(anna)
        assert await house.free(staff="jana")
        await house.book(jana)
        assert not await house.free(staff="jana")

    async def test_b44_neighbours_touch_without_conflict(self, house):
        half_past, ten = NINE.add(minutes=30), NINE.add(minutes=60)
        middle, before, after = [
            await house.wish(at, number=number) for number, at in enumerate((half_past, NINE, ten), start=1)
        ]
        for one in (middle, before, after):
            await house.book(one)
        assert not await house.free(half_past)
        assert await house.free(NINE.add(minutes=90))

    async def test_b45_the_whole_length_must_be_free(self, house):
        await house.book(await house.wish(NINE.add(hours=2)))
        starts = {slot.start for slot in await house.slots(LONG)}
        assert NINE.add(minutes=45) in starts, "sixty minutes and the buffer end at eleven"
        assert not starts & {NINE.add(minutes=60 + late) for late in (0, 15, 30, 45, 60, 75)}
        assert NINE.add(minutes=150) in starts

    async def test_b45_a_longer_booking_over_a_shorter_one_is_declined(self, house):
        long = await house.wish(NINE, LONG, number=2)
        await house.book(await house.wish(NINE.add(minutes=30)))
        answer = await house.calendar.book(long, owner(long))
        assert isinstance(answer, Declined)
        assert answer.code == "slot_taken"

    async def test_a_buffer_is_taken_although_it_is_not_spoken(self, house):
        wanted = await house.book(await house.wish(NINE, LONG))
        assert wanted.duration_min == 60
        assert not await house.free(NINE.add(minutes=60))
        assert await house.free(NINE.add(minutes=75))

    async def test_b81_each_busy_phase_is_in_the_way_and_the_wait_between_is_not(self, house):
        first, waiting, last = [
            await house.wish(NINE.add(minutes=30 * part), number=part + 2) for part in range(3)
        ]
        await house.book(await house.wish(NINE, PERM))
        assert isinstance(await house.calendar.book(first, owner(first)), Declined)
        assert isinstance(await house.calendar.book(last, owner(last)), Declined)
        assert confirms(await house.calendar.book(waiting, owner(waiting)), waiting)

    async def test_b25_the_day_clocks_change_has_its_hours_and_not_the_days_before(self, house):
        friday = Instant.parse_iso("2025-10-24T07:00:00Z")
        monday = Instant.parse_iso("2025-10-27T08:00:00Z")
        shown = await house.slots(start=friday, hours=24 * 4)
        assert shown[0].start == friday
        assert next(slot.start for slot in shown if slot.start > friday.add(hours=12)) == monday

    async def test_b50_b95_another_business_is_another_calendar(self, house):
        mine = await house.book(await house.wish())
        shown = await house.slots(catalogue=ELSEWHERE)
        assert any(slot.start == NINE and slot.staff_id == "anna" for slot in shown)
        theirs = await house.wish(business_id=OTHER, number=7)
        assert await house.calendar.find(replace(theirs, id=mine.id)) is None
        assert isinstance(await house.calendar.cancel(replace(theirs, uid=mine.uid)), Declined)
        assert await house.calendar.find(mine) is not None


class TestFinding:
    async def test_find_tells_what_is_there(self, house):
        wanted = await house.wish()
        assert await house.calendar.find(wanted) is None
        booked = await house.book(wanted)
        found = await house.calendar.find(wanted)
        assert found.uid == booked.uid
        assert confirms(found, wanted)

    async def test_find_needs_only_the_booking_id(self, house):
        booked = await house.book(await house.wish())
        assert (await house.calendar.find(replace(booked, uid=None))).uid == booked.uid

    async def test_what_was_declined_is_not_found(self, house):
        await house.book(await house.wish())
        late = draft_like(await house.wish(NINE.add(hours=1)), number=2, start=NINE)
        late = replace(
            late, spans=tuple(replace(span, start=span.start - 60, end=span.end - 60) for span in late.spans)
        )
        assert isinstance(await house.calendar.book(late, owner(late)), Declined)
        assert await house.calendar.find(late) is None


class TestCancelling:
    async def test_the_time_is_back_after_cancelling(self, house):
        booked = await house.book(await house.wish())
        answer = await house.calendar.cancel(booked)
        assert confirms(answer, booked)
        assert await house.free()
        assert await house.calendar.find(booked) is None

    async def test_cancelling_twice_says_the_same(self, house):
        booked = await house.book(await house.wish())
        first = await house.calendar.cancel(booked)
        assert await house.calendar.cancel(booked) == first

    async def test_cancelling_again_leaves_a_successor_alone(self, house):
        booked = await house.book(await house.wish())
        await house.calendar.cancel(booked)
        next_one = await house.book(await house.wish(number=2))
        await house.calendar.cancel(booked)
        assert await house.calendar.find(next_one) is not None
        assert not await house.free()

    @pytest.mark.parametrize("uid", [None, "", "never-there"])
    async def test_what_is_not_there_is_declined(self, house, uid):
        answer = await house.calendar.cancel(replace(await house.wish(), uid=uid))
        assert answer == replace(answer, code="not_found")
        assert isinstance(answer, Declined)

    async def test_a_cancelled_booking_is_not_booked_again_under_the_same_id(self, house):
        booked = await house.book(await house.wish())
        await house.calendar.cancel(booked)
        assert isinstance(await house.calendar.book(booked, owner(booked)), Declined)
        assert await house.free()


class TestMoving:
    async def moved(self, house, old, at, service=SHORT, staff="anna"):
        """The booking that would take the place of `old`."""
        return await house.wish(at, service, staff, number=2, own=old.uid, replaces=old.id)

    async def test_the_old_time_is_given_up_for_the_new_one(self, house):
        old = await house.book(await house.wish())
        new = await self.moved(house, old, NINE.add(hours=2))
        assert confirms(await house.calendar.move(new, old, owner(new)), new)
        assert await house.free()
        assert not await house.free(NINE.add(hours=2))
        assert await house.calendar.find(old) is None
        assert await house.calendar.find(new) is not None

    async def test_b46_the_own_appointment_is_not_in_the_way(self, house):
        old = await house.book(await house.wish(NINE, LONG))
        assert not await house.free(NINE.add(minutes=15), LONG)
        assert await house.free(NINE.add(minutes=15), LONG, own_event=old.uid)

    async def test_b46_a_move_may_overlap_the_old_time(self, house):
        old = await house.book(await house.wish(NINE, LONG))
        new = await self.moved(house, old, NINE.add(minutes=15), LONG)
        assert confirms(await house.calendar.move(new, old, owner(new)), new)
        assert not await house.free(NINE.add(minutes=75))
        assert await house.free(NINE.add(minutes=90))

    async def test_b46_the_same_clock_time_on_another_day(self, house):
        old = await house.book(await house.wish())
        new = await self.moved(house, old, NINE.add(hours=24))
        assert confirms(await house.calendar.move(new, old, owner(new)), new)
        assert await house.free()

    async def test_the_old_one_stays_if_the_new_time_is_taken(self, house):
        old = await house.book(await house.wish())
        new = await self.moved(house, old, NINE.add(hours=2))
        taken = draft_like(new, number=3)
        await house.book(taken)
        answer = await house.calendar.move(new, old, owner(new))
        assert isinstance(answer, Declined)
        assert answer.code == "slot_taken"
        assert confirms(await house.calendar.find(old), old)
        assert not await house.free()
        assert await house.calendar.find(new) is None

    async def test_a_move_is_repeated_without_effect(self, house):
        old = await house.book(await house.wish())
        new = await self.moved(house, old, NINE.add(hours=2))
        first = await house.calendar.move(new, old, owner(new))
        assert await house.calendar.move(new, old, owner(new)) == first

    async def test_what_was_cancelled_is_not_moved(self, house):
        old = await house.book(await house.wish())
        new = await self.moved(house, old, NINE.add(hours=2))
        await house.calendar.cancel(old)
        assert isinstance(await house.calendar.move(new, old, owner(new)), Declined)
        assert await house.free(NINE.add(hours=2))

    async def test_one_appointment_is_moved_to_one_place_only(self, house):
        old = await house.book(await house.wish())
        places = [
            replace(await self.moved(house, old, NINE.add(hours=hour)), id=f"bk_m{hour}", offer_id=f"A{hour}")
            for hour in range(1, 7)
        ]
        answers = await asyncio.gather(*(house.calendar.move(new, old, owner(new)) for new in places))
        assert [isinstance(answer, Confirmation) for answer in answers].count(True) == 1
        found = [await house.calendar.find(new) for new in places]
        assert [one is not None for one in found] == [isinstance(answer, Confirmation) for answer in answers]

    async def test_cancelling_and_moving_at_once_leave_at_most_one_appointment_and_say_so(self, house):
        old = await house.book(await house.wish())
        new = await self.moved(house, old, NINE.add(hours=2))
        moved, _ = await asyncio.gather(house.calendar.move(new, old, owner(new)), house.calendar.cancel(old))
        assert (await house.calendar.find(new) is not None) is isinstance(moved, Confirmation)
        assert await house.calendar.find(old) is None


class TestHiding:
    async def test_hiding_and_revealing_an_offer_never_fails(self, house):
        await house.calendar.reveal(offer())
        await house.calendar.hide(offer())
        await house.calendar.hide(offer())
        await house.calendar.reveal(offer())

    async def test_b37_a_callers_own_hold_is_not_in_the_way(self, house):
        wanted = await house.wish()
        await hold(house, wanted)
        assert await house.free(own_call=wanted.call_id)
        assert confirms(await house.calendar.book(wanted, owner(wanted)), wanted)


class TestHoldsInTheEmbeddedCalendar:
    """Only our own calendar knows our holds; a provider sees bookings alone."""

    @pytest.fixture(params=("embedded-memory", "embedded-sqlite", "embedded-postgres"))
    async def house(self, request):
        store: Store = MemoryStore()
        if request.param == "embedded-sqlite":
            store = SqliteStore(Path(request.getfixturevalue("sqlite_address")))
        elif request.param == "embedded-postgres":
            store = PostgresStore(request.getfixturevalue("postgres_address"))
        yield House(EmbeddedCalendar(store, FixedClock(NOW)), store)
        await store.close()

    async def test_b33_a_hold_keeps_a_time_from_others(self, house):
        mine, other = await house.wish(), await house.wish(number=2)
        await hold(house, mine)
        assert not await house.free()
        assert not await house.free(own_call="call_2")
        answer = await house.calendar.book(other, owner(other))
        assert isinstance(answer, Declined)

    async def test_b38_a_hold_for_one_time_opens_no_other(self, house):
        held, elsewhere = await house.wish(), await house.wish(NINE.add(hours=1))
        await house.book(await house.wish(NINE.add(hours=1), number=2))
        await hold(house, held)
        answer = await house.calendar.book(elsewhere, owner(elsewhere))
        assert isinstance(answer, Declined)

    async def test_a_call_whose_name_begins_like_mine_is_still_another_call(self, house):
        longer = await house.wish(call_id="call_12")
        await hold(house, longer)
        assert not await house.free(own_call="call_1")

    async def test_a_hold_that_expired_is_free(self, house):
        mine = await house.wish()
        await hold(house, mine, until=NOW)
        assert await house.free()


async def hold(house, wanted, until=None):
    """Keep the time of a booking-to-be, as an offer does."""
    if house.store is None:
        await house.calendar.hide(offer(call_id=wanted.call_id))
        return
    kept = Claim(owner(wanted), "hold", wanted.spans, until=until or NOW.add(minutes=3))
    assert await house.store.write(lambda tx: tx.claim(wanted.business_id, kept, NOW.subtract(seconds=1)))


def draft_like(wanted, number, **changed):
    """The same time wished for by another call."""
    return replace(wanted, id=f"bk_{number}", call_id=f"call_{number}", offer_id="A1", **changed)
