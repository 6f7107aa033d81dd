"""The outbox: a row for each case and recipient, with its rule, its summary and who has seen it."""

import sqlalchemy as sa
from alembic import op

from klankbord.store.schema import UtcTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KEPT = "key, channel_id, kind, finding_id, attempts, due_at, claimed_at, sent_at"
_ADDED = "recipient, subject, rule, detail, summary, planned_at, state, error"


def upgrade() -> None:
    # SQLite cannot change a primary key: the table is made anew. Names of indexes are the database's own.
    op.drop_index("ix_message_state", "message")
    op.drop_index(op.f("ix_message_finding_id"), "message")
    op.rename_table("message", "message_before")
    op.create_table(
        "message",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("channel_id", sa.String(length=64), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=160), nullable=False),
        sa.Column("finding_id", sa.String(length=16), nullable=True),
        sa.Column("rule", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("summary", sa.String(length=80), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("planned_at", UtcTime(), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("escalate_at", UtcTime(), nullable=True),
        sa.Column("claimed_at", UtcTime(), nullable=True),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("acknowledged_at", UtcTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", "channel_id", "recipient", name=op.f("pk_message_by_recipient")),
    )
    op.execute(
        sa.text(
            f"INSERT INTO message ({_KEPT}, {_ADDED}) "  # noqa: S608 - constants
            f"SELECT {_KEPT}, '', CASE WHEN kind = 'alert' THEN key ELSE '' END, '', '', '', due_at, "
            "CASE WHEN state = 'failed' AND error LIKE 'withdrawn:%' THEN 'withdrawn' ELSE state END, error "
            "FROM message_before"
        )
    )
    op.drop_table("message_before")
    op.create_index(op.f("ix_message_finding_id"), "message", ["finding_id"])
    op.create_index("ix_message_state", "message", ["state", "due_at"])
    op.create_index("ix_message_subject", "message", ["subject"])
    op.create_index("ix_message_recipient", "message", ["channel_id", "recipient", "day"])
    op.create_index("ix_message_escalate", "message", ["escalate_at"])
