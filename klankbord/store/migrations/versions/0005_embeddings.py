"""The encoder's vector of a mention, so that it is computed once; it goes with the mention or its text."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "embedding",
        sa.Column(
            "mention_id",
            sa.String(16),
            sa.ForeignKey("mention.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("encoder", sa.String(60), nullable=False),
        sa.Column("of", sa.String(16), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
    )
