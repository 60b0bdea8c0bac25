"""Single calls with an unlucky course: repeats, lost answers, broken promises, hostile words, failing stores."""

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handfest.calendars.memory import MemoryCalendar
from handfest.desk.tools import TOOLS
from handfest.errors import StoreUnavailable, TimedOut
from handfest.model.booking import BookingState
from handfest.model.offer import OfferState
from handfest.model.slot import Claim
from handfest.storage.memory import MemoryStore
from handfest.storage.opening import open_store
from handfest.testing.phone import Phone
from handfest.testing.scenario_stage import GatedCalendar
from handfest.voice.retell import read_request
from properties.studio import BUSINESS, LINE, check_state, check_truth, check_words, open_studio

CHECK = {"service": "Massage", "date": "2025-10-22", "time": "09:00"}
MOVE = {"date": "2025-10-23", "time": "09:30"}
NAME = "Erika Beispiel"


async def booked(studio, number=0):
    """A caller with an appointment."""
    phone = studio.phone(number)
    await phone.call("check_availability", **CHECK)
    reply = await phone.call("book_appointment", offer="A1", name=NAME)
    assert reply.code == "booked"
    return phone


async def lost(studio):
    """A caller whose booking reached the calendar while its answer was lost."""
    phone = studio.phone(0)
    await phone.call("check_availability", **CHECK)
    studio.calendar.faults.after_write.append(TimedOut("no answer"))
    reply = await phone.call("book_appointment", invocation="t1", offer="A1", name=NAME)
    assert reply.code == "pending"
    return phone


class TestRepeats:
    async def test_b36_a_repeated_invocation_hears_the_first_answer_again(self):
        studio = await open_studio()
        phone = studio.phone(0)
        await phone.call("check_availability", invocation="t1", **CHECK)
        first = await phone.call("book_appointment", invocation="t2", offer="A1", name=NAME)
        assert await phone.call("book_appointment", invocation="t2", offer="A1", name=NAME) == first
        assert len(await studio.bookings()) == 1

    async def test_b36_repeats_at_the_same_moment_are_one_booking(self):
        studio = await open_studio()
        phone = studio.phone(0)
        await phone.call("check_availability", **CHECK)
        same = (phone.call("book_appointment", invocation="t2", offer="A1", name=NAME) for _ in range(8))
        replies = await asyncio.gather(*same)
        assert {reply.code for reply in replies} == {"booked"}
        assert len(await studio.bookings()) == 1

    async def test_b36_a_second_booking_in_one_call_is_its_own(self):
        studio = await open_studio()
        phone = await booked(studio)
        await phone.call("check_availability", service="Gutachten", date="2025-10-23", time="09:00")
        reply = await phone.call("book_appointment", offer="A2", name=NAME)
        assert (reply.code, reply.data["booking"]["service"]) == ("booked", "Gutachten")
        assert len(await studio.bookings()) == 2

    @pytest.mark.parametrize("repeats", [1, 3])
    async def test_b71_the_repeat_of_a_lost_answer_tells_the_outcome(self, repeats):
        studio = await open_studio(calendar=MemoryCalendar())
        phone = await lost(studio)
        for _ in range(repeats):
            reply = await phone.call("book_appointment", invocation="t1", offer="A1", name=NAME)
            assert reply.code == "booked"
        assert len(studio.calendar.booked()) == 1

    async def test_b71_the_reconciler_tells_the_outcome_that_nobody_asked_for(self):
        studio = await open_studio(calendar=MemoryCalendar())
        await lost(studio)
        await check_truth(studio, studio.calendar)
        assert [one.state for one in await studio.bookings()] == [BookingState.BOOKED]

    async def test_turns_of_one_call_are_served_one_by_one(self):
        studio = await open_studio(calendar=Counting())
        phone = studio.phone(0)
        checks = [phone.call("check_availability", invocation=f"t{one}", **CHECK) for one in range(3)]
        first = [asyncio.create_task(check) for check in checks]
        await first[0]
        late = [
            asyncio.create_task(phone.call("check_availability", invocation=f"late{one}", **CHECK))
            for one in range(3)
        ]
        await asyncio.gather(*first, *late)
        assert studio.calendar.most_at_once == 1


class Counting(MemoryCalendar):
    """A slow calendar that counts who asks at the same time."""

    def __init__(self):
        super().__init__()
        self.at_once = self.most_at_once = 0

    async def free_slots(self, question):
        """See `Calendar`."""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        return await super().free_slots(question)


