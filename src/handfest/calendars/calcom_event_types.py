"""What is known of an account's event types, kept for minutes. It names hosts and fields; it decides nothing."""

from handfest.calendars.calcom_client import CalcomClient, Deadlines
from handfest.calendars.calcom_values import EventTypeFacts
from handfest.errors import CalendarFault
from handfest.ports import Clock

KEPT_MS = 300_000.0
AGAIN_MS = 10_000.0
"""After a failure it is not asked again at once: callers wait meanwhile."""


class EventTypes:
    """The event types of one credential."""

    def __init__(self, client: CalcomClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[int, tuple[float, EventTypeFacts | None]] = {}

    async def facts(self, number: int, deadlines: Deadlines) -> EventTypeFacts | None:
        """What is known of this event type; None if Cal.com does not tell."""
        now = self._clock.elapsed_ms()
        kept = self._known.get(number)
        if kept is not None and now < kept[0]:
            return kept[1]
        try:
            found = await self._client.event_type(number, deadlines)
        except CalendarFault:
            # Old knowledge names hosts better than none; what is booked is verified in any case.
            found = kept[1] if kept is not None else None
            self._known[number] = (now + AGAIN_MS, found)
            return found
        self._known[number] = (now + KEPT_MS, found)
        return found

    def forget(self, number: int | None) -> None:
        """Ask anew next time: Cal.com said something that does not fit what is kept."""
        if number is not None:
            self._known.pop(number, None)
