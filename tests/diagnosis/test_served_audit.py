"""A served call that has ended: its words in the story, its findings counted and told once."""

from typing import Any

import pytest

from handfest.diagnosis.story.explain import as_data, cause_of, story_of
from handfest.diagnosis.story.timeline import Lane, timeline
from handfest.model.call import CallAudited
from handfest.testing.scenario_stage import Stage
from retell_house import ASKPRO, NOW, call_object, event, house, tool

SAID: list[dict[str, Any]] = [
    {
        "role": "agent",
        "content": "AskPro, guten Tag.",
        "words": [{"word": "AskPro", "start": 0.4, "end": 0.9}],
    },
    {
        "role": "user",
        "content": "Mein Name ist Erika Beispiel, 0151 23456789, haben Sie morgen um elf?",
        "words": [{"word": "Mein", "start": 3.0, "end": 3.2}],
    },
    {
        "role": "agent",
        "content": "Morgen um 11 Uhr ist leider nichts mehr frei.",
        "words": [{"word": "Morgen", "start": 8.0, "end": 8.2}],
    },
]


def ended(call_id: str) -> dict[str, Any]:
    start = NOW.timestamp(unit="millisecond")
    times = {"end_timestamp": start + 20_000, "duration_ms": 20_000, "disconnection_reason": "user_hangup"}
    return call_object(ASKPRO, call_id, transcript_with_tool_calls=SAID, **times)


def counted(stage: Stage, finding: str) -> float | None:
    labels = {"business": "askpro", "finding": finding}
    return stage.house.metrics.registry.get_sample_value("handfest_findings_total", labels)


@pytest.mark.parametrize(
    "names", [("call_ended", "call_analyzed"), ("call_analyzed", "call_ended", "call_ended")]
)
async def test_b84_an_invented_no_is_found_counted_and_told_once(names: tuple[str, ...]) -> None:
    async with house("askpro") as stage:
        for name in names:
            await event(stage, ASKPRO, name, ended("call_1"))
        assert counted(stage, "HF407") == 1
        assert [code for code, _ in stage.alarms.alarms].count("HF407") == 1
        story = await story_of(stage.house.store, "call_1")
        assert story is not None
        cause = cause_of(story)
        assert cause is not None
        assert cause.code == "HF407"
        assert "HF407" in {one["id"] for one in as_data(story)["findings"]}


async def test_what_was_said_stands_in_its_lane_without_who_said_it() -> None:
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_1", "check_availability", {"when": "morgen um elf"})
        await event(stage, ASKPRO, "call_ended", ended("call_1"))
        story = await story_of(stage.house.store, "call_1")
        assert story is not None
        events = timeline(story)
        said = [(one.at_s, one.lane) for one in events if one.text.startswith("“") and not one.step]
        assert said == [(0.4, Lane.AGENT), (3.0, Lane.CALLER), (8.0, Lane.AGENT)]
        assert [one.at_s for one in events] == sorted(one.at_s for one in events)
        assert events[-1].text == "the call has ended (the caller hung up)"
        assert "23456789" not in str(events)
        assert "Erika Beispiel" not in str(events)


async def test_an_honest_call_alarms_nobody() -> None:
    async with house("askpro") as stage:
        honest = {**ended("call_2"), "transcript_with_tool_calls": SAID[:2]}
        await event(stage, ASKPRO, "call_ended", honest)
        assert stage.alarms.alarms == []


async def test_words_that_come_without_tools_are_read_with_ours_among_them() -> None:
    """Not every event carries the tools: a booking of ours that the agent told is no invented success."""
    async with house("askpro") as stage:
        answer = await tool(
            stage, ASKPRO, "call_1", "check_availability", {"service": "Beratung", "when": "morgen um elf"}
        )
        stage.clock.advance(10.0)
        taken = {"offer": answer["offers"][0]["id"], "name": "Erika Beispiel"}
        booked = await tool(stage, ASKPRO, "call_1", "book_appointment", taken)
        assert booked["code"] == "booked"
        words = [
            ("user", "Morgen um elf, bitte.", -1.0),
            ("agent", "Morgen um elf ist frei. Soll ich das eintragen?", 3.0),
            ("user", "Ja, bitte.", 8.0),
            ("agent", "Ihr Termin morgen um elf ist gebucht.", 12.0),
        ]
        said = [
            {"role": role, "content": text, "words": [{"word": "", "start": second + 2}]}
            for role, text, second in words
        ]
        start = NOW.timestamp(unit="millisecond") - 2_000
        call = {**ended("call_1"), "start_timestamp": start, "transcript_with_tool_calls": said}
        await event(stage, ASKPRO, "call_ended", {**call, "disconnection_reason": "agent_hangup"})
        story = await story_of(stage.house.store, "call_1")
        assert story is not None
        assert story.call.audited == CallAudited("booked", None, ())
        assert stage.alarms.alarms == []


async def test_words_without_seconds_accuse_nobody_of_what_our_tools_said() -> None:
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_1", "check_availability", {"when": "morgen um elf"})
        call = {**ended("call_1"), "transcript_with_tool_calls": [], "transcript": "Agent: Ist gebucht.\n"}
        await event(stage, ASKPRO, "call_ended", call)
        story = await story_of(stage.house.store, "call_1")
        assert story is not None
        assert story.call.audited == CallAudited("not_booked", None, ()), "by the trace alone"


async def test_a_finding_is_counted_once_whether_a_turn_or_the_audit_shows_it() -> None:
    async with house("askpro") as stage:
        asked = {"service": "{{service}}", "when": "morgen um elf"}
        await tool(stage, ASKPRO, "call_1", "check_availability", asked)
        said = [dict(SAID[1]), {**SAID[0], "content": "Ich schaue nach {{service}}."}]
        call = {**ended("call_1"), "transcript_with_tool_calls": said}
        await event(stage, ASKPRO, "call_ended", call)
        assert counted(stage, "HF413") == 1
        story = await story_of(stage.house.store, "call_1")
        assert story is not None
        assert [found["id"] for found in as_data(story)["findings"]].count("HF413") == 1


async def test_what_a_later_record_of_the_words_shows_is_told_too() -> None:
    """The first event had no transcript yet: the trace was audited, and its silence is no verdict about words."""
    async with house("askpro") as stage:
        await tool(stage, ASKPRO, "call_1", "list_services", {})
        await event(stage, ASKPRO, "call_ended", {**ended("call_1"), "transcript_with_tool_calls": []})
        assert stage.alarms.alarms == []
        await event(stage, ASKPRO, "call_analyzed", ended("call_1"))
        assert [code for code, _ in stage.alarms.alarms] == ["HF407"]
        assert counted(stage, "HF407") == 1
