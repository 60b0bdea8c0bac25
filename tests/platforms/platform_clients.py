"""How each platform asks for a tool and hears the answer: the same question in its own words."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from handfest.testing.scenario_stage import HttpAnswer, Stage, request, secret_of
from retell_house import BUSINESSES, CALLER, SALON, tool

_COUNT = itertools.count(1)
SECRET = secret_of(SALON["variable"])
NUMBER, AGENT = SALON["to_number"], SALON["agent_id"]


def salon_on(platform: str) -> str:
    """The salon's business file with its line at this platform."""
    source = (BUSINESSES / "salon.toml").read_text("utf-8")
    assert 'platform = "retell"' in source
    return source.replace('platform = "retell"', f'platform = "{platform}"')


class Client(Protocol):
    """One platform. `ask` gives what the model gets to read, as JSON."""

    name: str

    async def ask(
        self,
        stage: Stage,
        call_id: str | None,
        tool: str,
        args: Mapping[str, Any],
        *,
        number: str | None = NUMBER,
        agent: str | None = AGENT,
        caller: str | None = CALLER,
        secret: str | None = SECRET,
    ) -> Any:
        """The answer; the HTTP answer itself where it is none of HTTP 200."""


def filled(**values: Any) -> dict[str, Any]:
    """What has a value."""
    return {name: value for name, value in values.items() if value is not None}


async def post(stage: Stage, path: str, body: Any, secret: str | None, **headers: str) -> HttpAnswer:
    """A request with the secret as a bearer token."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    bearer = {"authorization": f"Bearer {secret}"} if secret is not None else {}
    return await request(
        stage.app, "POST", path, raw, {**bearer, "content-type": "application/json", **headers}
    )


def read(answer: HttpAnswer) -> Any:
    return answer.json() if answer.status == 200 else answer


@dataclass
class Retell:
    name: str = "retell"

    async def ask(
        self, stage, call_id, tool_name, args, *, number=NUMBER, agent=AGENT, caller=CALLER, secret=SECRET
    ):
        line = {"to_number": number, "agent_id": agent, "variable": SALON["variable"]}
        return await tool(stage, line, call_id, tool_name, args, caller=caller)


@dataclass
class Plain:
    name: str = "plain"

    async def ask(
        self, stage, call_id, tool_name, args, *, number=NUMBER, agent=AGENT, caller=CALLER, secret=SECRET
    ):
        call = filled(id=call_id, line=number, agent=agent, caller=caller)
        return read(await post(stage, f"/tools/{tool_name}", {"call": call, "args": dict(args)}, secret))


@dataclass
class PlainHeaders:
    """Where a platform can send nothing but the arguments."""

    name: str = "plain"

    async def ask(
        self, stage, call_id, tool_name, args, *, number=NUMBER, agent=AGENT, caller=CALLER, secret=SECRET
    ):
        said = {"x-call-id": call_id, "x-line-number": number, "x-agent-id": agent, "x-caller-number": caller}
        return read(await post(stage, f"/tools/{tool_name}", dict(args), secret, **filled(**said)))


@dataclass
class ElevenLabs:
    name: str = "elevenlabs"

    async def ask(
        self, stage, call_id, tool_name, args, *, number=NUMBER, agent=AGENT, caller=CALLER, secret=SECRET
    ):
        who = filled(
            system__conversation_id=call_id,
            system__called_number=number,
            system__agent_id=agent,
            system__caller_id=caller,
        )
        return read(await post(stage, f"/elevenlabs/tools/{tool_name}", {**args, **who}, secret))


@dataclass
class Vapi:
    """`shape` is how the tool call is written: as documented, as the SDK types it, or with plain arguments."""

    shape: str = "sdk"
    name: str = "vapi"

    async def ask(
        self, stage, call_id, tool_name, args, *, number=NUMBER, agent=AGENT, caller=CALLER, secret=SECRET
    ):
        number_of_call = next(_COUNT)
        body = vapi_message(
            [(f"toolu_{number_of_call}", tool_name, args)], self.shape, call_id, number, agent, caller
        )
        answer = await post(stage, "/vapi/tools", body, secret)
        if answer.status != 200:
            return answer
        (result,) = answer.json()["results"]
        assert (result["toolCallId"], result["name"]) == (f"toolu_{number_of_call}", tool_name)
        assert set(result) == {"toolCallId", "name", "result"}
        assert "\n" not in result["result"]
        return json.loads(result["result"])


def vapi_message(
    calls: Any, shape: str, call_id: Any, number: Any, agent: Any, caller: Any
) -> dict[str, Any]:
    """A message with these tool calls (id, name, arguments)."""
    rows = {
        "docs": lambda id_, name, args: {"id": id_, "name": name, "arguments": dict(args)},
        "sdk": lambda id_, name, args: {
            "id": id_,
            "type": "function",
            "function": {"name": name, "arguments": json.dumps(args)},
        },
        "object": lambda id_, name, args: {
            "id": id_,
            "type": "function",
            "function": {"name": name, "arguments": dict(args)},
        },
    }
    return {
        "message": filled(
            type="tool-calls",
            timestamp=1761033600000,
            toolCallList=[rows[shape](*call) for call in calls],
            call=filled(id=call_id, orgId="org", type="inboundPhoneCall", assistantId=agent),
            customer=filled(number=caller) or None,
            phoneNumber=filled(number=number) or None,
        )
    }
