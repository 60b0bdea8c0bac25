"""The tables. Every key begins with the business; instants are epoch milliseconds, spans epoch seconds.

A row keeps what is searched for in columns and the whole value as JSON in `body` (see `codec`).
`slot_claim` is the one arbiter of double bookings: whoever inserts a bucket has it. `occupancy` says the same
in spans, with busy times beside it, for the slot arithmetic.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

LONG_SECONDS = 86_400
LASTS_LONG = f'"end" - start > {LONG_SECONDS}'
"""What stands out by its length in `occupancy`. Queries must say it in the same words to use its index."""

ON_THE_PHONE = "NOT ended AND NOT at_desk"
UNDIGESTED = "NOT digested"
ACTIVE = "active"
UNSETTLED = "state IN ('calling', 'unknown')"
"""Conditions of indexes, too: queries must say them in these words."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

catalogue = Table(
    "catalogue",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("source", Text, nullable=False),
    Column("applied_at", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),
    # `active` stands behind the text: without this index it is found by reading every version's.
    Index(
        "ix_catalogue_active",
        "business_id",
        "version",
        sqlite_where=text(ACTIVE),
        postgresql_where=text(ACTIVE),
    ),
)

line = Table(
    "line",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("platform", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "platform"),
)

call = Table(
    "call",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("started_at", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("at_desk", Boolean, nullable=False, server_default=false()),
    Column("ended", Boolean, nullable=False, server_default=false()),
    Column("active_at", BigInteger, nullable=False, server_default="0"),
    Column("digested", Boolean, nullable=False, server_default=false()),
    Column("body", Text, nullable=False),
    Index(None, "business_id", "started_at", "id"),
    Index(None, "started_at"),
    # Few calls are on the phone, and few have changed since their digest was drawn.
    Index(
        "ix_call_live",
        "business_id",
        "active_at",
        sqlite_where=text(ON_THE_PHONE),
        postgresql_where=text(ON_THE_PHONE),
    ),
    Index(
        "ix_call_undigested",
        "business_id",
        "started_at",
        sqlite_where=text(UNDIGESTED),
        postgresql_where=text(UNDIGESTED),
    ),
)

_LATENCIES = tuple(f"latency_{number}" for number in range(1, 6))

call_digest = Table(
    "call_digest",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("day", Text, nullable=False),
    Column("test", Boolean, nullable=False),
    Column("booked", Integer, nullable=False),
    Column("kept", Integer, nullable=False),
    Column("broken", Integer, nullable=False),
    # Numbers of answers by `LATENCY_BOUNDS_MS`, in columns because they are added up.
    Column("latency_1", Integer, nullable=False),
    Column("latency_2", Integer, nullable=False),
    Column("latency_3", Integer, nullable=False),
    Column("latency_4", Integer, nullable=False),
    Column("latency_5", Integer, nullable=False),
    # Added up over days: what is added stands in the index itself.
    Index("ix_call_digest_sums", "business_id", "day", "test", "booked", "kept", "broken", *_LATENCIES),
    Index(None, "day"),
)

call_mark = Table(
    "call_mark",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("started_at", BigInteger, primary_key=True, autoincrement=False),
    Column("call_id", Text, primary_key=True),
    Index(None, "business_id", "call_id"),
    sqlite_with_rowid=False,
)

turn = Table(
    "turn",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("key", Text),
    Column("at", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("business_id", "call_id", "key"),
)

offer = Table(
    "offer",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("body", Text, nullable=False),
)

booking = Table(
    "booking",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("call_id", Text, nullable=False),
    Column("offer_id", Text, nullable=False),
    Column("caller_number", Text),
    Column("start", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("search_text", Text, nullable=False, server_default=""),
    Column("body", Text, nullable=False),
    UniqueConstraint("business_id", "call_id", "offer_id"),
    Index(None, "business_id", "caller_number", "start"),
    Index(None, "business_id", "start"),
    # What is searched stands in the index itself, so that a search reads no row that does not fit.
    Index(None, "business_id", "start", "id", "search_text"),
    # Few bookings wait for their outcome, and every worker asks for them every few seconds.
    Index(
        "ix_booking_unsettled",
        "lease_until",
        sqlite_where=text(UNSETTLED),
        postgresql_where=text(UNSETTLED),
    ),
)

event = Table(
    "event",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("uid", Text, primary_key=True),
    Column("booking_id", Text, nullable=False),
    Column("service_id", Text, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("business_id", "booking_id"),
    Index(None, "business_id", "service_id", "start"),
    Index(None, "business_id", "start"),
)

slot_claim = Table(
    "slot_claim",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("resource_id", Text, primary_key=True),
    Column("seat", Integer, primary_key=True, autoincrement=False),
    Column("bucket", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", Text, nullable=False),
    Column("expires_at", BigInteger),
    # For a guest of a group appointment: the seat that all its guests keep shut together. Guests have seats
    # below 0; the row of the door itself belongs to the appointment (see `storage/claims.py`).
    Column("door", Integer),
    Index(None, "business_id", "owner"),
    sqlite_with_rowid=False,
)

occupancy = Table(
    "occupancy",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("owner", Text, primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("resource_id", Text, nullable=False),
    Column("seat", Integer, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("service_id", Text),
    Column("group_start", BigInteger),
    Column("label", Text),
    Column("expires_at", BigInteger),
    # Searched by the end: what is over is never read, nor what lies beyond the asked span, however much of it
    # there is. What lasts longer than a day may end far beyond it, and is found by an index of its own.
    Index(None, "business_id", "end"),
    Index(
        "ix_occupancy_long",
        "business_id",
        "end",
        sqlite_where=text(LASTS_LONG),
        postgresql_where=text(LASTS_LONG),
    ),
    sqlite_with_rowid=False,
)

busy = Table(
    "busy",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("start", BigInteger, nullable=False),
    Column("end", BigInteger, nullable=False),
    Column("source", Text, nullable=False, server_default="manual"),
    Column("body", Text, nullable=False),
    Index(None, "business_id", "end"),
    Index(None, "business_id", "source"),
)

feed = Table(
    "feed",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    UniqueConstraint("token_hash"),
)

followed = Table(
    "followed",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "due_at"),
)

callback = Table(
    "callback",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("made_at", BigInteger, nullable=False),
    Column("closed", Boolean, nullable=False, server_default=false()),
    Column("body", Text, nullable=False),
    Index(None, "business_id", "made_at"),
)

pause = Table(
    "pause",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("platform", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

draft = Table(
    "draft",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("body", Text, nullable=False),
)

change = Table(
    "change",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "business_id", "at", "id"),
    Index(None, "business_id", "subject", "at"),
)

transcript = Table(
    "transcript",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("call_id", Text, primary_key=True),
    Column("kept_until", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "business_id", "kept_until"),
)

seen = Table(
    "seen",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)

# Users belong to no single business, nor do their sessions and throttles: who they are to which business is in
# `membership` (docs/decisions: sessions and roles).

account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False),
    Column("subject", Text),
    Column("body", Text, nullable=False),
    UniqueConstraint("login"),
    UniqueConstraint("subject"),
)

membership = Table(
    "membership",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),
    Index(None, "user_id"),
)

session = Table(
    "session",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "user_id"),
    Index(None, "until"),
)

api_key = Table(
    "api_key",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("digest"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("name", Text, primary_key=True),
    Column("open_at", BigInteger, nullable=False),
    Index(None, "open_at"),
)

invite = Table(
    "invite",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", Text, nullable=False),
    Column("digest", Text),
    Column("state", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "user_id"),
    Index(None, "digest"),
    Index(None, "state", "due_at"),
    Index(None, "until"),
)

letter = Table(
    "letter",
    metadata,
    Column("business_id", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("booking_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    Index(None, "business_id", "booking_id"),
    Index(None, "business_id", "made_at"),
    Index(None, "state", "due_at"),
)
