"""Staff book, move and cancel while callers are on the phone: one way to book, and the agent is told."""

import pytest
from whenever import Instant

from handfest.desk.counter import DeskWish
from handfest.model.actor import Actor, Role
from handfest.model.booking import Booking, BookingState
from handfest.model.offer import OfferState
from handfest.office.change_booking import CustomerGiven, book_at_desk, cancel_booking, move_booking
from handfest.office.change_hold import drop_hold, move_hold
from handfest.office.log_change import list_changes
from handfest.office.objection import Objection, ObjectionCode


def at(clock: str, day: str = "2025-10-22") -> Instant:
    """A time in Berlin in that week."""
    return Instant.parse_iso(f"{day}T{clock}:00+02:00")


async def booked(phone, clock="14:00"):
    """A men's haircut with Maria on Wednesday, agreed to on the phone."""
    offered = await phone.call(
        "check_availability", service="Herrenhaarschnitt", date="2025-10-22", time=clock, staff="Maria"
    )
    assert offered.code == "offered", offered
    made = await phone.call("book_appointment", offer=offered.data["offers"][0]["id"], name="Erika Beispiel")
    assert made.code == "booked", made
    return made.data["booking"]["id"]


async def taken(stage, clock="00:00", day="2025-10-22"):
    """Who takes which time of that day, as the claims have it."""
    rows = await stage.house.store.read(
        lambda tx: tx.taken("salon", at(clock, day), at(clock, day).add(hours=24), stage.clock.now())
    )
    local = [
        (Instant.from_timestamp(row.start).to_tz("Europe/Berlin").format_iso()[11:16], row.kind)
        for row in rows
    ]
    return sorted(local)


class TestMove:
    async def test_the_old_time_is_given_up_for_the_new_one_and_the_agent_says_so(
        self, stage, maria, phone_of
    ):
        phone = await phone_of()
        booking_id = await booked(phone)
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("16:30"))
        assert isinstance(moved, Booking), moved
        assert (moved.state, moved.start, moved.replaces) == (BookingState.BOOKED, at("16:30"), booking_id)
        assert moved.customer.name == "Erika Beispiel"
        assert await taken(stage) == [("16:30", "booking")]
        reply = await phone.call("opening_hours")
        assert reply.say.startswith("Vorab eine Nachricht aus dem Haus: Ihr Termin wurde gerade verschoben")
        assert "Herrenhaarschnitt ist jetzt am Mittwoch, dem 22. Oktober, um 16 Uhr 30" in reply.say
        assert reply.data["notices"] == [{"what": "booking_moved", "id": booking_id, "now": moved.id}]
        again = await phone.call("list_services")
        assert "Nachricht aus dem Haus" not in again.say
        assert "notices" not in again.data

    async def test_the_caller_finds_and_cancels_what_staff_have_moved(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("16:30"))
        later = await phone_of("call_2")
        found = await later.call("find_appointments")
        assert [row["id"] for row in found.data["appointments"]] == [moved.id]
        assert (await later.call("cancel_appointment", appointment=moved.id)).code == "cancelled"
        assert await taken(stage) == []

    async def test_to_another_member_of_staff(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("14:00"), "jana")
        assert isinstance(moved, Booking), moved
        assert (moved.staff_id, moved.staff_name) == ("jana", "Jana")

    async def test_it_may_overlap_its_own_old_time(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("14:15"))
        assert isinstance(moved, Booking), moved
        assert await taken(stage) == [("14:15", "booking")]

    async def test_a_time_that_is_not_free_changes_nothing_and_names_others(self, stage, maria, phone_of):
        first = await booked(await phone_of())
        await booked(await phone_of("call_2"), "16:00")
        refused = await move_booking(stage.house.office, maria, "salon", first, at("16:00"))
        assert isinstance(refused, Objection)
        assert refused.code is ObjectionCode.NOT_FREE
        assert refused.facts["why"] == "taken"
        assert refused.facts["free"]
        assert await taken(stage) == [("14:00", "booking"), ("16:00", "booking")]
        assert (await list_changes(stage.house.office, maria, "salon")).rows == ()

    async def test_staff_need_not_keep_the_notice_that_callers_must(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("10:15", "2025-10-21"))
        assert isinstance(moved, Booking), moved

    async def test_what_does_not_stand_cannot_be_moved(self, stage, maria, phone_of):
        phone = await phone_of()
        booking_id = await booked(phone)
        await phone.call("cancel_appointment", appointment=booking_id)
        refused = await move_booking(stage.house.office, maria, "salon", booking_id, at("16:00"))
        assert refused.code is ObjectionCode.NOT_POSSIBLE
        assert refused.facts["state"] == "cancelled"

    @pytest.mark.parametrize(
        ("start", "staff", "field"),
        [
            (at("09:00", "2025-10-21"), None, "start"),
            (at("15:00"), "niemand", "staff_id"),
        ],
    )
    async def test_nonsense_is_named(self, stage, maria, phone_of, start, staff, field):
        booking_id = await booked(await phone_of())
        refused = await move_booking(stage.house.office, maria, "salon", booking_id, start, staff)
        assert (refused.code, refused.facts["field"]) == (ObjectionCode.INVALID, field)


