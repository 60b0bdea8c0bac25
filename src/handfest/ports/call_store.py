"""Calls and what was said in them, as the store keeps them."""

from typing import Protocol

from whenever import Instant

from handfest.model.call import Call, Callback
from handfest.model.offer import Offer
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord


class CallStore(Protocol):
    """Calls, their turns, offers and callbacks."""

    def call(self, business_id: str, call_id: str) -> Call | None:
        """This call, if it is this business's."""

    def lock_call(self, business_id: str, call_id: str) -> None:
        """Until the transaction ends, no other transaction gets past this for the same call."""

    def save_call(self, call: Call) -> None:
        """Keep the call as it is now."""

    def calls(self, business_id: str | None, limit: int) -> tuple[Call, ...]:
        """The newest calls first; of one business, or (for an operator's overview) of all."""

    def turn_by_key(self, business_id: str, call_id: str, key: str) -> TurnRecord | None:
        """The turn that this invocation led to before, if any."""

    def add_turn(self, turn: TurnRecord) -> None:
        """Keep a served turn."""

    def turns(self, business_id: str, call_id: str) -> tuple[TurnRecord, ...]:
        """All turns of a call in order."""

    def newest_turns(self, business_id: str, calls: int) -> tuple[TurnRecord, ...]:
        """All turns of so many newest calls, call by call, each in order."""

    def last_turn(self, business_id: str, call_id: str) -> TurnRecord | None:
        """The newest turn of a call."""

    def offers(self, business_id: str, call_id: str) -> tuple[Offer, ...]:
        """All offers of a call in the order they were made."""

    def save_offer(self, offer: Offer) -> None:
        """Keep the offer as it is now."""

    def add_callback(self, callback: Callback) -> None:
        """Keep a request to be called back."""

    def callbacks(self, business_id: str) -> tuple[Callback, ...]:
        """All requests to be called back, newest first."""

    def transcript(self, business_id: str, call_id: str) -> Transcript | None:
        """The redacted words of this call, if they are kept (still)."""

    def save_transcript(self, transcript: Transcript) -> None:
        """Keep the words of a call as they are now."""

    def drop_transcripts(self, business_id: str, now: Instant) -> int:
        """Forget this business's transcripts whose time is over; how many there were."""

    def first_sight(self, business_id: str, key: str, at: Instant) -> bool:
        """True exactly once per key: de-duplicates webhooks."""

    def count_seen(self, business_id: str, first: str, last: str) -> int:
        """How many keys in [first, last], compared as text, were seen."""
