"""Feeds of bookings, the source of busy times, and the door that the guests of a group appointment share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", name=op.f("pk_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_feed_token_hash")),
    )
    op.add_column("busy", sa.Column("source", sa.Text(), nullable=False, server_default="manual"))
    op.create_index(op.f("ix_busy_business_id_source"), "busy", ["business_id", "source"], unique=False)
    op.add_column("slot_claim", sa.Column("door", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("slot_claim", "door")
    op.drop_index(op.f("ix_busy_business_id_source"), table_name="busy")
    op.drop_column("busy", "source")
    op.drop_table("feed")
