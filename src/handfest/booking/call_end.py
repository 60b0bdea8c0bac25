"""The end of a call that nothing is kept of yet: noted, so that a request still being served holds nothing.

Only the moment is noted, not the call: a call that never asked for anything leaves no row of its own.
"""

from whenever import Instant

from handfest.ports import Transaction

_LAST = 10**15 - 1


def note_end(tx: Transaction, business_id: str, call_id: str, at: Instant) -> None:
    """Remember that this call ended at this moment."""
    tx.first_sight(business_id, _key(call_id, _ms(at)), at)


def ended_since(tx: Transaction, business_id: str, call_id: str, came_at: Instant) -> bool:
    """True if an end of this call was noted after a request of it came; an earlier one was proven wrong by it."""
    return tx.count_seen(business_id, _key(call_id, _ms(came_at) + 1), _key(call_id, _LAST)) > 0


def _ms(at: Instant) -> int:
    return int(at.timestamp(unit="millisecond"))


def _key(call_id: str, at_ms: int) -> str:
    return f"ended:{call_id}:{at_ms:015}"
