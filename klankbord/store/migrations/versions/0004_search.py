"""Which text of the search index belongs to a mention."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("mention", sa.Column("search_id", sa.Integer(), nullable=True))
    op.create_index("ix_mention_search", "mention", ["search_id"], unique=True)
