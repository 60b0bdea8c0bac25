"""A phone for tests: one call of one caller, played as a voice platform's tool calls against a front desk."""

from typing import Any

from handfest.desk.front_desk import FrontDesk
from handfest.model.reply import Reply
from handfest.ports import LineRecord
from handfest.voice.retell import read_request


class Phone:
    """One call. What is said goes through the platform's own request body, as it would in production.

        phone = Phone(desk, line, "call_1")
        reply = await phone.call("check_availability", service="Beratung", when="morgen um 11")

    `caller` None plays a withheld number. Arguments may be spelled in any dialect the platform's agents use.
    """

    def __init__(
        self, desk: FrontDesk, line: LineRecord, call_id: str, caller: str | None = "+493023125077"
    ) -> None:
        self.call_id = call_id
        self.caller = caller
        self.replies: list[Reply] = []
        self._desk = desk
        self._line = line

    async def call(self, tool: str, *, invocation: str | None = None, **arguments: Any) -> Reply:
        """The reply to one tool call. The same `invocation` again is the platform repeating its request."""
        asked = read_request(self.body(tool, invocation, arguments), None)
        reply = await self._desk.answer(self._line, asked.envelope, asked.request)
        self.replies.append(reply)
        return reply

    async def hang_up(self) -> None:
        """The caller has ended the call."""
        await self._desk.hang_up(self._line, self.call_id)

    def body(self, tool: str, invocation: str | None, arguments: dict[str, Any]) -> dict[str, Any]:
        """The request body that the platform would send."""
        call: dict[str, Any] = {
            "call_type": "phone_call",
            "call_id": self.call_id,
            "agent_id": self._line.agent_id,
            "agent_version": 1,
            "call_status": "ongoing",
            "direction": "inbound",
            "from_number": self.caller or "anonymous",
            "to_number": self._line.number,
        }
        if invocation is not None:
            pending = {"role": "tool_call_invocation", "tool_call_id": invocation, "name": tool}
            call["transcript_with_tool_calls"] = [pending]
        return {"name": tool, "args": arguments, "call": call}