class TestBrokenPromises:
    @pytest.mark.parametrize(
        "wrong", [{"duration_min": 60}, {"binding": 999}, {"staff_id": "jana"}, {"service_id": "x"}]
    )
    async def test_b1_b35_another_appointment_than_the_offer_is_undone_and_never_success(self, wrong):
        studio = await open_studio(calendar=MemoryCalendar())
        phone = studio.phone(0)
        await phone.call("check_availability", staff="Anna", **CHECK)
        studio.calendar.faults.wrong_answers.append(wrong)
        reply = await phone.call("book_appointment", offer="A1", name=NAME)
        assert (reply.ok, reply.code) == (False, "offer_mismatch")
        check_words(reply)
        assert studio.calendar.booked() == ()
        assert ("offer_mismatch", {"business": BUSINESS, "call": "call_0"}) in studio.alarms.alarms
        await check_truth(studio, studio.calendar)

    async def test_b46_a_move_that_comes_back_wrong_leaves_store_and_calendar_of_one_mind(self):
        studio = await open_studio(calendar=MemoryCalendar())
        phone = await booked(studio)
        offered = await phone.call("reschedule_appointment", **MOVE)
        studio.calendar.faults.wrong_answers.append({"duration_min": 60})
        reply = await phone.call("reschedule_appointment", offer=offered.data["offers"][0]["id"])
        assert reply.code == "offer_mismatch"
        await check_truth(studio, studio.calendar)


class FailingStore(MemoryStore):
    """A store whose database goes away."""

    away = False

    async def read(self, work):
        """See `Store`."""
        if self.away:
            raise StoreUnavailable("the database cannot be read")
        return await super().read(work)

    async def write(self, work):
        """See `Store`."""
        if self.away:
            raise StoreUnavailable("the database cannot be written")
        return await super().write(work)


class HearingStore(MemoryStore):
    """A store that remembers in which order it and the calendar were spoken to."""

    def __init__(self):
        super().__init__()
        self.heard = []

    async def write(self, work):
        """See `Store`."""
        self.heard.append("to the disk")
        return await super().write(work)


class TestTheIntent:
    async def test_b94_is_on_the_disk_before_a_calendar_behind_a_network_is_asked(self):
        store, calendar = HearingStore(), MemoryCalendar()
        studio = await open_studio(store, calendar)
        book = calendar.book

        async def heard(*given):
            store.heard.append("calendar")
            return await book(*given)

        calendar.book = heard
        await studio.phone(0).call("check_availability", **CHECK)
        store.heard.clear()
        assert (await studio.phone(0).call("book_appointment", offer="A1", name=NAME)).code == "booked"
        assert store.heard == ["to the disk", "calendar", "to the disk"]

    async def test_b94_of_our_own_calendar_waits_for_the_disk_with_what_the_caller_is_told(self):
        studio = await open_studio(HearingStore())
        await studio.phone(0).call("check_availability", **CHECK)
        studio.store.heard.clear()
        assert (await studio.phone(0).call("book_appointment", offer="A1", name=NAME)).code == "booked"
        assert studio.store.heard == ["to the disk"]

    async def test_b43_what_is_not_free_any_more_keeps_nothing_of_the_try_and_is_offered_anew(self):
        studio = await open_studio(HearingStore())
        await studio.phone(0).call("check_availability", **CHECK)
        (offer,) = await studio.store.read(lambda tx: tx.offers(BUSINESS, "call_0"))
        somebody = Claim("busy:somebody", "busy", offer.spans)

        def taken_from_under_it(tx):
            tx.release(BUSINESS, offer.owner)
            return tx.claim(BUSINESS, somebody, studio.clock.now())

        assert await studio.store.write(taken_from_under_it)
        studio.store.heard.clear()
        reply = await studio.phone(0).call("book_appointment", offer=offer.id, name=NAME)
        assert reply.code == "slot_taken"
        assert studio.store.heard == ["to the disk", "to the disk", "to the disk"]
        assert await studio.store.read(lambda tx: tx.bookings_of_call(BUSINESS, "call_0")) == ()
        within = (offer.start, offer.start.add(minutes=offer.duration_min), studio.clock.now())
        owners = {row.owner for row in await studio.store.read(lambda tx: tx.taken(BUSINESS, *within))}
        assert somebody.owner in owners
        assert not any(owner.startswith("event:") for owner in owners)
        steps = [step.name for step in studio.turns.turns[-1].steps]
        assert "intent" not in steps
        assert "hold_lost" in steps


class TestFailingStore:
    async def test_b93_a_store_that_is_away_is_said_with_a_way_on_and_alarms(self):
        studio = await open_studio(FailingStore())
        phone = studio.phone(0)
        await phone.call("check_availability", **CHECK)
        studio.store.away = True
        reply = await phone.call("book_appointment", offer="A1", name=NAME)
        assert (reply.ok, reply.code) == (False, "store_unavailable")
        check_words(reply)
        assert "store_unavailable" in {code for code, _ in studio.alarms.alarms}
        studio.store.away = False
        assert (await phone.call("book_appointment", offer="A1", name=NAME)).code == "booked"


hostile = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=40)
    | st.sampled_from(
        [
            "",
            "None",
            "{{name}}",
            "\ud800",
            "\x00",
            "'; DROP TABLE booking; --",
            "A1",
            "morgen um 9",
            "9" * 600,
        ]
    )
    | st.lists(st.text(max_size=5), max_size=2)
    | st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2)
)


