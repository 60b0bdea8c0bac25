"""What people of the business look at: calls, live calls, bookings with their provenance, days, health."""

from datetime import date

import pytest
from whenever import Instant

from handfest.desk.counter import DeskWish
from handfest.model.actor import COMMAND_LINE, Actor, Role
from handfest.office.absences import Away, add_absence
from handfest.office.change_booking import CustomerGiven, book_at_desk, move_booking
from handfest.office.day_view import day_view
from handfest.office.digest_calls import digest_calls
from handfest.office.health import health
from handfest.office.list_bookings import Days, bookings_of_days, find_bookings
from handfest.office.list_calls import CallQuery, call_choices, list_calls
from handfest.office.live_calls import live_calls
from handfest.office.objection import Objection, ObjectionCode
from handfest.office.overview import overview
from handfest.office.pause_line import pause_line
from handfest.office.show_booking import show_booking
from handfest.office.show_call import show_call
from handfest.office.why_not import TimeAsked, why_not


def at(clock: str, day: str = "2025-10-22") -> Instant:
    """A time in Berlin in that week."""
    return Instant.parse_iso(f"{day}T{clock}:00+02:00")


async def offered(phone, service="Herrenhaarschnitt", clock="14:00"):
    """An exact time, held."""
    return await phone.call(
        "check_availability", service=service, date="2025-10-22", time=clock, staff="Maria"
    )


async def booked(phone, service="Herrenhaarschnitt", clock="14:00", name="Erika Beispiel"):
    """The id of an appointment agreed to on the phone."""
    first = await offered(phone, service, clock)
    made = await phone.call("book_appointment", offer=first.data["offers"][0]["id"], name=name)
    assert made.code == "booked", made
    return made.data["booking"]["id"]


async def three_calls(stage, phone_of):
    """One that books, one whose service stays unclear, one that asks to be called back; a minute apart."""
    await booked(await phone_of("call_1"))
    stage.clock.advance(60)
    await (await phone_of("call_2", caller="+493023125088")).call("check_availability", service="Tattoo")
    stage.clock.advance(60)
    last = await phone_of("call_3", caller="+493023125099")
    await last.call("request_callback", reason="Hochzeit")
    await last.hang_up()


async def found(stage, actor, **query):
    """The ids of the calls that fit."""
    page = await list_calls(stage.house.office, actor, "salon", CallQuery(**query))
    assert not isinstance(page, Objection), page
    return [call.id for call in page.rows]


