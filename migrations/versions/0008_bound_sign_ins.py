"""the browser and the firm of a sign-in, and when Exact began a token chain"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("installation", sa.Column("partner_name", sa.Text(), nullable=True))
    op.add_column("sign_in", sa.Column("firm", sa.Text(), nullable=True))
    op.add_column("sign_in", sa.Column("firm_source", sa.Text(), nullable=True))
    op.add_column("sign_in", sa.Column("browser_hash", sa.LargeBinary(), nullable=True))
    op.add_column(
        "token_chain",
        sa.Column("granted_at", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
    )
    op.create_check_constraint(op.f("ck_sign_in_firm_source"), "sign_in", "firm_source in ('banqup', 'caller')")


def downgrade() -> None:
    op.drop_column("token_chain", "granted_at")
    for column in ("browser_hash", "firm_source", "firm"):
        op.drop_column("sign_in", column)
    op.drop_column("installation", "partner_name")
