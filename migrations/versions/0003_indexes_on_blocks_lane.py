"""indexes for the next export of a lane, on the renamed column

Built while the service writes. A build that was interrupted leaves an invalid index, so each starts by dropping it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_export_blocking": (["lane_id", "sequence"], "status = 'queued' and blocks_lane"),
    "ix_export_stepped_aside": (["lane_id", "due_at"], "status = 'queued' and not blocks_lane"),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("set lock_timeout = 0")  # a concurrent build waits for open transactions, and nothing waits for it
        for name, (columns, condition) in INDEXES.items():
            op.drop_index(name, table_name="export", postgresql_concurrently=True, if_exists=True)
            where = sa.text(condition)
            op.create_index(name, "export", columns, postgresql_where=where, postgresql_concurrently=True)
        op.execute("reset lock_timeout")


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="export", if_exists=True)
