"""ElevenLabs: a server tool sends what it declares and nothing else, so our definitions declare who calls.

The platform's own variables stand in the body under their own names; no model sees or fills them.
"""

from collections.abc import Mapping
from typing import Any

from handfest.model.turn import Envelope, ToolRequest
from handfest.voice.dialect import read_tool
from handfest.voice.numbers import caller_number, line_number
from handfest.voice.plain import text

PLATFORM = "elevenlabs"
CALL, CALLER, CALLED, AGENT = (
    "system__conversation_id",
    "system__caller_id",
    "system__called_number",
    "system__agent_id",
)
IDENTITY = (CALL, CALLER, CALLED, AGENT)


def read_request(
    body: Mapping[str, Any], _headers: Mapping[str, str], tool: str
) -> tuple[Envelope, ToolRequest]:
    """The envelope from the platform's variables, the tool request from everything else."""
    envelope = Envelope(
        platform=PLATFORM,
        call_id=text(body.get(CALL)),
        line_number=line_number(text(body.get(CALLED))),
        agent_id=text(body.get(AGENT)),
        agent_version=None,
        caller_number=caller_number(text(body.get(CALLER))),
    )
    arguments = {name: value for name, value in body.items() if name not in IDENTITY}
    return envelope, read_tool(tool, arguments)
