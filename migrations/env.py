"""Runs the migrations on the database that the caller names, else on the one of the settings."""

import os
import time

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.schema import SchemaItem

from app.storage.db import connect_once
from app.storage.models import Base

# A migration that cannot get its lock gives up instead of making the whole service queue behind it.
LOCK_TIMEOUT = "5s"
# What only the previous version still uses, kept until a later migration drops it.
RETIRED = {
    ("column", "holds"),
    ("column", "looks"),
    ("column", "follows"),
    ("index", "ix_export_in_line"),
    ("index", "ix_export_aside"),
}


def run() -> None:
    url = context.config.attributes.get("database_url") or os.environ["DATABASE_URL"]
    with connect_once(url).connect() as connection:
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        take_turn(connection)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            compare_server_default=True,
            include_object=is_current,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


def take_turn(connection: Connection) -> None:
    """Wait until no other process migrates, without a snapshot that a concurrent index build would wait for."""
    while not connection.scalar(text("select pg_try_advisory_lock(hashtext('banqup-exact migrations'))")):
        connection.commit()
        time.sleep(0.1)
    connection.commit()


def is_current(item: SchemaItem, name: str | None, kind: str, reflected: bool, _: SchemaItem | None) -> bool:
    """Leave retired columns and indexes out of the comparison with the models."""
    return not (reflected and (kind, name) in RETIRED)


run()
