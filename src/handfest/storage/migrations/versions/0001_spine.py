"""The first schema: catalogues, calls, offers, bookings, claims and the embedded calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for create in (
        _booking,
        _busy,
        _call,
        _callback,
        _catalogue,
        _event,
        _line,
        _occupancy,
        _offer,
        _seen,
        _slot_claim,
        _turn,
    ):
        create()


def downgrade() -> None:
    op.drop_table("turn")
    op.drop_index(op.f("ix_slot_claim_business_id_owner"), table_name="slot_claim")
    op.drop_table("slot_claim")
    op.drop_table("seen")
    op.drop_table("offer")
    op.drop_index(op.f("ix_occupancy_business_id_end"), table_name="occupancy")
    op.drop_table("occupancy")
    op.drop_index(op.f("ix_line_platform"), table_name="line")
    op.drop_table("line")
    op.drop_index(op.f("ix_event_business_id_start"), table_name="event")
    op.drop_index(op.f("ix_event_business_id_service_id_start"), table_name="event")
    op.drop_table("event")
    op.drop_table("catalogue")
    op.drop_index(op.f("ix_callback_business_id_made_at"), table_name="callback")
    op.drop_table("callback")
    op.drop_index(op.f("ix_call_started_at"), table_name="call")
    op.drop_index(op.f("ix_call_business_id_started_at"), table_name="call")
    op.drop_table("call")
    op.drop_index(op.f("ix_busy_business_id_end"), table_name="busy")
    op.drop_table("busy")
    op.drop_index(op.f("ix_booking_state_lease_until"), table_name="booking")
    op.drop_index(op.f("ix_booking_business_id_start"), table_name="booking")
    op.drop_index(op.f("ix_booking_business_id_caller_number_start"), table_name="booking")
    op.drop_table("booking")


def _booking() -> None:
    op.create_table(
        "booking",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Text(), nullable=False),
        sa.Column("caller_number", sa.Text(), nullable=True),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_booking")),
        sa.UniqueConstraint(
            "business_id", "call_id", "offer_id", name=op.f("uq_booking_business_id_call_id_offer_id")
        ),
    )
    op.create_index(
        op.f("ix_booking_business_id_caller_number_start"),
        "booking",
        ["business_id", "caller_number", "start"],
        unique=False,
    )
    op.create_index(op.f("ix_booking_business_id_start"), "booking", ["business_id", "start"], unique=False)
    op.create_index(op.f("ix_booking_state_lease_until"), "booking", ["state", "lease_until"], unique=False)


def _busy() -> None:
    op.create_table(
        "busy",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_busy")),
    )
    op.create_index(op.f("ix_busy_business_id_end"), "busy", ["business_id", "end"], unique=False)


def _call() -> None:
    op.create_table(
        "call",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_call")),
    )
    op.create_index(
        op.f("ix_call_business_id_started_at"), "call", ["business_id", "started_at"], unique=False
    )
    op.create_index(op.f("ix_call_started_at"), "call", ["started_at"], unique=False)


def _callback() -> None:
    op.create_table(
        "callback",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_callback")),
    )
    op.create_index(
        op.f("ix_callback_business_id_made_at"), "callback", ["business_id", "made_at"], unique=False
    )


def _catalogue() -> None:
    op.create_table(
        "catalogue",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("applied_at", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "version", name=op.f("pk_catalogue")),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "uid", name=op.f("pk_event")),
        sa.UniqueConstraint("business_id", "booking_id", name=op.f("uq_event_business_id_booking_id")),
    )
    op.create_index(
        op.f("ix_event_business_id_service_id_start"),
        "event",
        ["business_id", "service_id", "start"],
        unique=False,
    )
    op.create_index(op.f("ix_event_business_id_start"), "event", ["business_id", "start"], unique=False)


def _line() -> None:
    op.create_table(
        "line",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "position", name=op.f("pk_line")),
    )
    op.create_index(op.f("ix_line_platform"), "line", ["platform"], unique=False)


def _occupancy() -> None:
    op.create_table(
        "occupancy",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Text(), nullable=True),
        sa.Column("group_start", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "owner", "position", name=op.f("pk_occupancy")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_occupancy_business_id_end"), "occupancy", ["business_id", "end"], unique=False)


def _offer() -> None:
    op.create_table(
        "offer",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "call_id", "position", name=op.f("pk_offer")),
    )


def _seen() -> None:
    op.create_table(
        "seen",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "key", name=op.f("pk_seen")),
    )


def _slot_claim() -> None:
    op.create_table(
        "slot_claim",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("seat", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("bucket", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("business_id", "resource_id", "seat", "bucket", name=op.f("pk_slot_claim")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_slot_claim_business_id_owner"), "slot_claim", ["business_id", "owner"], unique=False
    )


def _turn() -> None:
    op.create_table(
        "turn",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "call_id", "number", name=op.f("pk_turn")),
        sa.UniqueConstraint("business_id", "call_id", "key", name=op.f("uq_turn_business_id_call_id_key")),
    )
