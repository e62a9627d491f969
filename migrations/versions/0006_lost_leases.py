"""how often in a row the workers of a lane lost their lease with the same export first in line"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lane", sa.Column("next_export", sa.Uuid(), nullable=True))
    op.add_column("lane", sa.Column("lost_leases", sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    op.drop_column("lane", "lost_leases")
    op.drop_column("lane", "next_export")
