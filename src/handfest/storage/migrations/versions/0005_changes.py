"""The audit log of what people of the business change."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "change",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "id", name=op.f("pk_change")),
    )
    op.create_index(op.f("ix_change_business_id_at_id"), "change", ["business_id", "at", "id"], unique=False)
    op.create_index(
        op.f("ix_change_business_id_subject_at"), "change", ["business_id", "subject", "at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("change")
