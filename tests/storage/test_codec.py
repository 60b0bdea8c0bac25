"""The codec: what comes out equals what went in, for every value that is kept (B26)."""

from typing import Any, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whenever import Instant

from handfest.model.booking import Booking, BookingState, Customer
from handfest.model.call import AuditNote, Call, CallAudited, Callback, Pin
from handfest.model.catalogue_draft import CatalogueDraft
from handfest.model.change import Change
from handfest.model.notice import Notice
from handfest.model.offer import Offer, OfferState
from handfest.model.pause import Pause
from handfest.model.slot import Span
from handfest.model.turn import Step, TurnRecord
from handfest.model.wish import TimeWindow
from handfest.ports import BusyTime, CalendarEvent, LineRecord
from handfest.storage.codec import decode, encode

_FIRST = Instant.from_utc(1971, 1, 1).timestamp(unit="nanosecond")
_LAST = Instant.from_utc(9998, 12, 31).timestamp(unit="nanosecond")

words = st.text(max_size=20) | st.sampled_from(
    ["", "Müller-Lüdenscheidt", "\x00", "null", "a\u2028b", "😀", '"']
)
instants = st.integers(_FIRST, _LAST).map(lambda nanos: Instant.from_timestamp(nanos, unit="nanosecond"))
spans = st.builds(Span, words, st.integers(0, 9), st.integers(0, 10**8), st.integers(0, 10**8))
zones = st.sampled_from(["Europe/Berlin", "UTC", "America/Los_Angeles", "Australia/Lord_Howe"])
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
facts = st.dictionaries(words, json_values, max_size=3)
durations = st.floats(0, 1e9, allow_nan=False)

KNOWN = {
    str: words,
    str | None: st.none() | words,
    Instant: instants,
    Instant | None: st.none() | instants,
    float: st.floats(0, 1e9, allow_nan=False),
    dict[str, Any]: facts,
    tuple[str, ...]: st.lists(words, max_size=3).map(tuple),
    tuple[Span, ...]: st.lists(spans, max_size=3).map(tuple),
}


def drawn(kind, **given):
    """Values of a dataclass with every field drawn, those with defaults too."""
    hints = get_type_hints(kind)
    return st.builds(
        kind, **{name: given.get(name, KNOWN.get(hint, st.from_type(hint))) for name, hint in hints.items()}
    )


pins = st.none() | drawn(Pin, score=st.floats(0, 1))
windows = st.none() | drawn(TimeWindow)
bookings = drawn(Booking, zone=zones, customer=drawn(Customer))
audits = drawn(CallAudited, notes=st.lists(drawn(AuditNote), max_size=3).map(tuple))
notices = st.lists(drawn(Notice, zone=zones), max_size=2).map(tuple)
calls = drawn(Call, pin=pins, wished_window=windows, audited=st.none() | audits, notices=notices)
turns = drawn(TurnRecord, steps=st.lists(drawn(Step), max_size=4).map(tuple))
others = drawn(CalendarEvent) | drawn(Callback) | drawn(BusyTime) | drawn(LineRecord)
desk = drawn(Change) | drawn(Pause) | drawn(CatalogueDraft)


@settings(max_examples=150)
@given(value=drawn(Offer, zone=zones) | bookings | calls | turns | others | desk)
def test_b26_round_trip(value):
    body = encode(value)
    again = decode(type(value), body)
    assert again == value
    assert type(again) is type(value)
    assert encode(again) == body


@settings(max_examples=60)
@given(booking=bookings)
def test_b26_the_time_spoken_survives_storage_on_every_day_of_every_zone(booking):
    again = decode(Booking, encode(booking))
    assert again.local_start == booking.local_start
    assert again.local_start.tz_id == booking.zone


@pytest.mark.parametrize(
    ("utc", "local"),
    [
        ("2025-10-26T00:30:00Z", "2025-10-26T02:30:00+02:00"),
        ("2025-10-26T01:30:00Z", "2025-10-26T02:30:00+01:00"),
        ("2026-03-29T00:59:59Z", "2026-03-29T01:59:59+01:00"),
        ("2026-03-29T01:00:00Z", "2026-03-29T03:00:00+02:00"),
        ("2025-07-01T09:00:00Z", "2025-07-01T11:00:00+02:00"),
    ],
)
def test_b25_b26_the_hour_that_clocks_repeat_or_skip_stays_the_one_that_was_offered(utc, local):
    start = Instant.parse_iso(utc)
    kept = decode(BusyTime, encode(BusyTime("salon", "a", "anna", start, start.add(minutes=30), "busy")))
    assert kept.start == start
    assert kept.start.to_tz("Europe/Berlin").format_iso().split("[")[0] == local


def test_states_are_kept_by_their_words():
    customer = Customer("Erika Beispiel")
    assert '"name":"Erika Beispiel"' in encode(customer)
    assert {state.value for state in BookingState} >= {"calling", "unknown", "booked", "refused"}
    assert {state.value for state in OfferState} == {"live", "released", "voided", "taken", "used"}
