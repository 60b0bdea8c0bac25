"""Webhooks and the poll: what people do in Cal.com becomes true here, whatever the notice's fate."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest

from handfest.calendars.calcom_webhook import read_hint, signed_by
from handfest.model.booking import Booking, BookingState
from handfest.testing.calcom_house import NOW, CalcomHouse, calcom_house
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom_answers import FakeRequest
from handfest.testing.fake_calcom_webhooks import Delivery
from handfest.testing.fake_calcom_world import KEY, Subscription
from handfest.testing.scenario_stage import HttpAnswer, request
from handfest.web.app import create_app

RECORDED = json.loads(Path(__file__).with_name("recorded.json").read_text("utf-8"))["webhooks"]
SECRET = "s3cr3t"
OWNER = {"authorization": f"Bearer {KEY}", "cal-api-version": "2024-08-13"}


class Wired:
    """A house whose fake delivers webhooks into its own application."""

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.clock = FixedClock(NOW)

    async def open(self) -> "Wired":
        self.house: CalcomHouse = await calcom_house(
            self.clock, deliver=lambda delivery, _late: self.deliveries.append(delivery)
        )
        self.house.fake.world.subscriptions.append(Subscription("http://127.0.0.1/", SECRET))
        self.app = create_app(self.house.house)
        return self

    async def booked(self, service: str = "Hauttypanalyse") -> Booking:
        wish = {"service": service, "date": "2027-06-01", "time": "10 Uhr"}
        offered = await self.house.ask("c1", "check_availability", **wish)
        await self.house.ask(
            "c1", "book_appointment", offer=offered.data["offers"][0]["id"], name="Erika Beispiel"
        )
        self.deliveries.clear()
        return await self.booking()

    async def booking(self) -> Booking:
        return sorted(await self.house.bookings("c1"), key=lambda row: row.id)[-1]

    async def post(self, body: bytes, headers: dict[str, str], business: str = "studio") -> HttpAnswer:
        answer = await request(self.app, "POST", f"/calcom/webhooks/{business}", body, headers)
        await self.house.house.calcom_sync.finish()
        return answer

    def owner(self, method: str, path: str, **body: Any) -> None:
        """Somebody does something in Cal.com itself; its webhooks are collected, not delivered."""
        served = self.house.fake.serve(FakeRequest(method, path, headers=OWNER, json=body or None))
        assert served.answer is not None
        assert served.answer.status < 300, served.answer
        self.deliveries.extend(served.webhooks)

    async def deliver(self) -> None:
        for delivery in self.deliveries:
            answer = await self.post(delivery.body, delivery.headers)
            assert answer.status == 204


@pytest.fixture
async def wired() -> Any:
    opened = await Wired().open()
    yield opened
    await opened.house.close()


def test_recorded_webhooks_are_read():
    hints = [read_hint(json.dumps(row["body_mapped"]).encode()) for row in RECORDED]
    assert [hint and hint.trigger for hint in hints] == [
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
    ]
    assert all(hint and hint.uids for hint in hints)
    assert hints[2] is not None
    assert len(hints[2].uids) == 2, "the new uid and the old one"


def test_signature_is_over_the_raw_body_and_nothing_else():
    raw = b'{"a":  1}'
    good = hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    assert signed_by(raw, good, SECRET)
    assert not signed_by(b'{"a": 1}', good, SECRET)
    assert not signed_by(raw, "no-secret-provided", SECRET)
    assert not signed_by(raw, None, SECRET)
    assert not signed_by(raw, hmac.new(b"", raw, hashlib.sha256).hexdigest(), "")


async def test_b95_unsigned_and_foreign_webhooks_are_refused(wired):
    body = b"{}"
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert (await wired.post(body, {})).status == 401
    assert (await wired.post(body, {"x-cal-signature-256": "0" * 64})).status == 401
    assert (await wired.post(body, {"x-cal-signature-256": good}, "other")).status == 401
    assert (await wired.post(body, {"x-cal-signature-256": good})).status == 204


@pytest.mark.parametrize("by", ["webhook", "poll"])
async def test_cancelled_in_cal_com_is_cancelled_here(wired, by):
    booking = await wired.booked()
    wired.clock.advance(5)
    wired.owner("POST", f"/v2/bookings/{booking.uid}/cancel", cancellationReason="krank")
    await (wired.deliver() if by == "webhook" else wired.house.house.calcom_sync.poll_due())
    assert (await wired.booking()).state is BookingState.CANCELLED
    found = await wired.house.ask("c1", "find_appointments")
    assert found.code != "appointments" or not found.data["appointments"]


@pytest.mark.parametrize("by", ["webhook", "poll"])
async def test_moved_in_cal_com_is_moved_here(wired, by):
    booking = await wired.booked()
    wired.owner("POST", f"/v2/bookings/{booking.uid}/reschedule", start="2027-06-02T09:00:00Z")
    await (wired.deliver() if by == "webhook" else wired.house.house.calcom_sync.poll_due())
    moved = await wired.booking()
    assert moved.state is BookingState.BOOKED
    assert moved.uid != booking.uid
    assert moved.start.format_iso() == "2027-06-02T09:00:00Z"


@pytest.mark.parametrize(
    ("decision", "state"), [("confirm", BookingState.BOOKED), ("decline", BookingState.CANCELLED)]
)
async def test_b91_request_is_confirmed_or_rejected(wired, decision, state):
    booking = await wired.booked("Typberatung")
    assert booking.pending
    wired.owner("POST", f"/v2/bookings/{booking.uid}/{decision}")
    await wired.deliver()
    after = await wired.booking()
    assert (after.state, after.pending and state is BookingState.BOOKED) == (state, False)


async def test_no_show_is_noted(wired):
    booking = await wired.booked()
    wired.house.fake.world.bookings[booking.uid].absent = True
    body = json.dumps(
        {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "payload": {"bookingUid": booking.uid}}
    ).encode()
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    await wired.post(body, {"x-cal-signature-256": good})
    assert (await wired.booking()).no_show


async def test_delivered_twice_is_looked_at_once(wired):
    booking = await wired.booked()
    wired.owner("POST", f"/v2/bookings/{booking.uid}/cancel", cancellationReason="krank")
    before = len(wired.house.house.calcom._http.sent)
    await wired.deliver()
    once = len(wired.house.house.calcom._http.sent)
    await wired.deliver()
    assert once == before + 1
    assert len(wired.house.house.calcom._http.sent) == once


async def test_webhook_that_lies_changes_nothing(wired):
    """The signature carries no time: an old notice can be sent again, so Cal.com is asked what is true."""
    booking = await wired.booked()
    payload = {"uid": booking.uid, "status": "CANCELLED"}
    body = json.dumps({"triggerEvent": "BOOKING_CANCELLED", "payload": payload}).encode()
    good = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    await wired.post(body, {"x-cal-signature-256": good})
    assert (await wired.booking()).state is BookingState.BOOKED


async def test_b34_booking_that_turns_up_after_it_was_given_up_is_taken_back(wired):
    booking = await wired.booked()
    stray = dict(wired.house.fake.world.bookings[booking.uid].metadata)
    body = {
        "eventTypeId": 30,
        "start": "2027-06-01T12:00:00Z",
        "attendee": {"name": "Erika Beispiel", "timeZone": "Europe/Berlin", "phoneNumber": "+4915112345678"},
        "metadata": stray,
    }
    wired.owner("POST", "/v2/bookings", **body)
    await wired.deliver()
    live = [row.uid for row in wired.house.fake.world.bookings.values() if row.live]
    assert live == [booking.uid]
    assert "calendar_stray_booking" in [code for code, _ in wired.house.alarms.alarms]
