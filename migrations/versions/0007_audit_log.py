"""the audit log, to which rows are only appended"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFUSE = """
create function audit_line_refuse() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and old.at < now() - interval '365 days' then
    return old;
  end if;
  raise exception 'audit_line is append-only';
end
$$
"""


def upgrade() -> None:
    op.create_table(
        "audit_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("installation_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_client", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("before", JSONB(), nullable=True),
        sa.Column("after", JSONB(), nullable=True),
        sa.CheckConstraint(
            "actor_kind in ('caller', 'browser', 'operator', 'service')", name=op.f("ck_audit_line_actor_kind")
        ),
        sa.ForeignKeyConstraint(["installation_id"], ["installation.id"], name=op.f("fk_audit_line_installation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_line")),
    )
    op.create_index("ix_audit_line_installation_id_id", "audit_line", ["installation_id", "id"])
    op.create_index("ix_audit_line_at", "audit_line", ["at"])
    op.execute(REFUSE)
    op.execute(
        "create trigger audit_line_rows before update or delete on audit_line "
        "for each row execute function audit_line_refuse()"
    )
    op.execute(
        "create trigger audit_line_truncate before truncate on audit_line "
        "for each statement execute function audit_line_refuse()"
    )


def downgrade() -> None:
    op.drop_table("audit_line")
    op.execute("drop function audit_line_refuse()")
