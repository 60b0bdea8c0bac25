"""One tool request of any platform, served: what cannot be placed is still answered with a sentence and a way on."""

from dataclasses import dataclass

from handfest.model.reply import Reply
from handfest.model.turn import Envelope, ToolRequest
from handfest.ports import LineRecord
from handfest.speech.sentences import sentence
from handfest.voice.answer import answer_text
from handfest.voice.tool_answer import tool_answer
from handfest.wiring import House

GERMAN_PREFIXES = ("+49", "+43", "+41")


@dataclass(frozen=True, slots=True)
class Served:
    """The reply, and the line of text that goes back."""

    reply: Reply
    text: str


async def serve_tool(
    house: House, line: LineRecord | None, envelope: Envelope, request: ToolRequest
) -> Served:
    """The answer to one tool request; a request without a call or without a line is not guessed at (B56)."""
    if envelope.call_id is None:
        return _lost("call_unknown", "call", envelope)
    if line is None:
        house.notifier.alarm("line_unknown", {"number": envelope.line_number, "agent": envelope.agent_id})
        return _lost("line_unknown", "line", envelope)
    reply = await house.desk.answer(line, envelope, request)
    language = await house.desk.language(line)
    return Served(reply, tool_answer(reply, request, language))


def _lost(code: str, name: str, envelope: Envelope) -> Served:
    german = (envelope.line_number or "").startswith(GERMAN_PREFIXES)
    reply = Reply(False, code, sentence("de" if german else "en", "fault", name), "stop")
    return Served(reply, answer_text(reply))
