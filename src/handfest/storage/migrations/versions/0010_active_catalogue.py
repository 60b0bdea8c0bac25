"""An index that knows the active version of a business without reading through the texts of all its versions."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ACTIVE = sa.text("active")


def upgrade() -> None:
    columns = ["business_id", "version"]
    op.create_index("ix_catalogue_active", "catalogue", columns, sqlite_where=ACTIVE, postgresql_where=ACTIVE)


def downgrade() -> None:
    op.drop_index("ix_catalogue_active", table_name="catalogue")
