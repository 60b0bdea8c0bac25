"""Event and inbound webhooks: any order, any repetition, one result."""

import asyncio
import itertools
import json
from typing import Any

import pytest

from handfest.diagnosis.story.explain import as_data, story_of
from handfest.testing.scenario_stage import Stage
from retell_house import ASKPRO, CALLER, NOW, SALON, call_object, event, house, post, tool

ENTRIES: list[dict[str, Any]] = [
    {
        "role": "agent",
        "content": "AskPro, guten Tag.",
        "words": [{"word": "AskPro", "start": 0.4, "end": 0.9}],
    },
    {
        "role": "user",
        "content": "Mein Name ist Erika Beispiel, meine Nummer ist 0151 23456789, haben Sie morgen um elf?",
    },
    {"role": "agent", "content": "Ja, morgen um 11 Uhr ist frei."},
    {"role": "user", "content": "Schreiben Sie an erika@example.org oder null eins fünf eins zwo drei vier."},
    {"role": "agent", "content": "Gut, Ihr Termin ist gebucht, Frau Beispiel."},
]


def ended(call_id: str, **more: Any) -> dict[str, Any]:
    start = NOW.timestamp(unit="millisecond")
    return call_object(
        ASKPRO,
        call_id,
        end_timestamp=start + 60_000,
        duration_ms=60_000,
        disconnection_reason="user_hangup",
        transcript_with_tool_calls=ENTRIES,
        **more,
    )


async def holds(stage: Stage, business: str) -> int:
    day = NOW.add(hours=72)
    rows = await stage.house.store.read(lambda tx: tx.taken(business, NOW, day, NOW))
    return sum(row.kind == "hold" for row in rows)


EVENTS = {
    "call_started": lambda: call_object(ASKPRO, "call_a"),
    "transcript_updated": lambda: call_object(ASKPRO, "call_a", transcript_with_tool_calls=ENTRIES[:1]),
    "call_ended": lambda: ended("call_a"),
    "call_analyzed": lambda: ended("call_a", call_analysis={"call_summary": "x"}),
}


@pytest.mark.parametrize("order", list(itertools.permutations(EVENTS)), ids="-".join)
async def test_b57_the_order_of_events_changes_nothing(order: tuple[str, ...]) -> None:
    async with house("askpro") as stage:
        for name in order:
            assert (await event(stage, ASKPRO, name, EVENTS[name]())).status == 204
        call = await stage.house.store.read(lambda tx: tx.call("askpro", "call_a"))
        said = await stage.house.store.read(lambda tx: tx.transcript("askpro", "call_a"))
        assert call is not None
        assert said is not None
        assert (call.ended_at, call.end_reason, call.started_at) == (NOW, "user_hangup", NOW)
        assert call.audited is not None
        assert {note.id for note in call.audited.notes} >= {"HF405", "HF407"}
        assert (said.final, len(said.lines)) == (True, 5)


async def test_b57_a_tool_request_before_call_started_is_served() -> None:
    async with house("askpro") as stage:
        answer = await tool(stage, ASKPRO, "call_b", "check_availability", {"when": "morgen um elf"})
        assert answer["code"] == "offered"
        await event(stage, ASKPRO, "call_started", call_object(ASKPRO, "call_b"))
        again = await tool(
            stage, ASKPRO, "call_b", "book_appointment", {"offer": "A1", "name": "Erika Beispiel"}
        )
        assert again["code"] == "booked"


@pytest.mark.parametrize("name", ["call_ended", "call_analyzed"])
async def test_hanging_up_releases_what_was_held(name: str) -> None:
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_a", "check_availability", {"when": "morgen um elf"})
        assert await holds(stage, "askpro") == 1
        await event(stage, ASKPRO, name, ended("call_a"))
        assert await holds(stage, "askpro") == 0