class TestCalls:
    @pytest.mark.parametrize(
        ("query", "calls"),
        [
            ({}, ["call_3", "call_2", "call_1"]),
            ({"outcome": "booked"}, ["call_1"]),
            ({"outcome": "callback"}, ["call_3"]),
            ({"outcome": "booked", "service": "herren"}, ["call_1"]),
            ({"outcome": "booked", "service": "damen"}, []),
            ({"service": "herren"}, ["call_1"]),
            ({"line": "+493023125002"}, ["call_3", "call_2", "call_1"]),
            ({"version": "1"}, ["call_3", "call_2", "call_1"]),
            ({"version": "2"}, []),
            ({"finding": "HF404"}, ["call_2"]),
            ({"text": "TATTOO"}, ["call_2"]),
            ({"text": "030 23125099"}, ["call_3"]),
            ({"text": "herrenhaarschnitt"}, ["call_1"]),
            ({"text": "tattoo", "outcome": "booked"}, []),
            ({"first": Instant.parse_iso("2025-10-21T08:01:00Z")}, ["call_3", "call_2"]),
            ({"last": Instant.parse_iso("2025-10-21T08:01:00Z")}, ["call_1"]),
            ({"test": False}, ["call_3", "call_2", "call_1"]),
            ({"test": True}, []),
        ],
    )
    async def test_are_found_by_anything_that_is_known_of_them(self, stage, maria, phone_of, query, calls):
        await three_calls(stage, phone_of)
        assert await found(stage, maria, **query) == calls

    async def test_a_change_is_found_at_once(self, stage, maria, phone_of):
        phone = await phone_of()
        await offered(phone)
        assert await found(stage, maria, outcome="booked") == []
        assert await found(stage, maria, outcome="not_booked") == ["call_1"]
        await phone.call("book_appointment", offer="A1", name="Erika Beispiel")
        assert await found(stage, maria, outcome="booked") == ["call_1"]
        assert await found(stage, maria, outcome="not_booked") == []

    async def test_what_staff_do_is_no_call(self, stage, maria):
        made = await book_at_desk(
            stage.house.office, maria, "salon", DeskWish("herren", at("11:00")), CustomerGiven("Otto Muster")
        )
        assert await found(stage, maria) == []
        assert await live_calls(stage.house.office, maria, "salon") == ()
        shown = await show_booking(stage.house.office, maria, "salon", made.id)
        assert (shown.call.platform, shown.call.line) == ("desk", "user:maria")

    async def test_choices_are_what_there_is(self, stage, maria, phone_of):
        await three_calls(stage, phone_of)
        await digest_calls(stage.house.office)
        choices = (await call_choices(stage.house.office, maria, "salon")).values
        assert choices["outcome"] == (("booked", 1), ("callback", 1), ("not_booked", 1))
        assert choices["service"] == (("herren", 1),)
        assert choices["version"] == (("1", 3),)

    async def test_a_call_with_its_neighbours_and_what_became_of_its_promises(self, stage, maria, phone_of):
        await three_calls(stage, phone_of)
        shown = await show_call(stage.house.office, maria, "salon", "call_2")
        assert (shown.newer, shown.older) == ("call_3", "call_1")
        first = await show_call(stage.house.office, maria, "salon", "call_1")
        assert [(one.offer_id, one.verdict) for one in first.promises] == [("A1", "kept")]
        assert (first.newer, first.older) == ("call_2", None)
        missing = await show_call(stage.house.office, maria, "salon", "call_9")
        assert missing.code is ObjectionCode.NOT_FOUND

    async def test_live_ones_with_what_they_hold(self, stage, maria, phone_of):
        await three_calls(stage, phone_of)
        await offered(await phone_of("call_4"), clock="16:00")
        live = {one.call.id: one for one in await live_calls(stage.house.office, maria, "salon")}
        assert set(live) == {"call_1", "call_2", "call_4"}
        assert live["call_4"].service_name == "Herrenhaarschnitt"
        assert [offer.start for offer in live["call_4"].held] == [at("16:00")]
        assert "service: Herrenhaarschnitt" in live["call_4"].heard
        assert [booking.state for booking in live["call_1"].bookings] == ["booked"]
        stage.clock.advance(16 * 60)
        assert await live_calls(stage.house.office, maria, "salon") == ()

    async def test_why_not(self, stage, maria, phone_of):
        await booked(await phone_of())
        asked = TimeAsked("herren", at("14:00"), "maria")
        answer = await why_not(stage.house.office, maria, "salon", asked)
        assert next(reason.cause.value for reason in answer.reasons) == "booked"
        assert "Maria" in " ".join(answer.sentences)
        missing = await why_not(stage.house.office, maria, "salon", TimeAsked("x", at("14:00")))
        assert missing.code is ObjectionCode.NOT_FOUND


