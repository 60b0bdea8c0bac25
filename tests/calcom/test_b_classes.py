"""The failures that really happened with Cal.com, each of them impossible now."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest
from whenever import Instant

from handfest.booking.reconcile import reconcile
from handfest.calendars.calcom_body import METADATA_MAX, booking_body
from handfest.catalogue.parse import parse_business
from handfest.model.booking import BookingState
from handfest.testing.calcom_house import FILE, NOW, CalcomHouse, calcom_house
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom_answers import FakeRequest
from handfest.testing.fake_calcom_faults import FaultKind
from handfest.testing.fake_calcom_world import FakeBooking

WISH = {"date": "2027-06-01", "time": "10 Uhr"}
TEN = int(Instant.parse_iso("2027-06-01T08:00:00Z").timestamp())


@pytest.fixture
async def house() -> Any:
    opened = await calcom_house(FixedClock(NOW))
    yield opened
    await opened.close()


async def offer(house: CalcomHouse, call: str = "c1", service: str = "Hauttypanalyse", **wish: Any) -> str:
    reply = await house.ask(call, "check_availability", service=service, **{**WISH, **wish})
    assert reply.code == "offered", reply
    return str(reply.data["offers"][0]["id"])


async def book(house: CalcomHouse, offer_id: str, call: str = "c1", **said: Any) -> Any:
    return await house.ask(call, "book_appointment", offer=offer_id, **{"name": "Erika Beispiel", **said})


def live(house: CalcomHouse) -> list[FakeBooking]:
    return [row for row in house.fake.world.bookings.values() if row.live]


def sent(house: CalcomHouse, path: str, method: str = "POST") -> list[Any]:
    http: Any = house.house.calcom._http
    return [
        json.loads(one.body)
        for one in http.sent
        if one.method == method and one.url.endswith(path) and one.body
    ]


async def test_b1_the_event_type_checked_is_the_event_type_booked(house):
    await book(house, await offer(house, service="Kurzberatung"))
    assert [row.what for row in live(house)] == [(15, TEN, 15)]


async def test_what_a_calendar_needed_to_book_and_to_cancel_is_on_record(house):
    await book(house, await offer(house))
    await house.ask("c1", "cancel_appointment")
    turns = await house.house.store.read(lambda tx: tx.turns("studio", "c1"))
    took = [step.facts for turn in turns for step in turn.steps if "request" in step.facts]
    assert [(facts["request"], facts["provider"]) for facts in took] == [
        ("book", "calcom"),
        ("cancel", "calcom"),
    ]
    assert all(facts["calendar_ms"] >= 0 for facts in took)


async def test_b33_offered_slot_is_hidden_in_the_provider_and_shown_after_booking_or_hang_up(house):
    first = await offer(house)
    await house.house.desk.finish()
    assert [row.start for row in house.fake.world.reservations.values()] == [TEN]
    await book(house, first)
    await house.house.desk.finish()
    assert not house.fake.world.reservations
    await offer(house, "c2", time="12 Uhr")
    await house.house.desk.finish()
    assert house.fake.world.reservations
    await house.house.desk.hang_up(house.line, "c2")
    await house.house.desk.finish()
    assert not house.fake.world.reservations


async def test_b33_two_callers_never_hold_the_same_host_even_for_two_event_types(house):
    house.fake.race_seconds = 10
    one = await offer(house, "c1", "Hauttypanalyse")
    reply = await house.ask("c2", "check_availability", service="Kurzberatung", **WISH)
    assert reply.data["asked"]["free"] is False
    other = str(reply.data["offers"][0]["id"])
    codes = [answer.code for answer in await asyncio.gather(book(house, one, "c1"), book(house, other, "c2"))]
    assert codes == ["booked", "booked"]
    rows = sorted((row.start, row.end) for row in live(house))
    assert rows[0][1] <= rows[1][0], "no overlap"


@pytest.mark.parametrize("lost", [None, FaultKind.TIMEOUT_AFTER], ids=["answered", "answer lost"])
async def test_b33_double_of_another_channel_is_found_and_ours_yields(house, lost):
    """Cal.com accepts an overlapping booking of another event type made within the same moment."""
    one = await offer(house)
    if lost is not None:
        house.fake.faults.plan(lost, method="POST", path="/v2/bookings")
    house.fake.race_seconds = 10
    person = {"name": "Fremd", "email": "web@example.test", "timeZone": "Europe/Berlin"}
    web = {"eventTypeId": 15, "start": "2027-06-01T08:15:00Z", "attendee": person}
    made = house.fake.handle(
        FakeRequest("POST", "/v2/bookings", headers={"cal-api-version": "2024-08-13"}, json=web)
    )
    assert made.status == 201
    reply = await book(house, one)
    assert reply.code == "slot_taken"
    assert [row.attendee["name"] for row in live(house)] == ["Fremd"]
    assert "calendar_double_booking" in [code for code, _ in house.alarms.alarms]


async def test_b34_b36_repeats_of_one_booking_make_one_booking(house):
    one = await offer(house)
    replies = await asyncio.gather(*(book(house, one) for _ in range(4)))
    assert {reply.code for reply in replies} == {"booked"}
    assert len(live(house)) == 1
    assert len(sent(house, "/bookings")) == 1


async def test_b35_answer_with_somebody_elses_booking_is_not_taken_for_ours(house):
    """Event types that need confirmation answer with an earlier booking of the same attendee."""
    one = await offer(house, "c1", "Typberatung")
    assert (await book(house, one, "c1", email="same@example.test")).code == "booked"
    (first,) = live(house)
    first.metadata = {"intent_id": "somebody_else"}
    two = await offer(house, "c2", "Typberatung")
    assert (await book(house, two, "c2", email="same@example.test")).code == "slot_taken"
    assert live(house) == [first], "what is not ours is not ours to undo"


async def test_b35_each_booking_has_an_address_of_its_own(house):
    for number, time in enumerate(("10 Uhr", "11 Uhr"), 1):
        await book(house, await offer(house, f"c{number}", "Kurzberatung", time=time), f"c{number}")
    emails = [row.attendee["email"] for row in live(house)]
    assert len(set(emails)) == 2
    assert all(email.endswith(".invalid") for email in emails)
    assert all(row.metadata["synthetic_email"] == "true" for row in live(house))
    spoken = [json.dumps(turn.reply) for turn in house.turns.turns]
    assert not any("invalid" in text or "@" in text for text in spoken)


async def test_b37_b40_a_hold_never_blinds_us_to_our_own_slot(house):
    for _ in range(3):
        await offer(house)
        await house.house.desk.finish()
    assert (await book(house, await offer(house, service="Kurzberatung"))).code == "booked"


async def test_b66_number_that_cal_com_refuses_goes_into_the_metadata(house):
    house.fake.world.event_types[30] = replace(
        house.fake.world.event_types[30], phone="optional", email_required=True
    )
    one = await offer(house)
    http, send = house.house.calcom._http, house.house.calcom._http.send

    async def objecting(request: Any) -> Any:
        body = json.loads(request.body) if request.body else {}
        if request.url.endswith("/bookings") and "phoneNumber" in body.get("attendee", {}):
            body["attendee"]["phoneNumber"] = "+49123"
            request = replace(request, body=json.dumps(body).encode())
        return await send(request)

    http.send = objecting
    assert (await book(house, one)).code == "booked"
    assert live(house)[0].metadata["phone"] == "+4915112345678"


async def test_b65_required_field_that_nobody_can_fill_is_a_fault_with_its_cause(house):
    fields = ({"type": "text", "slug": "plate", "required": True},)
    one = await offer(house)
    house.fake.world.event_types[30] = replace(house.fake.world.event_types[30], fields=fields)
    reply = await book(house, one)
    assert (reply.ok, reply.code) == (False, "calendar_rejected")
    causes = [step.facts.get("cause", "") for turn in house.turns.turns for step in turn.steps]
    assert any("plate" in cause for cause in causes)


async def test_b67_b68_event_type_that_is_gone_is_not_offered(house):
    del house.fake.world.event_types[30]
    reply = await house.ask("c1", "check_availability", service="Hauttypanalyse", **WISH)
    assert (reply.ok, reply.code) == (False, "calendar_rejected")


async def test_b10_b76_event_type_of_another_length_is_not_offered(house):
    house.fake.world.event_types[30] = replace(house.fake.world.event_types[30], length=45)
    reply = await house.ask("c1", "check_availability", service="Hauttypanalyse", **WISH)
    assert reply.code == "calendar_rejected"


async def test_b69_cancelling_is_by_uid_and_repeats_say_the_same(house):
    await book(house, await offer(house))
    (row,) = live(house)
    first = await house.ask("c1", "cancel_appointment")
    booking_id = first.data["booking"]["id"]
    again = await house.ask("c1", "cancel_appointment", appointment=booking_id)
    assert (first.code, again.code) == ("cancelled", "cancelled")
    urls = [one.url for one in house.house.calcom._http.sent if "/cancel" in one.url]
    assert urls == [f"http://127.0.0.1/v2/bookings/{row.uid}/cancel"]


async def test_b70_notice_is_kept_until_after_the_hold(house):
    house.fake.world.event_types[30] = replace(house.fake.world.event_types[30], notice=26 * 60 - 1)
    reply = await house.ask("c1", "check_availability", service="Hauttypanalyse", **WISH)
    starts = [row["start"] for row in reply.data["offers"]]
    assert "2027-06-01T10:00:00+02:00" not in starts, "it would be too soon by the time of the yes"


@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT_AFTER, FaultKind.ERROR_AFTER, FaultKind.RESET_AFTER])
async def test_b71_b75_lost_answer_is_looked_up_not_called_failed(house, kind):
    one = await offer(house)
    house.fake.faults.plan(kind, method="POST", path="/v2/bookings")
    assert (await book(house, one)).code == "booked"
    assert len(live(house)) == 1


@pytest.mark.parametrize("kind", [FaultKind.TIMEOUT_BEFORE, FaultKind.ERROR_BEFORE])
async def test_b71_request_that_never_arrived_is_pending_then_booked(house, kind):
    clock: Any = house.house.clock
    one = await offer(house)
    house.fake.faults.plan(kind, method="POST", path="/v2/bookings")
    codes = [(await book(house, one)).code]
    for _ in range(8):
        clock.advance(6)
        inner = house.house
        await reconcile(inner.store, inner.calendars, inner.shelf, inner.clock, inner.notifier)
        codes.append((await book(house, one)).code)
    assert set(codes) == {"pending", "booked"}
    assert codes[-1] == "booked"
    assert len(live(house)) == 1


async def test_b71_already_has_booking_after_our_own_attempt_is_our_success(house):
    """A 400 that says "already has booking" may be about ourselves: the bookings are asked."""
    one = await offer(house)
    (answer,) = [await book(house, one)]
    (booking,) = await house.bookings("c1")
    calendar = house.house.calcom.of(await catalogue(house))
    again = await calendar.book(booking, "offer:c1:A1")
    assert answer.code == "booked"
    assert again.uid == booking.uid


async def test_b72_staff_of_the_offer_is_who_serves_and_another_host_is_undone(house):
    one = await offer(house, service="Herrenhaarschnitt", staff="Jana")
    house.fake.world.event_types[62] = replace(
        house.fake.world.event_types[62], host_ids=(101,), schedule_id=201
    )
    reply = await book(house, one)
    assert (reply.ok, reply.code) == (False, "offer_mismatch")
    assert live(house) == []
    assert "offer_mismatch" in [code for code, _ in house.alarms.alarms]


async def test_b72_round_robin_promises_nobody(house):
    reply = await house.ask("c1", "check_availability", service="Herrenhaarschnitt", **WISH)
    assert all(row["staff"] is None for row in reply.data["offers"])
    booked = await book(house, str(reply.data["offers"][0]["id"]))
    assert booked.data["booking"]["staff"] is None


async def test_b12_b72_wish_for_staff_that_cannot_be_promised_is_said_not_dropped():
    file = FILE.replace(", by_staff = {{ anna = 61, jana = 62 }}", "")
    house = await calcom_house(FixedClock(NOW), file=file)
    reply = await house.ask(
        "c1",
        "check_availability",
        service="Herrenhaarschnitt",
        staff="Jana",
        date="2027-06-01",
        time="12 Uhr",
    )
    assert "nicht zusagen" in reply.say
    assert "Jana" not in reply.say
    await house.close()


async def test_b73_metadata_is_strings_within_bounds(house):
    call = "c" * 900
    await book(house, await offer(house, call), call)
    (body,) = sent(house, "/bookings")
    assert all(isinstance(value, str) and len(value) <= METADATA_MAX for value in body["metadata"].values())
    assert set(body["metadata"]) >= {"offer_id", "call_id", "intent_id"}


async def test_b74_one_range_request_a_check_and_a_budget_that_refuses_early(house):
    await offer(house)
    await house.house.desk.finish()
    slots = [one for one in house.house.calcom._http.sent if one.url.endswith("/slots")]
    assert len(slots) == 1
    client, _ = house.house.calcom.account(await catalogue(house))
    while client.budget.left > 0:
        client.budget.take(0)
    before = len(house.house.calcom._http.sent)
    reply = await house.ask("c2", "check_availability", service="Kurzberatung", **WISH)
    assert (reply.ok, reply.code) == (True, "try_later")
    assert len(house.house.calcom._http.sent) == before, "nothing was sent"


async def test_b74_breaker_opens_on_silence_and_never_on_a_no(house):
    client, _ = house.house.calcom.account(await catalogue(house))
    for _ in range(8):
        await house.ask("c1", "check_availability", service="Hauttypanalyse", **WISH)
        house.fake.faults.plan(FaultKind.KEY_EXPIRED)
    assert not client.breaker.open
    house.fake.faults.planned.clear()
    for _ in range(6):
        house.fake.faults.plan(FaultKind.RESET_BEFORE)
    for number in range(4):
        await house.ask(f"d{number}", "check_availability", service="Hauttypanalyse", **WISH)
    assert client.breaker.open


PHASED = FILE.replace(
    "calcom = {{ event_type_id = 63 }}",
    """calcom = {{ event_type_id = 63 }}