@pytest.mark.parametrize("said", [True, False], ids=["with words", "without words"])
async def test_what_is_looked_up_while_the_caller_hangs_up_holds_nothing(said: bool) -> None:
    """The very first request of the call: nothing is stored of it when the caller hangs up."""
    async with house("askpro", calendar="memory") as stage:
        assert stage.calendar is not None
        stage.calendar.hold("read")
        asked = asyncio.create_task(
            tool(stage, ASKPRO, "call_a", "check_availability", {"when": "morgen um elf"})
        )
        await stage.calendar.reached.wait()
        stage.clock.advance(1)
        call = ended("call_a") if said else call_object(ASKPRO, "call_a", disconnection_reason="user_hangup")
        await event(stage, ASKPRO, "call_ended", call)
        assert (await stage.house.store.read(lambda tx: tx.call("askpro", "call_a")) is None) is not said
        stage.calendar.release()
        assert (await asked)["code"] == "offered"
        assert await holds(stage, "askpro") == 0
        call_kept = await stage.house.store.read(lambda tx: tx.call("askpro", "call_a"))
        assert call_kept is not None
        assert call_kept.ended_at is not None


async def test_an_end_that_came_before_the_first_request_was_none() -> None:
    async with house("askpro") as stage:
        await event(stage, ASKPRO, "call_ended", call_object(ASKPRO, "call_a"))
        stage.clock.advance(1)
        answer = await tool(stage, ASKPRO, "call_a", "check_availability", {"when": "morgen um elf"})
        assert answer["code"] == "offered"
        assert await holds(stage, "askpro") == 1


async def test_the_same_event_again_changes_nothing() -> None:
    async with house("askpro") as stage:
        await event(stage, ASKPRO, "call_ended", ended("call_a"))
        first = await stage.house.store.read(lambda tx: tx.call("askpro", "call_a"))
        stage.clock.advance(30)
        answers = await asyncio.gather(
            *(event(stage, ASKPRO, "call_ended", ended("call_a")) for _ in range(3))
        )
        assert [answer.status for answer in answers] == [204] * 3
        assert await stage.house.store.read(lambda tx: tx.call("askpro", "call_a")) == first


async def test_updates_of_a_transcript_are_told_apart_and_the_longest_is_kept() -> None:
    async with house("askpro") as stage:
        for count in (1, 3, 2):
            call = call_object(ASKPRO, "call_a", transcript_with_tool_calls=ENTRIES[:count])
            await event(stage, ASKPRO, "transcript_updated", call)
        said = await stage.house.store.read(lambda tx: tx.transcript("askpro", "call_a"))
        assert said is not None
        assert (len(said.lines), said.final) == (3, False)


async def test_transcripts_are_kept_redacted_and_only_so_long() -> None:
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_a", "check_availability", {"when": "morgen um elf"})
        await tool(stage, ASKPRO, "call_a", "book_appointment", {"offer": "A1", "name": "Erika Beispiel"})
        await event(stage, ASKPRO, "call_ended", ended("call_a"))
        said = await stage.house.store.read(lambda tx: tx.transcript("askpro", "call_a"))
        assert said is not None
        text = json.dumps([line.text for line in said.lines], ensure_ascii=False)
        for personal in ("Erika", "Beispiel", "0151", "23456789", "erika@", "null eins"):
            assert personal not in text
        for kept in ("morgen um elf", "11 Uhr"):
            assert kept in text
        stage.clock.advance(31 * 24 * 3600)
        await event(stage, ASKPRO, "call_started", call_object(ASKPRO, "call_z"))
        assert await stage.house.store.read(lambda tx: tx.transcript("askpro", "call_a")) is None


async def test_b84_a_call_without_any_tool_request_is_kept_and_its_claims_found() -> None:
    async with house("askpro") as stage:
        await event(stage, ASKPRO, "call_ended", ended("call_a"))
        story = await story_of(stage.house.store, "call_a")
        assert story is not None
        findings = {finding["id"] for finding in as_data(story)["findings"]}
        assert findings >= {"HF405", "HF407"}


