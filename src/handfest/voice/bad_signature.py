"""Requests on a known line whose signature does not fit, counted by the minute.

The usual cause is an API key without the webhook badge; the doctor reports it (HF218). One mark a minute at
most, so that nobody can fill the store with unsigned requests.
"""

from whenever import Instant

from handfest.ports import Transaction

WINDOW_HOURS = 24


def mark_bad_signature(tx: Transaction, business_id: str, now: Instant) -> None:
    """Remember that in this minute a request on this business's line was wrongly signed."""
    tx.first_sight(business_id, _key(now), now)


def is_marked(tx: Transaction, business_id: str, now: Instant) -> bool:
    """True if this minute is marked already."""
    return tx.count_seen(business_id, _key(now), _key(now)) > 0


def bad_signatures(tx: Transaction, business_id: str, now: Instant) -> int:
    """In how many minutes of the last day that happened."""
    return tx.count_seen(business_id, _key(now.subtract(hours=WINDOW_HOURS)), _key(now))


def _key(at: Instant) -> str:
    return f"bad_signature:{int(at.timestamp()) // 60:012}"
