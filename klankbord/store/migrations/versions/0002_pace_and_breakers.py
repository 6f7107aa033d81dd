"""How often sources have news; hosts that are left alone."""

import sqlalchemy as sa
from alembic import op

from klankbord.store.schema import UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("source", sa.Column("last_news_at", UtcTime(), nullable=True))
    op.add_column("source", sa.Column("news_every", sa.Float(), nullable=True))
    op.create_table(
        "breaker",
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("open_until", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_breaker")),
    )
