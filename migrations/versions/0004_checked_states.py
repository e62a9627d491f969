"""checks on the states and kinds of messages, exports and activations, for new rows only

The next migration validates the rows that are there. A folder that Banqup may have named in another word is forgotten:
such a document was never exported.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

CHECKS = {
    ("message", "outcome"): "'queued', 'ignored', 'unknown_space'",
    ("export", "trigger"): "'approved', 'sent'",
    ("export", "folder"): "'PURCHASES', 'SALES'",
    ("export", "kind"): "'invoice', 'credit_note'",
    ("export", "origin"): "'banqup', 'untouched', 'ubl', 'cii'",
    (
        "export",
        "exact_state",
    ): "'open', 'in process', 'processed', 'rejected', 'error', 'blocked', 'not found', 'removed'",
    ("activation", "ended_because"): "'deactivated', 'company_changed', 'renewed', 'uninstalled'",
}


def upgrade() -> None:
    with op.get_context().autocommit_block():  # one table's lock at a time; can be run again after a failure
        for (table, column), values in CHECKS.items():
            name = f"ck_{table}_{column}"
            check = f"add constraint {name} check ({column} in ({values})) not valid"
            op.execute(f"alter table {table} drop constraint if exists {name}, {check}")
        op.execute("update export set folder = null where folder not in ('PURCHASES', 'SALES')")


def downgrade() -> None:
    for table, column in CHECKS:
        op.execute(f"alter table {table} drop constraint ck_{table}_{column}")