class TestCancel:
    async def test_the_time_is_free_again_and_the_agent_says_so(self, stage, maria, phone_of):
        phone = await phone_of()
        booking_id = await booked(phone)
        cancelled = await cancel_booking(stage.house.office, maria, "salon", booking_id, "Maria ist krank")
        assert cancelled.state is BookingState.CANCELLED
        assert await taken(stage) == []
        reply = await phone.call("find_appointments")
        assert reply.say.startswith(
            "Vorab eine Nachricht aus dem Haus: Ihr Termin am Mittwoch, dem 22. Oktober, um 14 Uhr, wurde gerade storniert."
        )

    async def test_other_callers_hear_nothing_of_it(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        other = await phone_of("call_2", caller="+493023125099")
        await other.call("opening_hours")
        await cancel_booking(stage.house.office, maria, "salon", booking_id)
        assert "Nachricht" not in (await other.call("list_services")).say

    async def test_a_call_that_is_over_is_not_told(self, stage, maria, phone_of):
        phone = await phone_of()
        booking_id = await booked(phone)
        await phone.hang_up()
        await cancel_booking(stage.house.office, maria, "salon", booking_id)
        call = await stage.house.store.read(lambda tx: tx.call("salon", "call_1"))
        assert call.notices == ()


class TestBook:
    async def test_a_booking_made_at_the_desk_has_an_offer_and_a_trace_like_any_other(self, stage, maria):
        wish = DeskWish("herren", at("11:00"), "maria")
        made = await book_at_desk(
            stage.house.office, maria, "salon", wish, CustomerGiven("Erika Beispiel", "030 23125077")
        )
        assert isinstance(made, Booking), made
        assert (made.start, made.staff_id, made.customer.phone) == (at("11:00"), "maria", "+493023125077")
        offers = await stage.house.store.read(lambda tx: tx.offers("salon", made.call_id))
        assert [(offer.id, offer.state) for offer in offers] == [("A1", OfferState.USED)]
        turns = await stage.house.store.read(lambda tx: tx.turns("salon", made.call_id))
        names = [step.name for turn in turns for step in turn.steps]
        assert {"slots", "offered", "intent", "booked"} <= set(names)

    async def test_whoever_calls_from_that_number_finds_it(self, stage, maria, phone_of):
        wish = DeskWish("herren", at("11:00"))
        made = await book_at_desk(
            stage.house.office, maria, "salon", wish, CustomerGiven("Erika Beispiel", "030 23125077")
        )
        found = await (await phone_of()).call("find_appointments")
        assert [row["id"] for row in found.data["appointments"]] == [made.id]

    async def test_b41_nobody_is_booked_twice_by_desk_and_phone(self, stage, maria, phone_of):
        phone = await phone_of()
        await phone.call(
            "check_availability", service="Herrenhaarschnitt", date="2025-10-22", time="14:00", staff="Maria"
        )
        wish = DeskWish("herren", at("14:00"), "maria")
        refused = await book_at_desk(stage.house.office, maria, "salon", wish, CustomerGiven("Otto Muster"))
        assert (refused.code, refused.facts["why"]) == (ObjectionCode.NOT_FREE, "taken")
        made = await phone.call("book_appointment", offer="A1", name="Erika Beispiel")
        assert made.code == "booked"

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            (CustomerGiven("  "), "name"),
            (CustomerGiven("Erika", "12"), "phone"),
            (CustomerGiven("Erika", None, "erika at"), "email"),
        ],
    )
    async def test_what_cannot_be_read_is_named(self, stage, maria, given, field):
        wish = DeskWish("herren", at("11:00"))
        refused = await book_at_desk(stage.house.office, maria, "salon", wish, given)
        assert (refused.code, refused.facts["field"]) == (ObjectionCode.INVALID, field)


