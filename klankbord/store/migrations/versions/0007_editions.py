"""Editions of digests: what each was made of, as counts, and which posts stood in it; no text of any post."""

import sqlalchemy as sa
from alembic import op

from klankbord.store.schema import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("week", sa.String(8), nullable=False, index=True),
        sa.Column("made_at", UtcTime(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(16), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
    )
    op.create_table(
        "edition_post",
        sa.Column(
            "edition_id", sa.Integer(), sa.ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("mention_id", sa.String(16), primary_key=True),
        sa.Column("finding_id", sa.String(16), primary_key=True),
        sa.Column("revision", sa.String(64), nullable=False),
    )
    # Nine weeks of mentions are counted by source and language without a look at a single row of them.
    op.drop_index("ix_mention_published", table_name="mention")
    op.create_index("ix_mention_published", "mention", ["published_at", "source_id", "lang"])
