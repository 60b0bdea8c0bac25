"""The Store contract, bookings: the journal, the embedded calendar's appointments, busy times, catalogues."""

import asyncio
from dataclasses import replace

import pytest

from contracts.samples import BUSINESS, NINE, NOW, OTHER, booking, busy, event, line
from handfest.errors import DoubleConsume
from handfest.model.booking import BookingState, Customer

CALLER = "+493023125077"


class TestBookings:
    async def test_b26_a_booking_comes_back_to_the_nanosecond_in_utc_with_its_zone(self, store):
        exact = booking(
            made_at=NOW.add(nanoseconds=123_456_789), customer=Customer("Jörg Müßig", notes='"5 €"\n')
        )
        await store.write(lambda tx: tx.save_booking(exact))
        kept = await store.read(lambda tx: tx.booking(BUSINESS, "bk_1"))
        assert kept == exact
        assert kept.local_start.format_iso() == "2025-10-22T09:00:00+02:00[Europe/Berlin]"

    async def test_a_booking_is_found_by_the_offer_it_came_from(self, store):
        await store.write(lambda tx: [tx.save_booking(booking()), tx.save_booking(booking(number=2))])
        assert await store.read(lambda tx: tx.booking_of_offer(BUSINESS, "call_1", "A2")) == booking(number=2)
        assert await store.read(lambda tx: tx.booking_of_offer(BUSINESS, "call_1", "A3")) is None
        assert await store.read(lambda tx: tx.booking_of_offer(BUSINESS, "call_2", "A1")) is None

    async def test_b36_one_offer_never_leads_to_two_bookings(self, store):
        await store.write(lambda tx: tx.save_booking(booking()))
        with pytest.raises(DoubleConsume):
            await store.write(lambda tx: tx.save_booking(replace(booking(), id="bk_9")))
        assert await store.read(lambda tx: tx.bookings_of_call(BUSINESS, "call_1")) == (booking(),)

    async def test_b36_a_second_booking_of_one_call_is_its_own(self, store):
        later = booking(number=2, start=NINE.add(hours=2), made_at=NOW.add(minutes=1))
        await store.write(lambda tx: [tx.save_booking(later), tx.save_booking(booking())])
        assert await store.read(lambda tx: tx.bookings_of_call(BUSINESS, "call_1")) == (booking(), later)

    async def test_bookings_of_a_caller_come_by_start(self, store):
        late, early = booking(start=NINE.add(hours=3)), booking(number=2, call_id="call_2")
        stranger = booking(number=3, caller_number="+493023125078")
        anonymous = booking(number=4, caller_number=None)
        await store.write(lambda tx: [tx.save_booking(one) for one in (late, early, stranger, anonymous)])
        assert await store.read(lambda tx: tx.bookings_of_caller(BUSINESS, CALLER)) == (early, late)
        known = [CALLER, "+493023125078", "+493023125079"]
        assert await store.read(lambda tx: [tx.knows_caller(BUSINESS, number) for number in known]) == [
            True,
            True,
            False,
        ]

    async def test_unsettled_are_those_whose_lease_is_over(self, store):
        over = booking(number=1, lease_until=NOW)
        running = booking(number=2, lease_until=NOW.add(seconds=30))
        without = booking(number=3, lease_until=None, state=BookingState.UNKNOWN)
        settled = [
            booking(number=number, lease_until=NOW, state=state)
            for number, state in enumerate(BookingState, start=4)
            if state not in (BookingState.CALLING, BookingState.UNKNOWN)
        ]
        elsewhere = booking(OTHER, number=9, lease_until=NOW)
        await store.write(
            lambda tx: [tx.save_booking(one) for one in (over, running, without, elsewhere, *settled)]
        )
        found = await store.read(lambda tx: tx.unsettled_bookings(NOW.add(milliseconds=1)))
        assert {(one.business_id, one.id) for one in found} == {
            (BUSINESS, "bk_1"),
            (BUSINESS, "bk_3"),
            (OTHER, "bk_9"),
        }

    async def test_a_settled_booking_is_unsettled_no_more(self, store):
        await store.write(lambda tx: tx.save_booking(booking()))
        await store.write(lambda tx: tx.save_booking(booking().settle(BookingState.BOOKED, NOW, "ev_1")))
        assert await store.read(lambda tx: tx.unsettled_bookings(NOW.add(hours=1))) == ()


class TestEvents:
    async def test_an_event_is_found_by_uid_and_by_booking(self, store):
        await store.write(lambda tx: tx.save_event(event()))
        assert await store.read(lambda tx: tx.event(BUSINESS, "ev_bk_1")) == event()
        assert await store.read(lambda tx: tx.event_of_booking(BUSINESS, "bk_1")) == event()
        assert await store.read(lambda tx: tx.event(BUSINESS, "bk_1")) is None
        assert await store.read(lambda tx: tx.event_of_booking(BUSINESS, "bk_2")) is None

    async def test_starts_of_a_service_count_live_events_in_a_half_open_span(self, store):
        end = NINE.add(hours=8)
        kept = [
            event(number=1),
            event(number=2, start=NINE.add(hours=2)),
            event(number=3, start=end),
            event(number=4, start=NINE.subtract(minutes=1)),
            event(number=5, start=NINE.add(hours=1), cancelled=True),
            event(number=6, start=NINE.add(hours=3), service_id="32"),
        ]
        await store.write(lambda tx: [tx.save_event(one) for one in reversed(kept)])
        found = await store.read(lambda tx: tx.service_starts(BUSINESS, "47", NINE, end))
        assert found == (NINE, NINE.add(hours=2))

    async def test_a_cancelled_event_stays_with_its_mark(self, store):
        await store.write(lambda tx: tx.save_event(event()))
        await store.write(lambda tx: tx.save_event(event(cancelled=True)))
        assert (await store.read(lambda tx: tx.event(BUSINESS, "ev_bk_1"))).cancelled


