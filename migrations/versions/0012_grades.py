"""the grade of an export, the holds that a person lifted, and the policy for documents below Peppol

Can be run again after an interruption: the check is validated and the index built while the service writes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEX = "ix_export_below_peppol"
COLUMNS = {
    "installation": ["en16931 text default 'deliver' not null"],
    "export": ["grade text", "released_from text[] default '{}' not null", "readable jsonb"],
}
CHECKS = {
    ("installation", "en16931"): "'deliver', 'hold'",
    ("export", "grade"): "'peppol', 'en16931', 'readable'",
}


def upgrade() -> None:
    for table, columns in COLUMNS.items():
        op.execute(f"alter table {table} {', '.join(f'add column if not exists {column}' for column in columns)}")
    for (table, column), values in CHECKS.items():
        name = f"ck_{table}_{column}"
        check = f"add constraint {name} check ({column} in ({values})) not valid"
        op.execute(f"alter table {table} drop constraint if exists {name}, {check}")
    with op.get_context().autocommit_block():
        for table, column in CHECKS:
            op.execute(f"alter table {table} validate constraint ck_{table}_{column}")
        op.execute("set lock_timeout = 0")  # a concurrent build waits for open transactions, and nothing waits for it
        op.drop_index(INDEX, table_name="export", postgresql_concurrently=True, if_exists=True)
        op.create_index(
            INDEX,
            "export",
            ["installation_id", "grade", "sequence"],
            postgresql_where=sa.text("grade <> 'peppol'"),
            postgresql_concurrently=True,
        )
        op.execute("reset lock_timeout")


def downgrade() -> None:
    op.drop_index(INDEX, table_name="export", if_exists=True)
    for table, columns in COLUMNS.items():
        for column in columns:
            op.drop_column(table, column.split()[0])
