"""A database that is read-only for a while, as at a failover: its connections are cut."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from sqlalchemy import make_url

Server = psycopg.Connection[tuple[object, ...]]


@contextmanager
def read_only(server: Server, database_url: str) -> Iterator[None]:
    """Let the database refuse to write while the block runs."""
    name = make_url(database_url).database or ""
    _switch(server, name, "on")
    try:
        yield
    finally:
        _switch(server, name, "off")


def _switch(server: Server, name: str, value: str) -> None:
    command = sql.SQL("alter database {} set default_transaction_read_only = {}")
    server.execute(command.format(sql.Identifier(name), sql.Identifier(value)))
    server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])
