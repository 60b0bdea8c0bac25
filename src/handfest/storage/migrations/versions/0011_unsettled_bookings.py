"""An index of the bookings whose outcome is not known yet; the one before it made SQLite read every booking."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNSETTLED = sa.text("state IN ('calling', 'unknown')")


def upgrade() -> None:
    op.drop_index("ix_booking_state_lease_until", table_name="booking")
    op.create_index(
        "ix_booking_unsettled",
        "booking",
        ["lease_until"],
        sqlite_where=UNSETTLED,
        postgresql_where=UNSETTLED,
    )


def downgrade() -> None:
    op.drop_index("ix_booking_unsettled", table_name="booking")
    op.create_index("ix_booking_state_lease_until", "booking", ["state", "lease_until"])