class TestHostileWords:
    def test_b54_b60_every_tool_answers_whatever_it_is_given(self):
        named = st.sampled_from(
            sorted({name for spec in TOOLS.values() for name in spec.arguments.model_fields})
        )

        @settings(max_examples=150)
        @given(
            tool=st.sampled_from(sorted(TOOLS)), given_arguments=st.dictionaries(named, hostile, max_size=5)
        )
        def holds(tool, given_arguments):
            asyncio.run(self.answered(tool, given_arguments))

        holds()

    async def answered(self, tool, arguments):
        """A tool call in the middle of a call, with any arguments."""
        studio = await open_studio()
        phone = studio.phone(0)
        await phone.call("check_availability", **CHECK)
        reply = await phone.call(tool, **arguments)
        check_words(reply)
        assert reply.ok, reply
        json.dumps(reply.as_dict(), ensure_ascii=False).encode()
        await check_state(studio)

    async def test_half_a_character_is_kept_by_no_database_and_breaks_no_booking(self, sqlite_address):
        studio = await open_studio(open_store(sqlite_address))
        phone = studio.phone(0)
        await phone.call("check_availability", **CHECK)
        reply = await phone.call("book_appointment", offer="A1", name=NAME, notes="bitte \ud800 klingeln")
        assert reply.code == "booked"
        assert (await studio.bookings())[0].customer.notes == "bitte ? klingeln"
        await studio.store.close()

    @pytest.mark.parametrize("tool", sorted(TOOLS))
    async def test_b54_b60_every_tool_serves_a_call_it_has_never_seen_without_arguments(self, tool):
        studio = await open_studio()
        reply = await studio.phone(0).call(tool)
        assert reply.ok
        check_words(reply)


class TestCallers:
    async def test_b57_a_tool_call_before_any_event_of_its_call_is_served(self):
        studio = await open_studio()
        await booked(studio)
        assert await studio.store.read(lambda tx: tx.call(BUSINESS, "call_0")) is not None

    async def test_b58_a_withheld_number_books_and_reads_only_its_own_call(self):
        studio = await open_studio()
        await booked(studio, 0)
        hidden = await booked(studio, 3)
        found = await hidden.call("find_appointments")
        assert [one["id"] for one in found.data["appointments"]] == ["bk_2"]
        again = Phone(studio.desk, LINE, "call_later", None)
        assert (await again.call("find_appointments")).code == "booking_not_yours"
        assert (await again.call("cancel_appointment", appointment="bk_2")).code == "booking_not_yours"

    async def test_b95_nobody_cancels_another_callers_appointment(self):
        studio = await open_studio()
        await booked(studio, 0)
        reply = await studio.phone(1).call("cancel_appointment", appointment="bk_1")
        assert reply.code == "booking_not_found"
        assert [one.state for one in await studio.bookings()] == [BookingState.BOOKED]

    async def test_b55_a_call_id_in_the_arguments_is_never_the_call(self):
        studio = await open_studio()
        await booked(studio, 0)
        asked = read_request(
            {
                "name": "find_appointments",
                "args": {"call_id": "call_0"},
                "call": {"call_id": "call_x", "to_number": LINE.number},
            },
            None,
        )
        reply = await studio.desk.answer(LINE, asked.envelope, asked.request)
        assert reply.code == "booking_not_yours"

    async def test_b64_one_call_is_one_row(self):
        studio = await open_studio()
        phone = await booked(studio)
        await phone.call("find_appointments")
        await phone.hang_up()
        await phone.hang_up()
        assert len(await studio.store.read(lambda tx: tx.calls(None, 99))) == 1

    async def test_b57_a_request_that_waited_while_the_caller_hung_up_holds_nothing(self):
        studio, phone = await self.asked_twice()
        studio.clock.advance(1)
        await phone.hang_up()
        studio.calendar.release()
        await asyncio.gather(*self.asked)
        call, offers = await studio.store.read(
            lambda tx: (tx.call(BUSINESS, "call_0"), tx.offers(BUSINESS, "call_0"))
        )
        assert call.ended_at is not None
        assert offers
        assert {offer.state for offer in offers} <= {OfferState.RELEASED, OfferState.VOIDED}

    async def test_b57_a_request_after_the_end_proves_that_it_was_none(self):
        studio, phone = await self.asked_twice()
        studio.calendar.release()
        await asyncio.gather(*self.asked)
        await phone.hang_up()
        studio.clock.advance(1)
        assert (await phone.call("check_availability", **CHECK)).code == "offered"
        assert (await studio.store.read(lambda tx: tx.call(BUSINESS, "call_0"))).ended_at is None

    async def asked_twice(self):
        """A call with two requests: one that the calendar keeps waiting, one that waits behind it."""
        studio = await open_studio(calendar=GatedCalendar())
        phone = studio.phone(0)
        await phone.call("opening_hours")
        studio.calendar.hold("read")
        later = {**CHECK, "time": "11:00"}
        self.asked = [
            asyncio.create_task(phone.call("check_availability", **wish)) for wish in (CHECK, later)
        ]
        await asyncio.sleep(0.01)
        return studio, phone
