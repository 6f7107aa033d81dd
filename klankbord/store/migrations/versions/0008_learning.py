"""Posts drawn for review with their probability, weekly counts of scores, and pauses of alerts."""

import sqlalchemy as sa
from alembic import op

from klankbord.store.schema import UtcTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "drawn",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("mention_id", sa.String(16), sa.ForeignKey("mention.id", ondelete="SET NULL"), index=True),
        sa.Column("clause_id", sa.String(64), nullable=False),
        sa.Column("stratum", sa.String(16), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("flagged", sa.Boolean(), nullable=False),
        sa.Column("drawn_at", UtcTime(), nullable=False),
        sa.Column("decision", sa.String(16)),
        sa.Column("reason", sa.String(32)),
        sa.Column("outcome", sa.String(32)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.String(120), nullable=False),
        sa.Column("answered_at", UtcTime()),
        sa.UniqueConstraint("week", "mention_id"),
    )
    op.create_table(
        "week_score",
        sa.Column("week", sa.String(8), primary_key=True),
        sa.Column("lang", sa.String(8), primary_key=True),
        sa.Column("version", sa.String(64), primary_key=True),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("drifted", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("since_at", UtcTime(), nullable=False),
        sa.Column("week", sa.String(8), nullable=False),
        sa.Column("lang", sa.String(8), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("before", sa.Float(), nullable=False),
        sa.Column("lifted_at", UtcTime()),
        sa.Column("lifted_by", sa.String(120), nullable=False),
    )
