"""Calls, turns, offers, callbacks and transcripts in memory."""

from whenever import Instant

from handfest.errors import StoreUnavailable
from handfest.model.call import Call, Callback
from handfest.model.offer import Offer
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord
from handfest.storage.memory_rows import MemoryRows


class MemoryCalls(MemoryRows):
    """See `CallStore`; methods are documented there."""

    def call(self, business_id: str, call_id: str) -> Call | None:
        """See `CallStore`."""
        return self._rows.calls.get((business_id, call_id))

    def lock_call(self, business_id: str, call_id: str) -> None:
        """See `CallStore`; one transaction runs at a time anyway."""

    def save_call(self, call: Call) -> None:
        """See `CallStore`."""
        self._rows.calls[call.business_id, call.id] = call
        if not call.at_desk:
            self._rows.undigested.add((call.business_id, call.id))

    def calls(self, business_id: str | None, limit: int) -> tuple[Call, ...]:
        """See `CallStore`."""
        rows = [call for call in self._rows.calls.values() if business_id in (None, call.business_id)]
        return tuple(sorted(rows, key=lambda call: (call.started_at, call.id), reverse=True)[:limit])

    def turn_by_key(self, business_id: str, call_id: str, key: str) -> TurnRecord | None:
        """See `CallStore`."""
        return next((turn for turn in self.turns(business_id, call_id) if turn.key == key), None)

    def add_turn(self, turn: TurnRecord) -> None:
        """See `CallStore`."""
        key = (turn.business_id, turn.call_id)
        kept = self._rows.turns.get(key, ())
        if any(one.number == turn.number or (turn.key is not None and one.key == turn.key) for one in kept):
            raise StoreUnavailable(f"turn {turn.number} of call {turn.call_id} is there already")
        self._rows.turns[key] = (*kept, turn)

    def turns(self, business_id: str, call_id: str) -> tuple[TurnRecord, ...]:
        """See `CallStore`."""
        return tuple(sorted(self._rows.turns.get((business_id, call_id), ()), key=lambda turn: turn.number))

    def newest_turns(self, business_id: str, calls: int) -> tuple[TurnRecord, ...]:
        """See `CallStore`."""
        newest = self.calls(business_id, calls)
        return tuple(turn for call in newest for turn in self.turns(business_id, call.id))

    def last_turn(self, business_id: str, call_id: str) -> TurnRecord | None:
        """See `CallStore`."""
        turns = self.turns(business_id, call_id)
        return turns[-1] if turns else None

    def offers(self, business_id: str, call_id: str) -> tuple[Offer, ...]:
        """See `CallStore`."""
        return tuple(offer for key, offer in self._rows.offers.items() if key[:2] == (business_id, call_id))

    def save_offer(self, offer: Offer) -> None:
        """See `CallStore`."""
        self._rows.offers[offer.business_id, offer.call_id, offer.id] = offer

    def add_callback(self, callback: Callback) -> None:
        """See `CallStore`."""
        self._rows.callbacks[callback.business_id, callback.id] = callback

    def callbacks(self, business_id: str) -> tuple[Callback, ...]:
        """See `CallStore`."""
        rows = [row for row in self._rows.callbacks.values() if row.business_id == business_id]
        return tuple(sorted(rows, key=lambda row: (row.made_at, row.id), reverse=True))

    def transcript(self, business_id: str, call_id: str) -> Transcript | None:
        """See `CallStore`."""
        return self._rows.transcripts.get((business_id, call_id))

    def save_transcript(self, transcript: Transcript) -> None:
        """See `CallStore`."""
        self._rows.transcripts[transcript.business_id, transcript.call_id] = transcript

    def drop_transcripts(self, business_id: str, now: Instant) -> int:
        """See `CallStore`."""
        over = [
            key
            for key, kept in self._rows.transcripts.items()
            if key[0] == business_id and kept.kept_until <= now
        ]
        for key in over:
            del self._rows.transcripts[key]
        return len(over)

    def first_sight(self, business_id: str, key: str, at: Instant) -> bool:
        """See `CallStore`."""
        if (business_id, key) in self._rows.seen:
            return False
        self._rows.seen.add((business_id, key))
        return True

    def count_seen(self, business_id: str, first: str, last: str) -> int:
        """See `CallStore`."""
        return sum(owner == business_id and first <= key <= last for owner, key in self._rows.seen)
