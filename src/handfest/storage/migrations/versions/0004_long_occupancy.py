"""An index of what is taken for longer than a day, so that a look at one hour reads nothing of the months after."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LASTS_LONG = sa.text('"end" - start > 86400')


def upgrade() -> None:
    op.create_index(
        "ix_occupancy_long",
        "occupancy",
        ["business_id", "end"],
        unique=False,
        sqlite_where=LASTS_LONG,
        postgresql_where=LASTS_LONG,
    )


def downgrade() -> None:
    op.drop_index("ix_occupancy_long", table_name="occupancy")