[[services.phases]]
minutes = 30
[[services.phases]]
minutes = 40
staff = "free"
[[services.phases]]
minutes = 20
""",
)
"""The same business whose colouring has a time in which nobody is needed."""


async def test_b77_what_cal_com_has_never_changes_the_business_file():
    house = await calcom_house(FixedClock(NOW), file=PHASED)
    before = await catalogue(house)
    await book(house, await offer(house, service="Ansatzfärbung"))
    house.fake.world.event_types[63] = replace(
        house.fake.world.event_types[63], title="Anders", length=60, notice=999
    )
    await house.house.calcom_sync.poll("studio")
    await house.ask("c2", "check_availability", service="Ansatzfärbung", **WISH)
    after = await catalogue(house)
    assert after == before
    assert [phase.minutes for phase in next(s for s in after.services if s.id == "farbe").phases] == [
        30,
        40,
        20,
    ]
    await house.close()


def test_b78_an_event_type_belongs_to_a_service_and_its_staff_never_to_a_branch():
    branch = """[[branches]]
id = "mitte"
name = "Mitte"
event_type_id = 30
"""
    problems = parse_business(FILE.format(base_url="https://api.cal.com/v2") + branch)
    assert isinstance(problems, tuple)
    assert any(problem.where.startswith("branches[0]") for problem in problems)


async def test_b83_service_with_phases_is_one_booking_of_its_whole_length():
    """No saga of parts that can half fail: one request, one event type, one end."""
    house = await calcom_house(FixedClock(NOW), file=PHASED)
    reply = await book(house, await offer(house, service="Ansatzfärbung", time="9 Uhr"))
    assert reply.code == "booked"
    assert [row.what for row in live(house)] == [(63, TEN - 3600, 90)]
    assert len(sent(house, "/bookings")) == 1
    await house.close()


async def test_b74_two_businesses_share_a_budget_only_by_credential(house):
    one = await catalogue(house)
    same = house.house.calcom.account(one)[0]
    assert house.house.calcom.account(replace(one, version=9))[0] is same
    other = replace(one, calendar=replace(one.calendar, base_url="https://api.cal.eu/v2"))
    assert house.house.calcom.account(other)[0] is not same


async def test_b82_staff_without_event_type_of_their_own_is_not_offered_by_name(house):
    reply = await house.ask("c1", "check_availability", service="Ansatzfärbung", staff="Anna", **WISH)
    assert reply.code == "unsupported"


async def test_b91_request_to_be_confirmed_is_spoken_as_a_request(house):
    reply = await book(house, await offer(house, service="Typberatung"))
    assert "bestätigt" in reply.say
    assert "gebucht" not in reply.say
    again = await book(house, "A1")
    assert again.say == reply.say


async def test_b92_customer_that_cannot_be_saved_is_no_reason_to_lose_a_booking(house):
    one = await offer(house)
    await book(house, one, name="Erika Beispiel", notes="x" * 5000)
    (booking,) = await house.bookings("c1")
    assert booking.state is BookingState.BOOKED
    assert booking.uid == live(house)[0].uid


async def test_b94_move_has_a_new_uid_linked_to_the_old(house):
    await book(house, await offer(house))
    (old,) = live(house)
    asked = await house.ask("c1", "reschedule_appointment", date="2027-06-02", time="11 Uhr")
    done = await house.ask("c1", "reschedule_appointment", offer=asked.data["offers"][0]["id"])
    assert done.code == "changed"
    (new,) = live(house)
    assert (new.from_uid, old.to_uid) == (old.uid, new.uid)
    first, second = sorted(await house.bookings("c1"), key=lambda row: row.id)
    assert (first.state, first.replaced_by) == (BookingState.CHANGED, second.id)
    assert second.uid == new.uid


async def test_b74_cancellation_without_budget_is_for_later_and_nothing_is_lost(house):
    await book(house, await offer(house))
    client, _ = house.house.calcom.account(await catalogue(house))
    while client.budget.left > 0:
        client.budget.take(0)
    reply = await house.ask("c1", "cancel_appointment")
    assert (reply.ok, reply.code) == (True, "try_later")
    (booking,) = await house.bookings("c1")
    assert (booking.state, booking.cancelling) == (BookingState.BOOKED, False)
    house.house.clock.advance(61)
    assert (await house.ask("c1", "cancel_appointment")).code == "cancelled"
    assert live(house) == []


async def test_b94_failed_cancellation_is_not_told_as_done(house):
    await book(house, await offer(house))
    house.fake.faults.plan(FaultKind.KEY_EXPIRED, path="/cancel")
    reply = await house.ask("c1", "cancel_appointment")
    assert (reply.ok, reply.code) == (False, "calendar_unauthorised")
    assert len(live(house)) == 1


async def catalogue(house: CalcomHouse) -> Any:
    stored = await house.house.store.read(lambda tx: tx.catalogue("studio"))
    return house.house.shelf.compiled(stored, None).catalogue


async def test_anonymous_caller_is_asked_for_the_number_that_the_event_type_demands(house):
    reply = await house.ask("c1", "check_availability", caller=None, service="Hauttypanalyse", **WISH)
    one = reply.data["offers"][0]["id"]
    asked = await house.ask("c1", "book_appointment", caller=None, offer=one, name="Erika Beispiel")
    assert asked.data["missing"] == "phone"
    done = await house.ask(
        "c1", "book_appointment", caller=None, offer=one, name="Erika Beispiel", phone="030 23125077"
    )
    assert done.code == "booked"


async def test_body_never_names_what_is_not_in_the_offer(house):
    await book(house, await offer(house))
    (booking,) = await house.bookings("c1")
    body = booking_body(booking, None, "de")
    assert (body["eventTypeId"], body["start"]) == (30, "2027-06-01T08:00:00Z")
    assert "lengthInMinutes" not in body
