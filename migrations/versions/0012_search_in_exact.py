"""the place of a search in Exact, the count of unclear posts, the limits Exact announces, a mailbox per client"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBERS = {"lane": {"minute_limit": "60", "day_limit": "5000"}, "export": {"unclear_posts": "0", "search_calls": "0"}}


NULLABLE = {
    "export": {"posted_since": sa.DateTime(timezone=True), "search_next": sa.Text()},
    "lane": {"mailbox_named": sa.Text(), "mailboxes_at": sa.DateTime(timezone=True)},
    "activation": {"mailbox": sa.Text()},
}


def upgrade() -> None:
    for table, columns in NULLABLE.items():
        for name, kind in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=True))
    for table, defaults in NUMBERS.items():
        for name, default in defaults.items():
            op.add_column(table, sa.Column(name, sa.BigInteger(), server_default=sa.text(default), nullable=False))
    op.execute("update export set posted_since = created_at where intent = 'document'")  # the few under way


def downgrade() -> None:
    for table, names in {**NUMBERS, "activation": NULLABLE["activation"]}.items():
        for name in [*names, *(NULLABLE[table] if table in NUMBERS else ())]:
            op.drop_column(table, name)
