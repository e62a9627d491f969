"""columns blocks_lane, lookup_count and status_checks, kept equal to holds, looks and follows

Both versions run side by side during a release: the old one writes the old columns, the new one the new columns, and a
trigger copies whichever changed. A later migration drops the old columns with the trigger and the indexes on them.

The values of an ended export are never read again, so only the exports still under way are filled in here. They are
few, and filled in under the lock that adds the columns: no write of the old version comes in between.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FILL_IN = """
update export set blocks_lane = holds, lookup_count = looks, status_checks = follows
where (status = 'queued' and (not holds or looks <> 0)) or (follow_at is not null and follows <> 0)
"""

FUNCTION = """
create function keep_renamed_export_columns() returns trigger language plpgsql as $$
begin
    if new.holds is distinct from old.holds then new.blocks_lane := new.holds;
    else new.holds := new.blocks_lane; end if;
    if new.looks is distinct from old.looks then new.lookup_count := new.looks;
    else new.looks := new.lookup_count; end if;
    if new.follows is distinct from old.follows then new.status_checks := new.follows;
    else new.follows := new.status_checks; end if;
    return new;
end $$
"""

# Runs only if a write leaves a pair different; an insert leaves all of them at the same defaults.
TRIGGER = """
create trigger keep_renamed_columns before update on export for each row
when (new.holds <> new.blocks_lane or new.looks <> new.lookup_count or new.follows <> new.status_checks)
execute function keep_renamed_export_columns()
"""


def upgrade() -> None:
    op.add_column("export", sa.Column("blocks_lane", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("export", sa.Column("lookup_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("export", sa.Column("status_checks", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(FILL_IN)
    op.execute(FUNCTION)
    op.execute(TRIGGER)


def downgrade() -> None:
    op.execute("drop trigger keep_renamed_columns on export")
    op.execute("drop function keep_renamed_export_columns()")
    op.drop_column("export", "status_checks")
    op.drop_column("export", "lookup_count")
    op.drop_column("export", "blocks_lane")
