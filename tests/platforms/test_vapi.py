"""What is Vapi's own: several calls in one message, its header, its signature, and bodies that are none."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from handfest.testing.scenario_stage import HttpAnswer, Stage, request
from platforms.platform_clients import AGENT, NUMBER, SECRET, post, salon_on, vapi_message
from retell_house import CALLER, house

WISH = {"service": "Herrenhaarschnitt", "when": "morgen um zehn"}


def message(*calls: Any) -> dict[str, Any]:
    return vapi_message(calls, "sdk", "call_1", NUMBER, AGENT, CALLER)


async def test_every_call_of_a_message_has_its_result_in_order() -> None:
    async with house(source=salon_on("vapi")) as stage:
        body = message(("t1", "list_services", {}), ("t2", "check_availability", WISH), ("t3", "no_tool", {}))
        answer = await post(stage, "/vapi/tools", body, SECRET)
        results = answer.json()["results"]
        assert [row["toolCallId"] for row in results] == ["t1", "t2", "t3"]
        assert [json.loads(row["result"])["code"] for row in results] == [
            "services",
            "offered",
            "tool_unknown",
        ]


async def test_b36_the_same_tool_call_again_hears_the_same() -> None:
    async with house(source=salon_on("vapi")) as stage:
        body = message(("t1", "check_availability", WISH))
        first = await post(stage, "/vapi/tools", body, SECRET)
        stage.clock.advance(60)
        assert (await post(stage, "/vapi/tools", body, SECRET)).json() == first.json()


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ({"type": "end-of-call-report", "endedReason": "customer-ended-call"}, 0),
        ({"type": "status-update", "status": "ended"}, 0),
        ({"type": "status-update", "status": "in-progress"}, 1),
        ({"type": "transcript", "transcript": "Hallo"}, 1),
    ],
)
async def test_other_messages_are_taken_and_an_end_lets_go_of_what_was_held(
    said: dict[str, Any], left: int
) -> None:
    async with house(source=salon_on("vapi")) as stage:
        body = message(("t1", "check_availability", WISH))
        await post(stage, "/vapi/tools", body, SECRET)
        stage.clock.advance(5)
        answer = await post(stage, "/vapi/tools", {"message": {**body["message"], **said}}, SECRET)
        assert (answer.status, answer.json()) == (200, {})
        now = stage.clock.now()
        rows = await stage.house.store.read(lambda tx: tx.taken("salon", now, now.add(hours=72), now))
        assert sum(row.kind == "hold" for row in rows) == left


async def test_an_ended_call_is_audited_by_its_trace_and_told_once() -> None:
    async with house(source=salon_on("vapi")) as stage:
        body = message(("t1", "check_availability", {"service": "Zahnreinigung", "when": "morgen um zehn"}))
        await post(stage, "/vapi/tools", body, SECRET)
        for said in ({"type": "status-update", "status": "ended"}, {"type": "end-of-call-report"}):
            await post(stage, "/vapi/tools", {"message": {**body["message"], **said}}, SECRET)
        call = await stage.house.store.read(lambda tx: tx.call("salon", "call_1"))
        assert call is not None
        assert call.audited is not None
        assert (call.audited.outcome, call.audited.primary) == ("not_booked", "HF404")
        assert [code for code, _ in stage.alarms.alarms] == ["HF404"]
        labels = {"business": "salon", "finding": "HF404"}
        assert stage.house.metrics.registry.get_sample_value("handfest_findings_total", labels) == 1


async def signed(stage: Stage, *, ago: float = 0, key: str = SECRET, seconds: bool = False) -> HttpAnswer:
    raw = json.dumps(message(("t1", "list_services", {}))).encode()
    at = stage.clock.now().timestamp(unit="millisecond") - round(ago * 1000)
    stamp = str(at // 1000 if seconds else at)
    proof = hmac.new(key.encode(), f"{stamp}.".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"x-signature": proof, "x-timestamp": stamp}
    return await request(stage.app, "POST", "/vapi/tools", raw, headers)


async def test_its_header_and_its_signature_are_proof_too() -> None:
    async with house(source=salon_on("vapi")) as stage:
        body = json.dumps(message(("t1", "list_services", {}))).encode()
        assert (await post(stage, "/vapi/tools", body, None, **{"x-vapi-secret": SECRET})).status == 200
        assert (await post(stage, "/vapi/tools", body, None, **{"x-vapi-secret": "wrong"})).status == 401
        assert (await signed(stage)).status == 200
        assert (await signed(stage, seconds=True)).status == 200
        assert (await signed(stage, ago=301)).status == 401
        assert (await signed(stage, ago=-301)).status == 401
        assert (await signed(stage, key="wrong")).status == 401
        assert (await signed(stage, key="")).status == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"message": 3}',
        b'{"message": {"toolCallList": []}}',
        b'{"message": {"toolCallList": [{"id": "t"}]}}',
        b'{"message": {"toolCallList": [{"id": "t", "function": {"name": "x", "arguments": "{"}}]}}',
    ],
)
async def test_a_body_that_is_no_message_is_refused_with_its_cause(body: bytes) -> None:
    async with house(source=salon_on("vapi")) as stage:
        answer = await post(stage, "/vapi/tools", body, SECRET)
        assert (answer.status, answer.json()["code"]) == (400, "payload_malformed")
        assert answer.json()["error"]
