"""the place of a search in Exact, the count of unclear posts, the limits Exact announces, a mailbox per client, long lists"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0008"
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
    op.add_column("export", sa.Column("left_out", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False))
    op.create_table(
        "company_listing",
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("exact_user_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("companies", JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installation.id"], name=op.f("fk_company_listing_installation_id")
        ),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_company_listing")),
    )
    op.execute("update export set posted_since = created_at where intent = 'document'")  # the few under way


def downgrade() -> None:
    op.drop_table("company_listing")
    op.drop_column("export", "left_out")
    for table, names in {**NUMBERS, "activation": NULLABLE["activation"]}.items():
        for name in [*names, *(NULLABLE[table] if table in NUMBERS else ())]:
            op.drop_column(table, name)
