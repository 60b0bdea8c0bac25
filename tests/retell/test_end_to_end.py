"""A call from the number to the booking without the vendor: pushed tools, real gateway, real signatures."""

from collections.abc import Mapping

import pytest

from handfest.catalogue.parse import parse_business
from handfest.diagnosis.story.explain import as_data, story_of
from handfest.model.catalogue import Catalogue
from handfest.testing.fake_retell import FakeRetell, Json
from handfest.testing.fake_retell_call import CallNotPossible, FakeCall
from handfest.testing.scenario_stage import Stage, request, secret_of
from handfest.voice.retell_agent import agent_body, inbound_url, llm_body
from retell_house import BUSINESSES, SALON, house

BASE = "https://gateway.example"
NUMBER = SALON["to_number"]


def fake_with_agent() -> FakeRetell:
    """The ready agent of the salon, published and bound."""
    catalogue = parse_business((BUSINESSES / "salon.toml").read_text("utf-8"))
    assert isinstance(catalogue, Catalogue)
    fake = FakeRetell(key=secret_of(SALON["variable"]))
    engine = fake.create_engine("retell-llm", llm_body(catalogue, BASE))
    named = {"type": "retell-llm", "llm_id": engine["llm_id"]}
    fake.create_agent({**agent_body(catalogue, BASE, named), "agent_id": SALON["agent_id"]})
    fake.publish(SALON["agent_id"], 0, None)
    fake.add_number(NUMBER, SALON["agent_id"])
    fake.numbers[NUMBER]["inbound_webhook_url"] = inbound_url(BASE)
    return fake


def call_to(stage: Stage, fake: FakeRetell, call_id: str = "call_0123456789abcdef0123456789a") -> FakeCall:
    async def post(url: str, raw: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        answer = await request(stage.app, "POST", url.removeprefix(BASE), raw, headers)
        return answer.status, answer.text

    def now() -> int:
        return stage.clock.now().timestamp(unit="millisecond")

    return FakeCall(fake, post, NUMBER, "+4930231250701", call_id, now)


async def book(stage: Stage, call: FakeCall) -> Json:
    await call.ring()
    call.say("agent", "Salon Lindenhof, guten Tag. Was kann ich für Sie tun?")
    stage.clock.advance(2)
    call.say("user", "Einen Herrenhaarschnitt morgen um zehn, bitte.")
    stage.clock.advance(1)
    offered = await call.use("check_availability", service="Herrenhaarschnitt", when="morgen um zehn")
    stage.clock.advance(1)
    call.say("agent", offered["say"])
    stage.clock.advance(3)
    call.say("user", "Ja, auf Erika Beispiel.")
    stage.clock.advance(1)
    booked = await call.use("book_appointment", name="Erika Beispiel")
    stage.clock.advance(1)
    call.say("agent", booked["say"])
    stage.clock.advance(2)
    await call.hang_up()
    return booked


async def test_the_offer_travels_past_the_model_and_is_what_gets_booked() -> None:
    fake = fake_with_agent()
    async with house("salon") as stage:
        call = call_to(stage, fake)
        booked = await book(stage, call)
        assert (booked["code"], booked["booking"]["start"]) == ("booked", "2025-10-22T10:00:00+02:00")
        assert call.variables["selected_service_id"] == "herren"
        assert set(call.statuses) == {200, 204}
        story = await story_of(stage.house.store, call.call_id)
        assert story is not None
        data = as_data(story)
        asked = [
            (s["request"], s["provider"], s["calendar_ms"] >= 0) for s in data["steps"] if "request" in s
        ]
        assert asked == [("book", "embedded", True)]
        assert (data["outcome"], data["audit"]) == ("booked", {"outcome": "booked", "primary": None})
        assert data["findings"] == []
        assert data["end_reason"] == "user_hangup"


async def test_of_several_offers_none_is_carried_and_an_open_question_carries_no_service() -> None:
    fake = fake_with_agent()
    async with house("salon") as stage:
        call = call_to(stage, fake)
        await call.ring()
        await call.use("check_availability", service="Herrenhaarschnitt", when="morgen um zehn")
        assert (call.variables["offer"], call.variables["selected_service_id"]) == ("A1", "herren")
        stage.clock.advance(20)
        await call.use("check_availability", service="Herrenhaarschnitt", when="morgen")
        assert call.variables["offer"] == ""
        stage.clock.advance(20)
        asked = await call.use(
            "check_availability", service="Haarschnitt für Damen oder Herren", when="morgen"
        )
        assert asked["code"] == "service_ambiguous"
        assert (call.variables["offer"], call.variables["selected_service_id"]) == ("", "")


async def test_b86_a_definition_under_another_name_fails_as_it_would_live() -> None:
    fake = fake_with_agent()
    engine = fake.engine_of(fake.agent(SALON["agent_id"]))
    engine["general_tools"] = [tool for tool in engine["general_tools"] if tool["name"] != "book_appointment"]
    async with house("salon") as stage:
        with pytest.raises(CallNotPossible, match="book_appointment"):
            await book(stage, call_to(stage, fake))


async def test_a_key_without_the_webhook_badge_gets_401_and_an_alarm() -> None:
    fake = fake_with_agent()
    fake.key = "another key of the workspace"
    async with house("salon") as stage:
        call = call_to(stage, fake)
        await call.ring()
        assert set(call.statuses) == {401}
        assert {code for code, _ in stage.alarms.alarms} == {"signature_invalid"}


async def test_args_at_root_has_no_call_and_is_told_so_with_a_way_on() -> None:
    fake = fake_with_agent()
    engine = fake.engine_of(fake.agent(SALON["agent_id"]))
    engine["general_tools"][0]["args_at_root"] = True
    async with house("salon") as stage:
        call = call_to(stage, fake)
        await call.ring()
        answer = await call.use("check_availability", service="Bart", when="morgen um zehn")
        assert (answer["ok"], answer["code"]) == (False, "call_unknown")
        assert "?" in answer["say"]
