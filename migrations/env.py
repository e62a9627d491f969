"""Runs the migrations on the database that the caller names, else on the one of the settings."""

import os

from alembic import context
from sqlalchemy import text

from app.storage.db import connect_once
from app.storage.models import Base

# A migration that cannot get its lock gives up instead of making the whole service queue behind it.
LOCK_TIMEOUT = "5s"


def run() -> None:
    url = context.config.attributes.get("database_url") or os.environ["DATABASE_URL"]
    with connect_once(url).connect() as connection:
        connection.execute(text(f"set lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text("select pg_advisory_lock(hashtext('banqup-exact migrations'))"))
        connection.commit()
        context.configure(connection=connection, target_metadata=Base.metadata, compare_server_default=True)
        with context.begin_transaction():
            context.run_migrations()


run()
