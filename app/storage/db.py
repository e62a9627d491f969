"""The connection to Postgres: one engine, one session maker."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

Sessions = async_sessionmaker[AsyncSession]


FOREVER = datetime.max.replace(tzinfo=UTC)
NEVER = datetime.min.replace(tzinfo=UTC)


class _Timestamptz(TimestamptzLoader):
    """Reads Postgres' infinities, *never* and *always* in our tables, as the ends of Python's time."""

    def load(self, data: Buffer) -> datetime:
        match bytes(data):
            case b"infinity":
                return FOREVER
            case b"-infinity":
                return NEVER
            case _:
                return super().load(data)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class _Text(StrDumperUnknown):
    """Writes the replacement character for NUL and lone surrogates, which Postgres cannot store."""

    def dump(self, obj: str) -> Buffer | None:
        try:
            return super().dump(obj)
        except (psycopg.DataError, UnicodeEncodeError):
            return super().dump(_UNSTORABLE.sub("\ufffd", obj))


def to_json(value: Any) -> str:
    """Return JSON that Postgres can store: without NUL and lone surrogates, as `_Text` has it."""
    text = json.dumps(value, ensure_ascii=False)
    cleaned = _ESCAPED_NUL.sub(lambda found: found[1] + "\ufffd", text)
    return _UNSTORABLE.sub("\ufffd", cleaned)


_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")

_ADAPTERS = AdaptersMap(psycopg.adapters)
_ADAPTERS.register_loader("timestamptz", _Timestamptz)
_ADAPTERS.register_dumper(str, _Text)

CONNECT_WITHIN = 5  # seconds
# A statement that waits longer for a lock is stuck behind a session that should not exist.
_OPTIONS = "-c lock_timeout=30s -c idle_in_transaction_session_timeout=120s"


def driver_url(database_url: str) -> str:
    """Return the URL with our driver in its scheme."""
    scheme, separator, rest = database_url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in {"postgres", "postgresql"} else database_url


def connect(database_url: str, *, pool_size: int = 20) -> AsyncEngine:
    """Return an engine for `postgresql://…`; it connects on first use."""
    return create_async_engine(
        driver_url(database_url),
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=10,
        pool_recycle=1800,
        json_serializer=to_json,
        hide_parameters=True,  # row values stay out of error texts
        connect_args={
            "options": _OPTIONS,
            "connect_timeout": CONNECT_WITHIN,
            "client_encoding": "utf8",
            "tcp_user_timeout": 15_000,  # a server that vanished silently is away, not slow
            "context": _ADAPTERS,
        },
    )


def connect_once(database_url: str) -> Engine:
    """Return an engine for a single task: it keeps no connection and times out after seconds."""
    return create_engine(
        driver_url(database_url),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": CONNECT_WITHIN, "client_encoding": "utf8"},
    )


def sessions(engine: AsyncEngine) -> Sessions:
    """Return a session maker; objects stay readable after the commit. A step calls `sessions.begin()`."""
    return async_sessionmaker(engine, expire_on_commit=False)


# SQLSTATE 25006: a demoted primary, or a replica that is not promoted yet.
# SQLSTATE 25P03: the server cut a connection whose process was frozen within a transaction.
_AWAY = (
    psycopg.OperationalError | psycopg.errors.ReadOnlySqlTransaction | psycopg.errors.IdleInTransactionSessionTimeout
)


def is_away(error: BaseException) -> bool:
    """Return whether the database cannot be reached, went away during the statement, or is read-only (failover)."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error.orig, _AWAY)
    return isinstance(error, PoolTimeout | ConnectionError | _AWAY)


@asynccontextmanager
async def opened(database_url: str, *, pool_size: int = 20) -> AsyncIterator[Sessions]:
    """Open a session maker for as long as the block runs."""
    engine = connect(database_url, pool_size=pool_size)
    try:
        yield sessions(engine)
    finally:
        await engine.dispose()
