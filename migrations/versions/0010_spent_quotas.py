"""what callers of the REST API have spent of their quotas; unlogged, since a crash may forget it"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_quota",
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("spent_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("caller", "policy", name=op.f("pk_spent_quota")),
        prefixes=["UNLOGGED"],
    )


def downgrade() -> None:
    op.drop_table("spent_quota")
