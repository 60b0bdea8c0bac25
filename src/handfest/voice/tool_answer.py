"""What an answer carries beside the reply: values for the next tool, and old field names where needed."""

from typing import Any

from handfest.model.reply import Reply
from handfest.model.turn import ToolRequest
from handfest.voice.answer import answer_text
from handfest.voice.old_fields import old_fields


def tool_answer(reply: Reply, request: ToolRequest, language: str) -> str:
    """The answer as one line of JSON."""
    more: dict[str, Any] = {}
    if request.dialect != "handfest":
        more |= old_fields(reply, request, language)
    if request.carries:
        more |= carried(reply)
    return answer_text(reply, more)


def carried(reply: Reply) -> dict[str, Any]:
    """Values of the variables that our tools hand on, always all of them: what is missing would stay stale."""
    offers = reply.data.get("offers", ())
    one = reply.next == "confirm" and len(offers) == 1
    return {
        "selected_service_id": reply.data.get("selected_service_id", ""),
        "offer": offers[0]["id"] if one else "",
    }
