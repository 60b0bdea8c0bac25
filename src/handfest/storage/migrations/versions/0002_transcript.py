"""Redacted transcripts of calls, with the moment they are forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcript",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("kept_until", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "call_id", name=op.f("pk_transcript")),
    )
    op.create_index(
        op.f("ix_transcript_business_id_kept_until"),
        "transcript",
        ["business_id", "kept_until"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_transcript_business_id_kept_until"), table_name="transcript")
    op.drop_table("transcript")