async def test_b85_findings_are_kept_with_a_call_that_booked() -> None:
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_a", "check_availability", {"when": "morgen um elf"})
        entries = [
            {
                "role": "tool_call_invocation",
                "tool_call_id": "t",
                "name": "check_availability",
                "arguments": "{}",
            },
            ENTRIES[4],
        ]
        await event(stage, ASKPRO, "call_ended", {**ended("call_a"), "transcript_with_tool_calls": entries})
        story = await story_of(stage.house.store, "call_a")
        assert story is not None
        data = as_data(story)
        assert data["end_reason"] == "user_hangup"
        assert "HF405" in {finding["id"] for finding in data["findings"]}


async def test_an_unsigned_event_is_refused_and_leaves_nothing() -> None:
    async with house("askpro") as stage:
        raw = json.dumps({"event": "call_ended", "call": ended("call_a")}).encode()
        assert (await stage.post("/retell/events", raw, variable=None)).status == 401
        assert await stage.house.store.read(lambda tx: tx.call("askpro", "call_a")) is None


async def test_b14_inbound_answers_inside_call_inbound_with_strings() -> None:
    """How long it takes is in bench/results/gateway.md."""
    async with house("askpro") as stage:
        asked = {"agent_id": ASKPRO["agent_id"], "from_number": CALLER, "to_number": ASKPRO["to_number"]}
        answer = await post(
            stage, ASKPRO, "/retell/inbound", {"event": "call_inbound", "call_inbound": asked}
        )
        body = answer.json()
        assert set(body) == {"call_inbound"}
        variables = body["call_inbound"]["dynamic_variables"]
        assert all(isinstance(value, str) for value in variables.values())
        assert variables["today_iso"] == "2025-10-21"
        assert variables["caller_known"] == "no"
        assert variables["offer"] == ""
        assert "30 Minuten Beratung" in variables["services_list"]


async def test_b13_inbound_knows_a_caller_who_has_booked_and_says_nothing_personal() -> None:
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_a", "check_availability", {"when": "morgen um elf"})
        await tool(stage, ASKPRO, "call_a", "book_appointment", {"offer": "A1", "name": "Erika Beispiel"})
        asked = {"agent_id": ASKPRO["agent_id"], "from_number": CALLER, "to_number": ASKPRO["to_number"]}
        answer = await post(
            stage, ASKPRO, "/retell/inbound", {"event": "call_inbound", "call_inbound": asked}
        )
        assert answer.json()["call_inbound"]["dynamic_variables"]["caller_known"] == "yes"
        assert "Erika" not in answer.text


async def test_an_observed_line_books_nothing_and_is_diagnosed() -> None:
    source = (await _source("salon")).replace(
        'signing_key_env = "SALON_RETELL_KEY"', 'signing_key_env = "SALON_RETELL_KEY"\nmode = "observe"'
    )
    async with house(source=source) as stage:
        for name, args in (
            ("check_availability", {"service": "Herrenhaarschnitt", "when": "morgen um 10 Uhr"}),
            (
                "book_appointment",
                {"service": "Herrenhaarschnitt", "when": "morgen um 10 Uhr", "name": "Erika Beispiel"},
            ),
            ("request_callback", {"name": "Erika Beispiel"}),
        ):
            answer = await tool(stage, SALON, "call_o", name, args)
            assert answer["code"] == "unsupported"
            assert "offers" not in answer
        assert await holds(stage, "salon") == 0
        assert await stage.house.store.read(lambda tx: tx.bookings_of_call("salon", "call_o")) == ()
        assert await stage.house.store.read(lambda tx: tx.callbacks("salon")) == ()
        inbound = {"agent_id": SALON["agent_id"], "from_number": CALLER, "to_number": SALON["to_number"]}
        answered = await post(
            stage, SALON, "/retell/inbound", {"event": "call_inbound", "call_inbound": inbound}
        )
        assert answered.json() == {"call_inbound": {}}
        call = {**ended("call_o"), "agent_id": SALON["agent_id"], "to_number": SALON["to_number"]}
        await event(stage, SALON, "call_ended", call)
        story = await story_of(stage.house.store, "call_o")
        assert story is not None
        assert {"HF405"} <= {finding["id"] for finding in as_data(story)["findings"]}


async def _source(name: str) -> str:
    from retell_house import BUSINESSES

    return (BUSINESSES / f"{name}.toml").read_text("utf-8")
