"""Versions of keyword lists."""

import sqlalchemy as sa
from alembic import op

from klankbord.store.schema import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "keyword_version",
        sa.Column("list_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("predicted", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "number", name=op.f("pk_keyword_version")),
    )
