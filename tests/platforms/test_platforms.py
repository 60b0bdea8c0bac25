"""One suite over every platform: the same call, in each one's own words, leads to the same booking."""

import asyncio
from typing import Any

import pytest

from handfest.model.booking import BookingState
from handfest.testing.scenario_stage import Stage
from platforms.platform_clients import ElevenLabs, Plain, PlainHeaders, Retell, Vapi, salon_on
from retell_house import CALLER, house

CLIENTS = [
    Retell(),
    Plain(),
    PlainHeaders(),
    ElevenLabs(),
    Vapi("docs"),
    Vapi("sdk"),
    Vapi("object"),
]
BEARERS = [client for client in CLIENTS if client.name != "retell"]
WISH = {"service": "Herrenhaarschnitt", "when": "morgen um zehn"}


def ids(client: Any) -> str:
    return f"{type(client).__name__}{getattr(client, 'shape', '')}"


async def bookings(stage: Stage, call_id: str) -> Any:
    return await stage.house.store.read(lambda tx: tx.bookings_of_call("salon", call_id))


@pytest.mark.parametrize("client", CLIENTS, ids=ids)
async def test_the_same_call_leads_to_the_same_booking(client: Any) -> None:
    async with house(source=salon_on(client.name)) as stage:
        offered = await client.ask(stage, "call_1", "check_availability", WISH)
        assert (offered["code"], offered["next"], offered["offers"][0]["id"]) == ("offered", "confirm", "A1")
        stage.clock.advance(20)
        booked = await client.ask(
            stage, "call_1", "book_appointment", {"offer": "A1", "name": "Erika Beispiel"}
        )
        assert (booked["code"], booked["booking"]["start"]) == ("booked", "2025-10-22T10:00:00+02:00")
        (booking,) = await bookings(stage, "call_1")
        assert (booking.state, booking.caller_number) == (BookingState.BOOKED, CALLER)
        call = await stage.house.store.read(lambda tx: tx.call("salon", "call_1"))
        assert call is not None
        assert (call.platform, call.turns) == (client.name, 2)


@pytest.mark.parametrize("client", CLIENTS, ids=ids)
async def test_b36_the_same_booking_at_once_and_again_is_one(client: Any) -> None:
    """Ultravox and others send a request again when an answer took long: nobody hears that it is taken."""
    async with house(source=salon_on(client.name)) as stage:
        await client.ask(stage, "call_1", "check_availability", WISH)
        stage.clock.advance(20)
        said = {"offer": "A1", "name": "Erika Beispiel"}
        answers = await asyncio.gather(
            *(client.ask(stage, "call_1", "book_appointment", said) for _ in range(3))
        )
        assert {answer["code"] for answer in answers} == {"booked"}
        assert len(await bookings(stage, "call_1")) == 1


@pytest.mark.parametrize("client", BEARERS, ids=ids)
@pytest.mark.parametrize("secret", [None, "wrong"])
async def test_b95_without_the_secret_nothing_is_served(client: Any, secret: str | None) -> None:
    async with house(source=salon_on(client.name)) as stage:
        answer = await client.ask(stage, "call_1", "check_availability", WISH, secret=secret)
        assert (answer.status, answer.json()["code"]) == (401, "signature_invalid")
        assert await stage.house.store.read(lambda tx: tx.call("salon", "call_1")) is None
        assert "signature_invalid" in [code for code, _ in stage.alarms.alarms]


@pytest.mark.parametrize("client", BEARERS, ids=ids)
async def test_b95_the_secret_of_one_platform_opens_no_other(client: Any) -> None:
    other = "plain" if client.name != "plain" else "vapi"
    async with house(source=salon_on(other)) as stage:
        answer = await client.ask(stage, "call_1", "check_availability", WISH)
        assert answer.status == 401


@pytest.mark.parametrize("client", BEARERS, ids=ids)
async def test_b56_a_number_that_is_not_the_lines_is_not_served(client: Any) -> None:
    async with house(source=salon_on(client.name)) as stage:
        answer = await client.ask(stage, "call_1", "check_availability", WISH, number="+493023125099")
        assert (answer["ok"], answer["code"]) == (False, "line_unknown")
        assert answer["say"]


@pytest.mark.parametrize("client", BEARERS, ids=ids)
async def test_the_secret_alone_names_its_only_line(client: Any) -> None:
    async with house(source=salon_on(client.name)) as stage:
        answer = await client.ask(stage, "call_1", "list_services", {}, number=None, agent=None)
        assert answer["code"] == "services"


@pytest.mark.parametrize("client", BEARERS, ids=ids)
@pytest.mark.parametrize("call_id", [None, "{{call_id}}"])
async def test_b55_b60_a_request_without_a_call_is_answered_aloud(client: Any, call_id: str | None) -> None:
    async with house(source=salon_on(client.name)) as stage:
        answer = await client.ask(stage, call_id, "check_availability", {**WISH, "call_id": "call_001"})
        assert (answer["ok"], answer["code"]) == (False, "call_unknown")
        assert answer["say"]


@pytest.mark.parametrize("client", BEARERS, ids=ids)
@pytest.mark.parametrize("caller", [None, "anonymous"])
async def test_b58_anonymous_callers_book_and_read_nothing(client: Any, caller: str | None) -> None:
    async with house(source=salon_on(client.name)) as stage:
        offered = await client.ask(stage, "call_1", "check_availability", WISH, caller=caller)
        assert offered["code"] == "offered"
        asked = await client.ask(stage, "call_2", "find_appointments", {}, caller=caller)
        assert asked["code"] in ("booking_not_found", "booking_not_yours", "unsupported")


@pytest.mark.parametrize("client", BEARERS, ids=ids)
async def test_b86_an_unknown_tool_is_answered_aloud_and_alarmed(client: Any) -> None:
    async with house(source=salon_on(client.name)) as stage:
        answer = await client.ask(stage, "call_1", "cofirm_boking", {})
        assert (answer["ok"], answer["code"]) == (False, "tool_unknown")
        assert "tool_unknown" in [code for code, _ in stage.alarms.alarms]


@pytest.mark.parametrize("client", BEARERS, ids=ids)
async def test_b12_identity_among_the_arguments_is_never_obeyed(client: Any) -> None:
    stranger = {"caller": "+4930231250999", "from_number": "+4930231250999", "business_id": "other"}
    async with house(source=salon_on(client.name)) as stage:
        answer = await client.ask(stage, "call_1", "check_availability", {**WISH, **stranger})
        assert answer["code"] == "offered"
        call = await stage.house.store.read(lambda tx: tx.call("salon", "call_1"))
        assert call is not None
        assert call.caller_number == CALLER
