"""Which line a request came in on: by number, else by agent; never by guess (B56, B58, B95)."""

from collections.abc import Sequence

from handfest.model.turn import Envelope
from handfest.ports import LineRecord

PLATFORMS = ("retell", "mcp", "vapi", "elevenlabs", "plain")
"""Every platform that a line can be of."""


def line_of(envelope: Envelope, lines: Sequence[LineRecord]) -> LineRecord | None:
    """The one line meant, or None. A number that no line has is unknown, whoever's agent took the call."""
    if envelope.line_number is not None:
        by_number = [line for line in lines if line.number == envelope.line_number]
        if by_number:
            return _only(by_number, envelope.agent_id)
    by_agent = [line for line in lines if line.agent_id and line.agent_id == envelope.agent_id]
    if envelope.line_number is not None:
        by_agent = [line for line in by_agent if line.number is None]
    return _only(by_agent, envelope.agent_id)


def _only(lines: Sequence[LineRecord], agent_id: str | None) -> LineRecord | None:
    """The line, if all candidates mean the same business and branch; an agent's own one goes first."""
    exact = [line for line in lines if line.agent_id == agent_id] or list(lines)
    if len({(line.business_id, line.branch_id) for line in exact}) != 1:
        return None
    return exact[0]
