"""Invites: links by which new users choose a password; the mail waits in the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invite",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invite")),
    )
    op.create_index(op.f("ix_invite_digest"), "invite", ["digest"])
    op.create_index(op.f("ix_invite_state_due_at"), "invite", ["state", "due_at"])
    op.create_index(op.f("ix_invite_until"), "invite", ["until"])
    op.create_index(op.f("ix_invite_user_id"), "invite", ["user_id"])


def downgrade() -> None:
    op.drop_table("invite")
