"""validate the checks on states and kinds, while the service reads and writes"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CHECKS = {
    "message": ["outcome"],
    "export": ["trigger", "folder", "kind", "origin", "exact_state"],
    "activation": ["ended_because"],
}


def upgrade() -> None:
    for table, columns in CHECKS.items():
        for column in columns:
            op.execute(f"alter table {table} validate constraint ck_{table}_{column}")


def downgrade() -> None:
    """A check cannot be made unvalidated, and need not be."""