class TestBusyTimes:
    async def test_busy_times_that_touch_a_span_come_by_start(self, store):
        late, early = busy(busy_id="a", start=NINE.add(hours=2)), busy(busy_id="b")
        await store.write(lambda tx: [tx.add_busy(late), tx.add_busy(early)])
        assert await store.read(lambda tx: tx.busy(BUSINESS, NINE, NINE.add(hours=3))) == (early, late)
        assert await store.read(lambda tx: tx.busy(BUSINESS, NINE.add(hours=1), NINE.add(hours=2))) == ()
        assert await store.read(lambda tx: tx.busy(BUSINESS, NINE.add(minutes=59), NINE.add(hours=2))) == (
            early,
        )

    async def test_a_busy_time_is_forgotten_once(self, store):
        await store.write(lambda tx: tx.add_busy(busy()))
        assert not await store.write(lambda tx: tx.remove_busy(OTHER, "absence_1"))
        assert await store.write(lambda tx: tx.remove_busy(BUSINESS, "absence_1"))
        assert not await store.write(lambda tx: tx.remove_busy(BUSINESS, "absence_1"))
        assert await store.read(lambda tx: tx.taken(BUSINESS, NINE, NINE.add(hours=9), NOW)) == ()


class TestCatalogues:
    async def test_a_new_version_is_the_active_one(self, store):
        first = await store.write(lambda tx: tx.add_catalogue(BUSINESS, "one = 1", [line()], NOW))
        second = await store.write(
            lambda tx: tx.add_catalogue(BUSINESS, "zwei = 'ü'", [line()], NOW.add(hours=1))
        )
        assert (first, second) == (1, 2)
        active = await store.read(lambda tx: tx.catalogue(BUSINESS))
        assert (active.version, active.source, active.applied_at, active.active) == (
            2, "zwei = 'ü'", NOW.add(hours=1), True,
        )  # fmt: skip
        versions = await store.read(lambda tx: tx.catalogues(BUSINESS))
        assert [(one.version, one.active) for one in versions] == [(2, True), (1, False)]

    async def test_an_old_version_can_be_read_and_made_active_again(self, store):
        await store.write(
            lambda tx: [tx.add_catalogue(BUSINESS, source, [line()], NOW) for source in ("a", "b")]
        )
        assert (await store.read(lambda tx: tx.catalogue(BUSINESS, 1))).source == "a"
        await store.write(lambda tx: tx.activate_catalogue(BUSINESS, 1, [line(number="+493023125009")]))
        assert (await store.read(lambda tx: tx.catalogue(BUSINESS))).source == "a"
        assert await store.read(lambda tx: tx.catalogue(BUSINESS, 3)) is None
        assert [one.number for one in await store.read(lambda tx: tx.lines("retell"))] == ["+493023125009"]

    async def test_new_lines_replace_the_old_ones_of_this_business_only(self, store):
        await store.write(lambda tx: tx.add_catalogue(OTHER, "o", [line(OTHER, "+493023125002")], NOW))
        await store.write(
            lambda tx: tx.add_catalogue(BUSINESS, "a", [line(), line(number="+493023125003")], NOW)
        )
        await store.write(lambda tx: tx.add_catalogue(BUSINESS, "b", [line(number="+493023125004")], NOW))
        assert [one.number for one in await store.read(lambda tx: tx.lines("retell"))] == [
            "+493023125002", "+493023125004",
        ]  # fmt: skip
        assert await store.read(lambda tx: tx.lines("vapi")) == ()

    async def test_businesses_are_those_with_a_catalogue(self, store):
        assert await store.read(lambda tx: tx.businesses()) == ()
        await store.write(
            lambda tx: [tx.add_catalogue(one, "a", [], NOW) for one in (BUSINESS, OTHER, BUSINESS)]
        )
        assert await store.read(lambda tx: tx.businesses()) == tuple(sorted((BUSINESS, OTHER)))

    async def test_versions_applied_at_once_are_numbered_without_gap(self, store):
        at_once = (store.write(lambda tx: tx.add_catalogue(BUSINESS, "a", [line()], NOW)) for _ in range(8))
        assert sorted(await asyncio.gather(*at_once)) == list(range(1, 9))
        versions = await store.read(lambda tx: tx.catalogues(BUSINESS))
        assert [one.active for one in versions].count(True) == 1
        assert len(await store.read(lambda tx: tx.lines("retell"))) == 1
