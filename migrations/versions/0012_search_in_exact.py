"""the place of a search in Exact, the limit of unclear posts, and the limits that Exact announces"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBERS = {"lane": {"minute_limit": "60", "day_limit": "5000"}, "export": {"unclear_posts": "0", "search_calls": "0"}}


def upgrade() -> None:
    op.add_column("export", sa.Column("posted_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column("export", sa.Column("search_next", sa.Text(), nullable=True))
    for table, columns in NUMBERS.items():
        for name, default in columns.items():
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default=sa.text(default), nullable=False))
    op.execute("update export set posted_since = created_at where intent = 'document'")  # the few under way


def downgrade() -> None:
    for table, columns in NUMBERS.items():
        for name in columns:
            op.drop_column(table, name)
    op.drop_column("export", "search_next")
    op.drop_column("export", "posted_since")