class TestBookings:
    async def test_found_by_name_and_by_days(self, stage, maria, phone_of):
        first = await booked(await phone_of("call_1"))
        second = await booked(await phone_of("call_2"), clock="16:00", name="Zoé Müller")
        page = await find_bookings(stage.house.office, maria, "salon", "mueller")
        assert [row.id for row in page.rows] == [second]
        days = Days(at("00:00"), at("00:00", "2025-10-23"))
        rows = await bookings_of_days(stage.house.office, maria, "salon", days)
        assert [row.id for row in rows] == [first, second]
        tail = await find_bookings(stage.house.office, maria, "salon", "", 1)
        assert [row.id for row in tail.rows] == [second]
        rest = await find_bookings(stage.house.office, maria, "salon", "", 1, tail.next)
        assert ([row.id for row in rest.rows], rest.next) == ([first], None)

    async def test_its_provenance_names_words_offer_and_call(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        shown = await show_booking(stage.house.office, maria, "salon", booking_id)
        assert (shown.call.id, shown.offer.id, shown.pin.spoken) == ("call_1", "A1", "Herrenhaarschnitt")
        assert (shown.offered_turn, shown.booked_turn) == (1, 2)
        assert [step.facts["time"] for step in shown.understood] == ["14:00"]
        assert shown.resolved.facts["service_id"] == "herren"

    async def test_a_chain_of_changes_is_followed(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of())
        moved = await move_booking(stage.house.office, maria, "salon", booking_id, at("16:00"))
        old = await show_booking(stage.house.office, maria, "salon", booking_id)
        assert (old.replaced_by.id, [row.what for row in old.changes]) == (moved.id, ["booking_moved"])
        assert (await show_booking(stage.house.office, maria, "salon", moved.id)).replaces.id == booking_id


class TestDay:
    async def test_a_column_for_each_with_buffers_absences_and_holds(self, stage, maria, phone_of):
        booking_id = await booked(await phone_of(), "Ansatzfärbung", "10:00")
        await offered(await phone_of("call_2"), clock="15:00")
        lunch = Away(at("12:00"), at("13:00"), "jana", "absence", "Pause")
        await add_absence(stage.house.office, maria, "salon", lunch)
        view = await day_view(stage.house.office, maria, "salon", date(2025, 10, 22))
        assert [column.name for column in view.columns] == ["Maria", "Jana"]
        assert [(span.start, span.end) for span in view.opening] == [(540, 1080)]
        booking, hold = view.columns[0].blocks
        assert (booking.kind, booking.subject, booking.start, booking.end) == (
            "booking",
            booking_id,
            at("10:00"),
            at("11:30"),
        )
        assert (booking.busy_start, booking.busy_end) == (at("10:00"), at("11:40"))
        assert (hold.kind, hold.call_id, hold.subject) == ("hold", "call_2", "A1")
        assert hold.expires_at is not None
        (away,) = view.columns[1].blocks
        assert (away.kind, away.label, away.start) == ("absence", "Pause", at("12:00"))
        assert view.now is None
        today = await day_view(stage.house.office, maria, "salon", date(2025, 10, 21))
        assert (today.now, [column.blocks for column in today.columns]) == (stage.clock.now(), [(), ()])


class TestHealth:
    async def test_figures_of_each_day_and_what_waits(self, stage, maria, phone_of):
        await three_calls(stage, phone_of)
        found = await health(stage.house.office, maria, "salon", 7)
        (day,) = found.days
        assert (day.key, day.calls, day.booked, day.kept, day.broken) == ("2025-10-21", 3, 1, 1, 0)
        assert (found.total.booked_rate, found.total.kept_rate) == (1 / 3, 1.0)
        assert sum(found.total.latency) == 4
        assert [(row.finding, row.calls) for row in found.findings] == [("HF404", 1)]
        assert len(found.callbacks) == 1
        assert (found.provider_name, found.provider) == ("embedded", None)
        assert {budget.name: budget.left for budget in found.budgets} == {
            "promises_kept": 1.0,
            "answers_in_time": 1.0,
        }

    async def test_nothing_served_is_no_rate(self, stage, maria):
        found = await health(stage.house.office, maria, "salon")
        assert (found.days, found.total.booked_rate, found.total.kept_rate) == ((), None, None)
        assert [budget.left for budget in found.budgets] == [None, None]
        assert (await health(stage.house.office, maria, "salon", 0)).code is ObjectionCode.INVALID

    async def test_the_overview_has_the_worst_first_and_only_ones_own(self, stage, maria, phone_of):
        await three_calls(stage, phone_of)
        await digest_calls(stage.house.office)
        await pause_line(stage.house.office, COMMAND_LINE, "salon", "retell", "+493023125002")
        agency = Actor("user:a", "Agentur", {"salon": Role.AGENCY, "askpro": Role.AGENCY})
        rows = await overview(stage.house.office, agency)
        assert [row.business_id for row in rows] == ["salon", "askpro"]
        salon = rows[0]
        assert (salon.name, salon.callbacks, salon.live, salon.paused_lines) == ("Salon Lindenhof", 1, 2, 1)
        assert salon.figures.calls == 3
        assert [row.business_id for row in await overview(stage.house.office, maria)] == ["salon"]


async def test_b95_every_reader_is_asked_whether_they_may(stage, phone_of):
    await booked(await phone_of())
    stranger = Actor("user:x", "Xaver Muster", {"askpro": Role.OWNER})
    office = stage.house.office
    for refused in (
        await list_calls(office, stranger, "salon", CallQuery()),
        await call_choices(office, stranger, "salon"),
        await live_calls(office, stranger, "salon"),
        await show_call(office, stranger, "salon", "call_1"),
        await why_not(office, stranger, "salon", TimeAsked("herren", at("14:00"))),
        await find_bookings(office, stranger, "salon"),
        await bookings_of_days(office, stranger, "salon", Days(at("00:00"), at("23:00"))),
        await show_booking(office, stranger, "salon", "bk_1"),
        await day_view(office, stranger, "salon", date(2025, 10, 22)),
        await health(office, stranger, "salon"),
    ):
        assert refused.code is ObjectionCode.NOT_ALLOWED
    assert [row.business_id for row in await overview(office, stranger)] == ["askpro"]
    assert (await show_call(office, stranger, "askpro", "call_1")).code is ObjectionCode.NOT_FOUND