class TestHolds:
    async def offered(self, phone):
        """An exact time, held for the caller."""
        reply = await phone.call(
            "check_availability", service="Herrenhaarschnitt", date="2025-10-22", time="14:00", staff="Maria"
        )
        assert [offer["id"] for offer in reply.data["offers"]] == ["A1"]

    async def test_a_dropped_hold_is_free_and_neither_booked_nor_named_again(self, stage, maria, phone_of):
        phone = await phone_of()
        await self.offered(phone)
        gone = await drop_hold(stage.house.office, maria, "salon", "call_1", "A1")
        assert gone.id == "A1"
        assert await taken(stage) == []
        reply = await phone.call("book_appointment", offer="A1", name="Erika Beispiel")
        assert reply.code == "offer_expired"
        assert reply.say.startswith("Mittwoch, 22. Oktober, 14 Uhr ist leider doch nicht mehr möglich.")
        again = await phone.call(
            "check_availability", service="Herrenhaarschnitt", date="2025-10-22", time="14:00", staff="Maria"
        )
        assert all(not offer["start"].startswith("2025-10-22T14:00") for offer in again.data["offers"])

    async def test_a_moved_hold_is_confirmed_before_it_is_booked(self, stage, maria, phone_of):
        phone = await phone_of()
        await self.offered(phone)
        held = await move_hold(stage.house.office, maria, "salon", "call_1", "A1", at("15:30"))
        assert (held.id, held.start, held.staff_id) == ("A2", at("15:30"), "maria")
        assert await taken(stage) == [("15:30", "hold")]
        reply = await phone.call("book_appointment", offer="A1", name="Erika Beispiel")
        assert reply.code == "offered"
        assert "stattdessen ginge es am Mittwoch, dem 22. Oktober, um 15 Uhr 30" in reply.say
        assert [offer["id"] for offer in reply.data["offers"]] == ["A2"]
        made = await phone.call("book_appointment", offer="A2", name="Erika Beispiel")
        assert (made.code, made.data["booking"]["start"][:16]) == ("booked", "2025-10-22T15:30")

    async def test_a_hold_is_moved_only_to_a_free_time(self, stage, maria, phone_of):
        await booked(await phone_of("call_2"), "16:00")
        phone = await phone_of()
        await self.offered(phone)
        refused = await move_hold(stage.house.office, maria, "salon", "call_1", "A1", at("16:00"))
        assert refused.code is ObjectionCode.NOT_FREE
        assert (await phone.call("book_appointment", offer="A1", name="Erika Beispiel")).code == "booked"

    async def test_what_is_booked_already_is_no_hold(self, stage, maria, phone_of):
        await booked(await phone_of())
        refused = await drop_hold(stage.house.office, maria, "salon", "call_1", "A1")
        assert refused.code is ObjectionCode.NOT_POSSIBLE


class TestWhoMay:
    async def test_b95_nobody_touches_another_business(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        stranger = Actor("user:x", "Xaver Muster", {"askpro": Role.OWNER})
        looks_on = Actor("user:y", "Yvonne Muster", {"salon": Role.READ_ONLY})
        for actor in (stranger, looks_on):
            for refused in (
                await move_booking(stage.house.office, actor, "salon", booking_id, at("16:00")),
                await cancel_booking(stage.house.office, actor, "salon", booking_id),
                await drop_hold(stage.house.office, actor, "salon", "call_1", "A1"),
            ):
                assert refused.code is ObjectionCode.NOT_ALLOWED
        elsewhere = await cancel_booking(stage.house.office, stranger, "askpro", booking_id)
        assert elsewhere.code is ObjectionCode.NOT_FOUND

    async def test_every_change_is_in_the_log_without_the_customers_name(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("16:30"))
        await cancel_booking(stage.house.office, maria, "salon", moved.id, "krank")
        rows = (await list_changes(stage.house.office, maria, "salon")).rows
        assert [(row.what, row.subject, row.actor_id) for row in rows] == [
            ("booking_cancelled", moved.id, "user:maria"),
            ("booking_moved", booking_id, "user:maria"),
        ]
        assert rows[1].before["start"] == "2025-10-22T14:00:00+02:00"
        assert rows[1].after["start"] == "2025-10-22T16:30:00+02:00"
        assert "Erika" not in repr(rows)
