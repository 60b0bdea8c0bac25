"""A second appointment of the same host that shows only after the caller was told: kept, owed, reported once."""

from typing import Any

import pytest

from handfest.model.booking import BookingState
from handfest.testing.calcom_house import NOW, CalcomHouse, calcom_house
from handfest.testing.clock import FixedClock
from handfest.testing.fake_calcom import FakeCalcom
from handfest.testing.fake_calcom_answers import FakeRequest
from handfest.testing.fake_calcom_webhooks import Delivery
from handfest.testing.fake_calcom_world import Subscription
from handfest.testing.scenario_stage import request
from handfest.web.app import create_app

WISH = {"service": "Hauttypanalyse", "date": "2027-06-01", "time": "10 Uhr"}
WEB = {
    "eventTypeId": 15,
    "start": "2027-06-01T08:15:00Z",
    "attendee": {"name": "Fremd", "email": "web@example.test", "timeZone": "Europe/Berlin"},
}
"""Booked on the web page at the same moment, for another event type of the same host: Cal.com lets it through."""


async def told(clock: FixedClock, deliveries: list[Delivery]) -> CalcomHouse:
    """A house whose caller has heard "gebucht", and the foreign booking that came to stand beside it."""
    house = await calcom_house(clock, deliver=lambda delivery, _late: deliveries.append(delivery))
    house.fake.world.subscriptions.append(Subscription("http://127.0.0.1/", "s3cr3t"))
    await booked(house, "c1", "10 Uhr")
    deliveries.clear()
    web(house.fake, deliveries)
    return house


async def booked(house: CalcomHouse, call: str, time: str) -> None:
    offered = await house.ask(call, "check_availability", **{**WISH, "time": time})
    offer = offered.data["offers"][0]["id"]
    assert (await house.ask(call, "book_appointment", offer=offer, name="Erika Beispiel")).code == "booked"


def web(fake: FakeCalcom, deliveries: list[Delivery]) -> None:
    fake.race_seconds = 10
    served = fake.serve(
        FakeRequest("POST", "/v2/bookings", headers={"cal-api-version": "2024-08-13"}, json=WEB)
    )
    assert served.answer is not None
    assert served.answer.status == 201
    deliveries.extend(served.webhooks)


async def seen(house: CalcomHouse, by: str, deliveries: list[Delivery]) -> None:
    if by == "poll":
        await house.house.calcom_sync.poll("studio")
        return
    for delivery in deliveries:
        answer = await request(
            create_app(house.house), "POST", "/calcom/webhooks/studio", delivery.body, delivery.headers
        )
        assert answer.status == 204
    await house.house.calcom_sync.finish()


async def callbacks(house: CalcomHouse) -> Any:
    return await house.house.store.read(lambda tx: tx.callbacks("studio"))


@pytest.mark.parametrize("ways", [("webhook",), ("poll",), ("webhook", "poll", "poll")], ids="-".join)
async def test_b33_late_double_is_kept_and_the_customer_is_called_back(ways):
    deliveries: list[Delivery] = []
    house = await told(FixedClock(NOW), deliveries)
    for by in ways:
        await seen(house, by, deliveries)
    (booking,) = await house.bookings("c1")
    assert booking.state is BookingState.BOOKED, "who has heard it has one"
    assert len([row for row in house.fake.world.bookings.values() if row.live]) == 2
    (owed,) = await callbacks(house)
    assert (owed.call_id, owed.phone, owed.name) == ("c1", "+4915112345678", "Erika Beispiel")
    assert owed.reason == "Doppelt belegt im Kalender: Termin 2027-06-01 10:00. Bitte anrufen und verlegen."
    alarms = [facts for code, facts in house.alarms.alarms if code == "calendar_double_stands"]
    assert [(facts["business"], facts["call"], facts["booking"]) for facts in alarms] == [
        ("studio", "c1", booking.id)
    ]
    await house.close()


async def test_b33_double_that_is_gone_again_is_owed_nothing():
    deliveries: list[Delivery] = []
    house = await told(FixedClock(NOW), deliveries)
    assert (await house.ask("c1", "cancel_appointment")).code == "cancelled"
    await seen(house, "webhook", deliveries)
    await seen(house, "poll", deliveries)
    assert await callbacks(house) == ()
    await house.close()


async def test_b33_no_double_no_callback():
    house = await calcom_house(FixedClock(NOW))
    for number, time in enumerate(("10 Uhr", "10:30", "11 Uhr")):
        await booked(house, f"c{number}", time)
    await seen(house, "poll", [])
    assert await callbacks(house) == ()
    assert "calendar_double_stands" not in [code for code, _ in house.alarms.alarms]
    await house.close()
