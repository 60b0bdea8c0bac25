"""Calls, turns, offers, callbacks and transcripts in the database."""

from whenever import Instant

from handfest.model.call import Call, Callback
from handfest.model.offer import Offer
from handfest.model.transcript import Transcript
from handfest.model.turn import TurnRecord
from handfest.storage import statements as sql
from handfest.storage.codec import encode
from handfest.storage.moments import millis
from handfest.storage.sql_rows import SqlRows


class CallRows(SqlRows):
    """See `CallStore`; methods are documented there."""

    def call(self, business_id: str, call_id: str) -> Call | None:
        """See `CallStore`."""
        return self._one(Call, sql.CALL, business=business_id, call=call_id)

    def lock_call(self, business_id: str, call_id: str) -> None:
        """See `CallStore`."""
        self._lock(business_id, call_id)

    def save_call(self, call: Call) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_call,
            business_id=call.business_id,
            id=call.id,
            started_at=millis(call.started_at),
            outcome=call.outcome,
            at_desk=call.at_desk,
            ended=call.ended_at is not None,
            active_at=millis(call.active_at or call.started_at),
            # What staff do themselves is no call, and needs no digest.
            digested=call.at_desk,
            body=encode(call),
        )

    def calls(self, business_id: str | None, limit: int) -> tuple[Call, ...]:
        """See `CallStore`."""
        if business_id is None:
            return self._all(Call, sql.ALL_CALLS, most=limit)
        return self._all(Call, sql.CALLS, business=business_id, most=limit)

    def turn_by_key(self, business_id: str, call_id: str, key: str) -> TurnRecord | None:
        """See `CallStore`."""
        return self._one(TurnRecord, sql.TURN_BY_KEY, business=business_id, call=call_id, wanted=key)

    def add_turn(self, turn: TurnRecord) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.add_turn,
            business_id=turn.business_id,
            call_id=turn.call_id,
            number=turn.number,
            key=turn.key,
            at=millis(turn.at),
            code=turn.code,
            body=encode(turn),
        )

    def turns(self, business_id: str, call_id: str) -> tuple[TurnRecord, ...]:
        """See `CallStore`."""
        return self._all(TurnRecord, sql.TURNS, business=business_id, call=call_id)

    def newest_turns(self, business_id: str, calls: int) -> tuple[TurnRecord, ...]:
        """See `CallStore`."""
        return self._all(TurnRecord, sql.NEWEST_TURNS, business=business_id, most=calls)

    def last_turn(self, business_id: str, call_id: str) -> TurnRecord | None:
        """See `CallStore`."""
        return self._one(TurnRecord, sql.LAST_TURN, business=business_id, call=call_id)

    def offers(self, business_id: str, call_id: str) -> tuple[Offer, ...]:
        """See `CallStore`."""
        return self._all(Offer, sql.OFFERS, business=business_id, call=call_id)

    def save_offer(self, offer: Offer) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_offer,
            business_id=offer.business_id,
            call_id=offer.call_id,
            position=int(offer.id[1:]),
            body=encode(offer),
        )

    def add_callback(self, callback: Callback) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_callback,
            business_id=callback.business_id,
            id=callback.id,
            made_at=millis(callback.made_at),
            closed=callback.closed_at is not None,
            body=encode(callback),
        )

    def callbacks(self, business_id: str) -> tuple[Callback, ...]:
        """See `CallStore`."""
        return self._all(Callback, sql.CALLBACKS, business=business_id)

    def transcript(self, business_id: str, call_id: str) -> Transcript | None:
        """See `CallStore`."""
        return self._one(Transcript, sql.TRANSCRIPT, business=business_id, call=call_id)

    def save_transcript(self, transcript: Transcript) -> None:
        """See `CallStore`."""
        self._run(
            self._inserts.upsert_transcript,
            business_id=transcript.business_id,
            call_id=transcript.call_id,
            kept_until=millis(transcript.kept_until),
            body=encode(transcript),
        )

    def drop_transcripts(self, business_id: str, now: Instant) -> int:
        """See `CallStore`."""
        return self._run(sql.DROP_TRANSCRIPTS, business=business_id, before=millis(now))

    def first_sight(self, business_id: str, key: str, at: Instant) -> bool:
        """See `CallStore`."""
        # Asked for the row itself: not every driver counts the rows of an insert.
        row = {"business_id": business_id, "key": key, "at": millis(at)}
        return self._connection.execute(self._inserts.see, row).first() is not None

    def count_seen(self, business_id: str, first: str, last: str) -> int:
        """See `CallStore`."""
        keys = {"business": business_id, "first": first, "last": last}
        return len(list(self._connection.execute(sql.KEYS_SEEN, keys).scalars()))
