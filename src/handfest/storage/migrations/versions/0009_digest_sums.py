"""An index from which the figures of many days are added up without reading a row."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SUMMED = ("test", "booked", "kept", "broken", *(f"latency_{number}" for number in range(1, 6)))


def upgrade() -> None:
    op.drop_index("ix_call_digest_business_id_day", table_name="call_digest")
    op.create_index("ix_call_digest_sums", "call_digest", ["business_id", "day", *SUMMED])


def downgrade() -> None:
    op.drop_index("ix_call_digest_sums", table_name="call_digest")
    op.create_index("ix_call_digest_business_id_day", "call_digest", ["business_id", "day"])
