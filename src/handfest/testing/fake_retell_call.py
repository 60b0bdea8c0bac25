"""An inbound call as Retell plays it: number -> agent -> tools -> webhooks, from the agent's own definitions.

The tools are posted where the published definition says, with the constants filled from the dynamic
variables and the variables refilled from the answers, so that a wrong definition fails as it would live.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from handfest.testing.fake_retell import FakeRetell, Json
from handfest.voice.signature import HEADER, sign

Post = Callable[[str, bytes, Mapping[str, str]], Awaitable[tuple[int, str]]]
"""Posts a body to an address with headers; status and text of the answer."""
_VARIABLE = re.compile(r"\{\{(.+?)\}\}")


class CallNotPossible(LookupError):
    """Nobody answers this number, or the agent has no such tool."""


@dataclass
class FakeCall:
    """One call while it runs. `said` and `asked` make the transcript that the webhooks carry."""

    fake: FakeRetell
    post: Post
    number: str
    caller: str
    call_id: str
    at_ms: Callable[[], int]
    agent: Json = field(default_factory=dict)
    engine: Json = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    entries: list[Json] = field(default_factory=list)
    started_ms: int = 0
    statuses: list[int] = field(default_factory=list)

    async def ring(self) -> None:
        """The number is called: the agent is looked up, the inbound webhook asked, the call begins."""
        agent = self.fake.answering(self.number)
        if agent is None:
            raise CallNotPossible(f"no agent answers {self.number}")
        self.agent, self.engine = agent, self.fake.engine_of(agent)
        self.started_ms = self.at_ms()
        self.variables = dict(self.engine.get("default_dynamic_variables") or {})
        url = self.fake.number(self.number).get("inbound_webhook_url")
        if url:
            asked = {"agent_id": agent["agent_id"], "from_number": self.caller, "to_number": self.number}
            answer = await self._send(url, {"event": "call_inbound", "call_inbound": asked})
            inside = json.loads(answer).get("call_inbound", {}) if answer else {}
            self.variables.update(inside.get("dynamic_variables", {}))
        await self._event("call_started")

    def say(self, who: str, text: str) -> None:
        """The agent or the user speaks; variables in it are filled in as the platform would."""
        at = (self.at_ms() - self.started_ms) / 1000
        self.entries.append(
            {"role": who, "content": self._filled(text), "words": [{"word": text, "start": at}]}
        )

    async def use(self, name: str, /, **chosen: Any) -> Json:
        """The model calls a tool with these arguments; the answer as JSON."""
        tool = next((one for one in self._tools() if one["name"] == name), None)
        if tool is None:
            raise CallNotPossible(f"the agent has no tool {name}")
        arguments = {**chosen, **self._constants(tool)}
        tool_call_id = f"tool_{len(self.entries)}"
        self._enter("tool_call_invocation", tool_call_id, name=name, arguments=json.dumps(arguments))
        body: Json = {"name": name, "call": self._call(), "args": arguments}
        text = await self._send(self._filled(tool["url"]), arguments if tool.get("args_at_root") else body)
        self._enter("tool_call_result", tool_call_id, content=text, successful=self.statuses[-1] < 300)
        answer: Json = json.loads(text) if text.startswith("{") else {"text": text}
        for variable, path in (tool.get("response_variables") or {}).items():
            value = _at(answer, path)
            if value is not None:
                self.variables[variable] = str(value)
        return answer

    async def hang_up(self, reason: str = "user_hangup") -> None:
        """The call ends; both events that follow are sent."""
        ended = {"end_timestamp": self.at_ms(), "disconnection_reason": reason}
        ended["duration_ms"] = self.at_ms() - self.started_ms
        await self._event("call_ended", **ended)
        await self._event("call_analyzed", **ended, call_analysis={"call_successful": True})

    def _tools(self) -> list[Json]:
        return [*(self.engine.get("general_tools") or ()), *(self.engine.get("tools") or ())]

    def _constants(self, tool: Json) -> Json:
        properties = (tool.get("parameters") or {}).get("properties", {})
        return {
            name: self._filled(str(schema["const"]))
            for name, schema in properties.items()
            if "const" in schema
        }

    def _filled(self, text: str) -> str:
        """Variables replaced by their values; an unset one stays as it is written."""
        known = {"call_id": self.call_id, **self.variables}
        return _VARIABLE.sub(lambda match: known.get(match[1], match[0]), text)

    def _enter(self, role: str, tool_call_id: str, **more: Any) -> None:
        at = (self.at_ms() - self.started_ms) / 1000
        self.entries.append({"role": role, "tool_call_id": tool_call_id, "time_sec": at, **more})

    def _call(self, **more: Any) -> Json:
        return {
            "call_id": self.call_id,
            "call_type": "phone_call",
            "agent_id": self.agent["agent_id"],
            "agent_version": self.agent["version"],
            "call_status": "ongoing",
            "direction": "inbound",
            "from_number": self.caller,
            "to_number": self.number,
            "start_timestamp": self.started_ms,
            "retell_llm_dynamic_variables": dict(self.variables),
            "transcript_with_tool_calls": list(self.entries),
            **more,
        }

    async def _event(self, name: str, **more: Any) -> None:
        url = self.agent.get("webhook_url")
        if url and name in (
            self.agent.get("webhook_events") or ("call_started", "call_ended", "call_analyzed")
        ):
            await self._send(url, {"event": name, "call": self._call(**more)})

    async def _send(self, url: str, body: Json) -> str:
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", HEADER: sign(raw, self.fake.key, self.at_ms())}
        status, text = await self.post(url, raw, headers)
        self.statuses.append(status)
        return text


def _at(answer: Any, path: str) -> Any:
    """The value at a JSON path such as `$.booking.id`; None where there is none."""
    for part in path.removeprefix("$.").split("."):
        answer = answer.get(part) if isinstance(answer, dict) else None
    return answer
