"""steps of an upgrade that must wait until the previous version has stopped; lines of the audit log without installation"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# Without installations there are no tokens that the previous version would have to open.
COMPLETE_IF_NEW = """
insert into completed_step (name)
select 'tokens_sealed_for_their_column' where not exists (select from installation)
"""


def upgrade() -> None:
    op.create_table(
        "completed_step",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("name in ('tokens_sealed_for_their_column')", name=op.f("ck_completed_step_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_completed_step")),
    )
    op.execute(COMPLETE_IF_NEW)
    op.alter_column("audit_line", "installation_id", nullable=True)


def downgrade() -> None:
    op.execute("alter table audit_line disable trigger audit_line_rows")
    op.execute("delete from audit_line where installation_id is null")
    op.execute("alter table audit_line enable trigger audit_line_rows")
    op.alter_column("audit_line", "installation_id", nullable=False)
    op.drop_table("completed_step")
