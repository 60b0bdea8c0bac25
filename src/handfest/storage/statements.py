"""Every statement, built once per database dialect."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Boolean, Table, bindparam, delete, select, text, union_all, update

from handfest.storage import schema

DEACTIVATE = (
    update(schema.catalogue)
    .where(schema.catalogue.c.business_id == bindparam("business"))
    .values(active=False)
)
ACTIVATE = (
    update(schema.catalogue)
    .where(
        schema.catalogue.c.business_id == bindparam("business"),
        schema.catalogue.c.version == bindparam("number"),
    )
    .values(active=True)
)
CATALOGUES = (
    select(schema.catalogue)
    .where(schema.catalogue.c.business_id == bindparam("business"))
    .order_by(schema.catalogue.c.version.desc())
)
ACTIVE_VERSION = select(schema.catalogue.c.version).where(
    schema.catalogue.c.business_id == bindparam("business"), text(schema.ACTIVE)
)
CATALOGUE_VERSION = select(schema.catalogue).where(
    schema.catalogue.c.business_id == bindparam("business"), schema.catalogue.c.version == bindparam("number")
)
BUSINESSES = select(schema.catalogue.c.business_id).distinct().order_by(schema.catalogue.c.business_id)
DROP_LINES = delete(schema.line).where(schema.line.c.business_id == bindparam("business"))
LINES = (
    select(schema.line.c.body)
    .where(schema.line.c.platform == bindparam("name"))
    .order_by(schema.line.c.business_id, schema.line.c.position)
)
CALL = select(schema.call.c.body).where(
    schema.call.c.business_id == bindparam("business"), schema.call.c.id == bindparam("call")
)
_NEWEST = (schema.call.c.started_at.desc(), schema.call.c.id.desc())
CALLS = (
    select(schema.call.c.body)
    .where(schema.call.c.business_id == bindparam("business"))
    .order_by(*_NEWEST)
    .limit(bindparam("most"))
)
ALL_CALLS = select(schema.call.c.body).order_by(*_NEWEST).limit(bindparam("most"))
TURN_BY_KEY = select(schema.turn.c.body).where(
    schema.turn.c.business_id == bindparam("business"),
    schema.turn.c.call_id == bindparam("call"),
    schema.turn.c.key == bindparam("wanted"),
)
TURNS = (
    select(schema.turn.c.body)
    .where(schema.turn.c.business_id == bindparam("business"), schema.turn.c.call_id == bindparam("call"))
    .order_by(schema.turn.c.number)
)
_NEWEST_CALLS = (
    select(schema.call.c.business_id, schema.call.c.id, schema.call.c.started_at)
    .where(schema.call.c.business_id == bindparam("business"))
    .order_by(*_NEWEST)
    .limit(bindparam("most"))
    .subquery("newest")
)
NEWEST_TURNS = (
    select(schema.turn.c.body)
    .select_from(_NEWEST_CALLS)
    .join(
        schema.turn,
        (schema.turn.c.business_id == _NEWEST_CALLS.c.business_id)
        & (schema.turn.c.call_id == _NEWEST_CALLS.c.id),
    )
    .order_by(_NEWEST_CALLS.c.started_at.desc(), _NEWEST_CALLS.c.id.desc(), schema.turn.c.number)
)
LAST_TURN = (
    select(schema.turn.c.body)
    .where(schema.turn.c.business_id == bindparam("business"), schema.turn.c.call_id == bindparam("call"))
    .order_by(schema.turn.c.number.desc())
    .limit(1)
)
OFFERS = (
    select(schema.offer.c.body)
    .where(schema.offer.c.business_id == bindparam("business"), schema.offer.c.call_id == bindparam("call"))
    .order_by(schema.offer.c.position)
)
CALLBACKS = (
    select(schema.callback.c.body)
    .where(schema.callback.c.business_id == bindparam("business"))
    .order_by(schema.callback.c.made_at.desc(), schema.callback.c.id.desc())
)
KEYS_SEEN = select(schema.seen.c.key).where(
    schema.seen.c.business_id == bindparam("business"),
    schema.seen.c.key >= bindparam("first"),
    schema.seen.c.key <= bindparam("last"),
)
TRANSCRIPT = select(schema.transcript.c.body).where(
    schema.transcript.c.business_id == bindparam("business"),
    schema.transcript.c.call_id == bindparam("call"),
)
DROP_TRANSCRIPTS = delete(schema.transcript).where(
    schema.transcript.c.business_id == bindparam("business"),
    schema.transcript.c.kept_until <= bindparam("before"),
)
_ROW = schema.occupancy.c
_TAKEN = select(
    _ROW.resource_id,
    _ROW.seat,
    _ROW.start,
    _ROW.end,
    _ROW.kind,
    _ROW.owner,
    _ROW.service_id,
    _ROW.group_start,
    _ROW.label,
).where(
    _ROW.business_id == bindparam("business"),
    _ROW.end > bindparam("first"),
    _ROW.start < bindparam("last"),
    (_ROW.expires_at.is_(None)) | (_ROW.expires_at > bindparam("now")),
)
TAKEN = union_all(
    _TAKEN.where(_ROW.end <= bindparam("soon")),
    _TAKEN.where(_ROW.end > bindparam("soon"), text(schema.LASTS_LONG)),
).order_by("start", "end", "resource_id", "owner")
"""`soon` is a day after `last`: what ends later and began before `last` lasts long."""
SERVICE_STARTS = (
    select(schema.event.c.start)
    .where(
        schema.event.c.business_id == bindparam("business"),
        schema.event.c.service_id == bindparam("service"),
        schema.event.c.start >= bindparam("first"),
        schema.event.c.start < bindparam("last"),
        schema.event.c.cancelled.is_(False),
    )
    .order_by(schema.event.c.start)
)
_BOOKING = schema.booking.c
BOOKING = select(_BOOKING.body).where(
    _BOOKING.business_id == bindparam("business"), _BOOKING.id == bindparam("wanted")
)
BOOKING_OF_OFFER = select(_BOOKING.body).where(
    _BOOKING.business_id == bindparam("business"),
    _BOOKING.call_id == bindparam("call"),
    _BOOKING.offer_id == bindparam("offer"),
)
BOOKINGS = (
    select(_BOOKING.body)
    .where(
        _BOOKING.business_id == bindparam("business"),
        _BOOKING.start >= bindparam("first"),
        _BOOKING.start < bindparam("last"),
        (_BOOKING.state == bindparam("state")) | bindparam("any_state", type_=Boolean),
    )
    .order_by(_BOOKING.start, _BOOKING.id)
    .limit(bindparam("most"))
)
BOOKINGS_OF_CALLER = (
    select(_BOOKING.body)
    .where(_BOOKING.business_id == bindparam("business"), _BOOKING.caller_number == bindparam("number"))
    .order_by(_BOOKING.start, _BOOKING.id)
)
KNOWS_CALLER = (
    select(_BOOKING.id)
    .where(_BOOKING.business_id == bindparam("business"), _BOOKING.caller_number == bindparam("number"))
    .limit(1)
)
BOOKINGS_OF_CALL = (
    select(_BOOKING.body)
    .where(_BOOKING.business_id == bindparam("business"), _BOOKING.call_id == bindparam("call"))
    .order_by(_BOOKING.made_at, _BOOKING.id)
)
UNSETTLED = select(_BOOKING.body).where(
    text(schema.UNSETTLED),
    (_BOOKING.lease_until.is_(None)) | (_BOOKING.lease_until < bindparam("before")),
)
EVENT = select(schema.event.c.body).where(
    schema.event.c.business_id == bindparam("business"), schema.event.c.uid == bindparam("wanted")
)
EVENT_OF_BOOKING = select(schema.event.c.body).where(
    schema.event.c.business_id == bindparam("business"), schema.event.c.booking_id == bindparam("wanted")
)
DROP_BUSY = delete(schema.busy).where(
    schema.busy.c.business_id == bindparam("business"), schema.busy.c.id == bindparam("wanted")
)
BUSY_OF_SOURCE = select(schema.busy.c.body).where(
    schema.busy.c.business_id == bindparam("business"), schema.busy.c.source == bindparam("origin")
)
FEED = select(schema.feed.c.token_hash).where(schema.feed.c.business_id == bindparam("business"))
DROP_FEED = delete(schema.feed).where(schema.feed.c.business_id == bindparam("business"))
BUSINESS_OF_FEED = select(schema.feed.c.business_id).where(schema.feed.c.token_hash == bindparam("wanted"))
BUSY = (
    select(schema.busy.c.body)
    .where(
        schema.busy.c.business_id == bindparam("business"),
        schema.busy.c.end > bindparam("first"),
        schema.busy.c.start < bindparam("last"),
    )
    .order_by(schema.busy.c.start, schema.busy.c.id)
)


class Inserts:
    """The inserting statements of one dialect. `insert` is the dialect's own, which knows upserts."""

    def __init__(self, insert: Callable[[Table], Any]) -> None:
        def upsert(table: Table) -> Any:
            statement = insert(table)
            rest = {
                column.name: statement.excluded[column.name]
                for column in table.columns
                if not column.primary_key
            }
            return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=rest)

        self.upsert_call = upsert(schema.call)
        self.upsert_offer = upsert(schema.offer)
        self.upsert_booking = upsert(schema.booking)
        self.upsert_event = upsert(schema.event)
        self.upsert_busy = upsert(schema.busy)
        self.upsert_callback = upsert(schema.callback)
        self.upsert_transcript = upsert(schema.transcript)
        self.upsert_feed = upsert(schema.feed)
        self.upsert_followed = upsert(schema.followed)
        self.upsert_pause = upsert(schema.pause)
        self.upsert_draft = upsert(schema.draft)
        self.upsert_digest = upsert(schema.call_digest)
        self.add_mark = insert(schema.call_mark)
        self.add_change = insert(schema.change)
        self.upsert_letter = upsert(schema.letter)
        self.upsert_account = upsert(schema.account)
        self.upsert_session = upsert(schema.session)
        self.upsert_invite = upsert(schema.invite)
        self.upsert_api_key = upsert(schema.api_key)
        self.upsert_throttle = upsert(schema.throttle)
        self.add_membership = insert(schema.membership)
        self.add_turn = insert(schema.turn)
        self.add_catalogue = insert(schema.catalogue)
        self.add_line = insert(schema.line)
        self.add_occupancy = insert(schema.occupancy)
        self.see = insert(schema.seen).on_conflict_do_nothing().returning(schema.seen.c.key)
