"""What a calendar was asked to change, and how long its answer took: facts of the step that tells the answer."""

from typing import Any

from handfest.booking.open_turn import OpenTurn


def asked_calendar(turn: OpenTurn, request: str, since: float) -> dict[str, Any]:
    """`request` is book, move or cancel; `since` the turn's milliseconds when it was sent."""
    return {
        "request": request,
        "provider": turn.catalogue.calendar.provider,
        "calendar_ms": round(turn.trace.elapsed_ms() - since, 3),
    }
