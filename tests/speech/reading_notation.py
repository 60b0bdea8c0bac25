"""The short notation of readings used by the tables in this folder."""

from handfest.model.wish import AskWhen, RefuseWhen, WhenReading


def notation(reading: WhenReading) -> str:
    """A reading as one line: date or range, time or [window], earliest; "ask x", "refuse x"; "-"."""
    if isinstance(reading, AskWhen):
        return f"ask {reading.reason}"
    if isinstance(reading, RefuseWhen):
        return f"refuse {reading.reason}"
    parts = []
    if reading.day is not None:
        parts.append(reading.day.isoformat())
    if reading.days is not None:
        parts.append(f"{reading.days.first}..{reading.days.last or ''}")
    if reading.at is not None:
        parts.append(reading.at.strftime("%H:%M"))
    if reading.window is not None:
        parts.append(f"[{_clock(reading.window.start)}-{_clock(reading.window.end)}]")
    if reading.earliest:
        parts.append("earliest")
    return " ".join(parts) or "-"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
