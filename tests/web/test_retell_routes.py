"""The door: what is let in, and how everything else is turned away. Real signatures, real application."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from handfest.testing.scenario import Party
from handfest.testing.scenario_file import scenario_of
from handfest.testing.scenario_play import call_object
from handfest.testing.scenario_stage import Stage, open_stage, request, secret_of
from handfest.voice.signature import HEADER, sign

BUSINESSES = Path(__file__).parent.parent / "calls" / "businesses"
KEY, OTHER_KEY = "ASKPRO_RETELL_KEY", "SALON_RETELL_KEY"
TABLE = {
    "title": "the door",
    "classes": [],
    "now": "2025-10-21T10:00:00+02:00",
    "businesses": ["askpro", "salon"],
    "step": [],
}
PARTY = Party("1", "+493023125077", "+493023125001", "agent_askpro", 42)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    opened = await open_stage(scenario_of("door", TABLE, BUSINESSES))
    yield opened
    await opened.close()


def body(stage: Stage, tool: str = "list_services", **changes: Any) -> dict[str, Any]:
    return {"name": tool, "args": {}, "call": call_object(PARTY, stage.clock.now()) | changes}


def raw(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


async def test_a_signed_request_is_served(stage: Stage) -> None:
    answer = await stage.post("/retell/tools", raw(body(stage)), variable=KEY)
    assert (answer.status, answer.json()["code"]) == (200, "services")
    assert answer.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("seconds", [0, 1, 299.999, -299.999])
async def test_the_window_is_five_minutes_both_ways(stage: Stage, seconds: float) -> None:
    answer = await stage.post("/retell/tools", raw(body(stage)), variable=KEY, seconds_ago=seconds)
    assert answer.status == 200


@pytest.mark.parametrize("seconds", [300.001, -300.001, 86400])
async def test_outside_the_window_nothing_is_served(stage: Stage, seconds: float) -> None:
    answer = await stage.post("/retell/tools", raw(body(stage)), variable=KEY, seconds_ago=seconds)
    assert (answer.status, answer.json()["code"]) == (401, "signature_invalid")
    assert [code for code, _facts in stage.alarms.alarms] == ["signature_invalid"]


@pytest.mark.parametrize("variable", [None, OTHER_KEY, "NOBODYS_KEY"])
async def test_b95_only_the_key_of_the_line_opens_it(stage: Stage, variable: str | None) -> None:
    answer = await stage.post("/retell/tools", raw(body(stage)), variable=variable)
    assert (answer.status, answer.json()["ok"]) == (401, False)
    assert "Beratung" not in answer.text


@pytest.mark.parametrize(
    "header",
    [
        "",
        "v=1,d=00",
        "v=,d=",
        "d={digest},v={ms}",
        "v={ms},d={digest}0",
        "v={ms},d={upper}",
        " v={ms},d={digest}",
        "v={ms},d={digest},x=1",
        "v={ms},d={digest}\n",
    ],
)
async def test_only_the_exact_form_of_the_header_counts(stage: Stage, header: str) -> None:
    content, ms = raw(body(stage)), stage.clock.now().timestamp(unit="millisecond")
    digest = sign(content, secret_of(KEY), ms).split("d=")[1]
    sent = header.format(ms=ms, digest=digest, upper=digest.upper())
    answer = await request(stage.app, "POST", "/retell/tools", content, {HEADER: sent})
    assert answer.status == 401


async def test_the_raw_bytes_are_signed_and_not_what_they_mean(stage: Stage) -> None:
    value = body(stage, "check_availability") | {"args": {"service": "Größe ändern"}}
    escaped, plain = json.dumps(value).encode(), raw(value)
    assert escaped != plain
    ms = stage.clock.now().timestamp(unit="millisecond")
    for content, status in ((plain, 401), (escaped, 200)):
        header = sign(escaped, secret_of(KEY), ms)
        answer = await request(stage.app, "POST", "/retell/tools", content, {HEADER: header})
        assert answer.status == status


@pytest.mark.parametrize("content", [b"", b"[]", b"null", b"{", b"\xff\xfe", b'"x"', b"[" * 100_000])
async def test_a_signed_body_that_is_no_object_is_refused_by_name(stage: Stage, content: bytes) -> None:
    answer = await stage.post("/retell/tools", content, variable=KEY)
    assert (answer.status, answer.json()["code"]) == (400, "payload_malformed")


async def test_an_unsigned_body_that_is_no_object_says_nothing_about_itself(stage: Stage) -> None:
    answer = await stage.post("/retell/tools", b"{", variable="NOBODYS_KEY")
    assert (answer.status, answer.json()["code"]) == (401, "signature_invalid")


async def test_a_body_without_a_tool_is_refused(stage: Stage) -> None:
    value = body(stage)
    del value["name"]
    answer = await stage.post("/retell/tools", raw(value), variable=KEY)
    assert (answer.status, answer.json()["code"]) == (400, "payload_malformed")


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_over_the_cap_is_refused_before_it_is_read(stage: Stage, declared: bool) -> None:
    content = b" " * (stage.house.settings.body_max_bytes + 1)
    headers = {"content-length": str(len(content))} if declared else {}
    answer = await request(stage.app, "POST", "/retell/tools", content, headers)
    assert (answer.status, answer.json()["code"]) == (413, "payload_too_large")


async def test_a_body_just_under_the_cap_is_served(stage: Stage) -> None:
    value = body(stage)
    value["call"]["transcript"] = "ü" * 900_000
    answer = await stage.post("/retell/tools", raw(value), variable=KEY)
    assert answer.status == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_refused(stage: Stage, method: str) -> None:
    for path in ("/retell/tools", "/retell/tools/list_services", "/retell/events", "/retell/inbound"):
        assert (await request(stage.app, method, path, b"", {})).status == 405


async def test_unknown_paths_are_not_found(stage: Stage) -> None:
    assert (await request(stage.app, "POST", "/retell/nothing", b"{}", {})).status == 404


async def test_health_says_nothing_about_businesses(stage: Stage) -> None:
    assert (await request(stage.app, "GET", "/healthz", b"", {})).json()["ok"] is True
    ready = (await request(stage.app, "GET", "/readyz", b"", {})).json()
    assert ready == {"ok": True, "businesses": 2}


async def test_events_need_a_signature_too(stage: Stage) -> None:
    content = raw({"event": "call_ended", "call": call_object(PARTY, stage.clock.now())})
    assert (await stage.post("/retell/events", content, variable=None)).status == 401
    answer = await stage.post("/retell/events", content, variable=KEY)
    assert (answer.status, answer.body) == (204, b"")


async def test_b14_inbound_answers_inside_call_inbound_with_strings(stage: Stage) -> None:
    asked = {"agent_id": PARTY.agent, "from_number": PARTY.caller, "to_number": PARTY.line}
    content = raw({"event": "call_inbound", "call_inbound": asked})
    answer = (await stage.post("/retell/inbound", content, variable=KEY)).json()
    assert list(answer) == ["call_inbound"]
    variables = answer["call_inbound"]["dynamic_variables"]
    assert variables["today_iso"] == "2025-10-21"
    assert all(isinstance(value, str) and "{{" not in value for value in variables.values())


async def test_inbound_on_a_line_that_nobody_has_tells_nothing(stage: Stage) -> None:
    content = raw({"event": "call_inbound", "call_inbound": {"agent_id": "x", "to_number": "+493099"}})
    assert (await stage.post("/retell/inbound", content, variable=KEY)).json() == {"call_inbound": {}}


async def test_b58_numbers_are_read_in_every_spelling_the_platform_has(stage: Stage) -> None:
    for number in ("+49 30 23125001", "004930-23125001", "493023125001"):
        answer = await stage.post("/retell/tools", raw(body(stage, to_number=number)), variable=KEY)
        assert answer.json()["code"] == "services", number


async def test_outbound_calls_belong_to_the_line_that_calls(stage: Stage) -> None:
    value = body(stage, direction="outbound", from_number=PARTY.line, to_number=PARTY.caller)
    answer = await stage.post("/retell/tools", raw(value), variable=KEY)
    assert answer.json()["code"] == "services"


async def test_b56_a_known_agent_on_an_unknown_number_is_not_served(stage: Stage) -> None:
    content = raw(body(stage, to_number="+493023125099"))
    answer = await stage.post("/retell/tools", content, variable=KEY)
    assert (answer.status, answer.json()["code"], answer.json()["ok"]) == (200, "line_unknown", False)


async def test_a_defect_is_answered_once_and_says_nothing_about_itself() -> None:
    stage = await open_stage(scenario_of("door", TABLE | {"calendar": "memory"}, BUSINESSES))
    assert stage.calendar is not None
    stage.calendar.faults.on_read.append(ZeroDivisionError("a defect"))  # type: ignore[arg-type]
    value = body(stage, "check_availability") | {"args": {"service": "30 Minuten Beratung"}}
    answer = await stage.post("/retell/tools", raw(value), variable=KEY)
    assert (answer.status, answer.json()["code"]) == (500, "internal")
    assert "defect" not in answer.text
    await stage.close()
