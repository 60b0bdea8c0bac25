"""B54: every name that is accepted is called with every recorded payload, in all three body shapes.

Whatever a model writes, the answer is HTTP 200 with a sentence to speak; nothing is booked that was not
offered, and no answer is a fault.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from handfest.desk.foreign_tools import SERVED
from handfest.voice.dialect import accepted_names, read_tool
from retell_house import SALON, call_object, house, post

PAYLOADS = [
    json.loads(line) for line in Path(__file__).with_name("payloads.jsonl").read_text("utf-8").splitlines()
]
NAMES = accepted_names()


def test_every_accepted_name_leads_to_a_tool() -> None:
    assert {read_tool(name, {}).tool for name in NAMES} == set(SERVED)
    assert all(read_tool(f"{name}_v17", {}).tool == read_tool(name, {}).tool for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_b54_b60_b61_every_tool_answers_every_payload(name: str) -> None:
    async with house("salon") as stage:
        for number, payload in enumerate(PAYLOADS):
            for shape in ("wrapped", "flat"):
                call = call_object(SALON, f"call_{number}_{shape}")
                args: dict[str, Any] = payload["args"]
                wrapped = {"name": name, "args": args, "call": call}
                path = "/retell/tools" if shape == "wrapped" else f"/retell/tools/{name}"
                answer = await post(
                    stage, SALON, path, wrapped if shape == "wrapped" else {**args, "call": call}
                )
                assert answer.status == 200, (payload["why"], answer.text)
                body = answer.json()
                assert body["ok"] is True, (payload["why"], body)
                assert body["say"].strip()
                assert body["code"] not in ("booked", "changed", "cancelled")
                assert "{{" not in answer.text
        assert stage.alarms.alarms == []


async def test_b86_a_name_nobody_knows_is_answered_aloud_and_alarmed() -> None:
    async with house("salon") as stage:
        body = {"name": "cofirm_boking", "args": {}, "call": call_object(SALON, "call_a")}
        answer = (await post(stage, SALON, "/retell/tools", body)).json()
        assert (answer["ok"], answer["code"], answer["success"]) == (False, "tool_unknown", False)
        assert answer["say"]
        assert stage.alarms.alarms[0][0] == "tool_unknown"
