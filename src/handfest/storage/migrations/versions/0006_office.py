"""What people of the business look at: marks and digests of calls, searched bookings, pauses, a draft."""

import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from handfest.model.search_text import digits_of, words_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ON_THE_PHONE, UNDIGESTED = sa.text("NOT ended AND NOT at_desk"), sa.text("NOT digested")
_ROWS = 1000


def upgrade() -> None:
    _new_columns()
    _new_tables()
    connection = op.get_bind()
    connection.execute(sa.text("UPDATE call SET active_at = started_at"))
    for row in _bodies(connection, "call"):
        if row["body"].get("ended_at"):
            connection.execute(
                sa.text("UPDATE call SET ended = true WHERE business_id = :b AND id = :i"), row["key"]
            )
    for row in _bodies(connection, "callback"):
        if row["body"].get("closed_at"):
            connection.execute(
                sa.text("UPDATE callback SET closed = true WHERE business_id = :b AND id = :i"), row["key"]
            )
    for row in _bodies(connection, "booking"):
        connection.execute(
            sa.text("UPDATE booking SET search_text = :s WHERE business_id = :b AND id = :i"),
            {**row["key"], "s": _search_text(row["key"]["i"], row["body"])},
        )


def _new_columns() -> None:
    no = sa.false()
    op.add_column("call", sa.Column("at_desk", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("call", sa.Column("ended", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("call", sa.Column("active_at", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("call", sa.Column("digested", sa.Boolean(), nullable=False, server_default=no))
    op.drop_index("ix_call_business_id_started_at", table_name="call")
    op.create_index("ix_call_business_id_started_at_id", "call", ["business_id", "started_at", "id"])
    for name, column, where in (
        ("ix_call_live", "active_at", ON_THE_PHONE),
        ("ix_call_undigested", "started_at", UNDIGESTED),
    ):
        op.create_index(name, "call", ["business_id", column], sqlite_where=where, postgresql_where=where)
    op.add_column("callback", sa.Column("closed", sa.Boolean(), nullable=False, server_default=no))
    op.add_column("booking", sa.Column("search_text", sa.Text(), nullable=False, server_default=""))
    op.create_index(
        "ix_booking_business_id_start_id_search_text",
        "booking",
        ["business_id", "start", "id", "search_text"],
    )


def _new_tables() -> None:
    numbers = ("booked", "kept", "broken", *(f"latency_{number}" for number in range(1, 6)))
    op.create_table(
        "call_digest",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("test", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.PrimaryKeyConstraint("business_id", "call_id", name="pk_call_digest"),
    )
    op.create_index("ix_call_digest_business_id_day", "call_digest", ["business_id", "day"])
    op.create_index("ix_call_digest_day", "call_digest", ["day"])
    op.create_table(
        "call_mark",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "kind", "value", "started_at", "call_id", name="pk_call_mark"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_call_mark_business_id_call_id", "call_mark", ["business_id", "call_id"])
    op.create_table(
        "pause",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", "platform", "line", name="pk_pause"),
    )
    op.create_table(
        "draft",
        sa.Column("business_id", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("business_id", name="pk_draft"),
    )


def _bodies(connection: sa.Connection, table: str) -> Iterator[dict[str, Any]]:
    """Every row of a table, read in portions so that a long table needs little memory."""
    last = ("", "")
    while True:
        rows = connection.execute(
            sa.text(
                f"SELECT business_id, id, body FROM {table} WHERE (business_id, id) > (:b, :i)"  # noqa: S608
                f" ORDER BY business_id, id LIMIT {_ROWS}"
            ),
            {"b": last[0], "i": last[1]},
        ).all()
        if not rows:
            return
        for business_id, row_id, body in rows:
            yield {"key": {"b": business_id, "i": row_id}, "body": json.loads(body)}
        last = (rows[-1][0], rows[-1][1])


def _search_text(booking_id: str, body: dict[str, Any]) -> str:
    numbers = dict.fromkeys([digits_of(body["customer"].get("phone")), digits_of(body.get("caller_number"))])
    return " ".join(filter(None, [*words_of(body["customer"]["name"]), *numbers, *words_of(booking_id)]))


def downgrade() -> None:
    for table in ("draft", "pause", "call_mark", "call_digest"):
        op.drop_table(table)
    op.drop_index("ix_booking_business_id_start_id_search_text", table_name="booking")
    op.drop_column("booking", "search_text")
    op.drop_column("callback", "closed")
    op.drop_index("ix_call_undigested", table_name="call")
    op.drop_index("ix_call_live", table_name="call")
    op.drop_index("ix_call_business_id_started_at_id", table_name="call")
    op.create_index("ix_call_business_id_started_at", "call", ["business_id", "started_at"])
    for column in ("digested", "active_at", "ended", "at_desk"):
        op.drop_column("call", column)
