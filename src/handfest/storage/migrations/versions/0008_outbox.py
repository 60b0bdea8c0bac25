"""Letters to customers: confirmations on their way, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("booking_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_letter")),
    )
    op.create_index(op.f("ix_letter_business_id_booking_id"), "letter", ["business_id", "booking_id"])
    op.create_index(op.f("ix_letter_business_id_made_at"), "letter", ["business_id", "made_at"])
    op.create_index(op.f("ix_letter_state_due_at"), "letter", ["state", "due_at"])


def downgrade() -> None:
    op.drop_table("letter")
