"""Posts that say the same as a finding's post share its finding."""

import sqlalchemy as sa
from alembic import op

from klankbord.store.schema import UtcTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_copy",
        sa.Column(
            "mention_id", sa.String(16), sa.ForeignKey("mention.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("clause_id", sa.String(64), primary_key=True),
        sa.Column("finding_id", sa.String(16), nullable=False, index=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("mode", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("policy_version", sa.String(64), nullable=False),
        sa.Column("model_version", sa.String(64), nullable=False),
        sa.Column("found_at", UtcTime(), nullable=False),
    )
