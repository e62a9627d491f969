"""Why a database cannot be used: one sentence with the cause and what to do, and never a password."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError

from app.storage import db

_POSTGRES_PORT = 5432


class DatabaseError(Exception):
    """The database cannot be used; `lasts` says that waiting will not help."""

    def __init__(self, sentence: str, *, lasts: bool) -> None:
        super().__init__(sentence)
        self.lasts = lasts


@dataclass(frozen=True, kw_only=True)
class _Cause:
    """What Postgres, libpq or the resolver says, and what it means; `{0}` is the first group of the pattern."""

    pattern: str
    sentence: str
    lasts: bool = True


# The server's own words come in its language: what is not known here is quoted.
_CAUSES = (
    _Cause(
        pattern="password authentication failed",
        sentence="Postgres at {place} refuses user {user} or the password. Correct DATABASE_URL.",
    ),
    _Cause(
        pattern='role "(.*)" does not exist',
        sentence="Postgres at {place} has no user {0}. Create it, or correct DATABASE_URL.",
    ),
    _Cause(
        pattern='database "(.*)" does not exist',
        sentence="Postgres at {place} has no database {0}. Create it, or correct DATABASE_URL.",
    ),
    _Cause(
        pattern="no pg_hba.conf entry",
        sentence="Postgres at {place} does not let user {user} in from this machine. Allow it in pg_hba.conf.",
    ),
    _Cause(
        pattern='invalid (?:connection option|URI query parameter:) "(.*)"',
        sentence="DATABASE_URL has a parameter that Postgres does not know: {0}.",
    ),
    _Cause(
        pattern="Name or service not known|nodename nor servname|No address associated",
        sentence="The host {host} is unknown. Correct DATABASE_URL.",
    ),
    _Cause(
        pattern="Connection refused",
        sentence="Nothing listens at {place}. Start Postgres, or correct DATABASE_URL.",
        lasts=False,
    ),
    _Cause(
        pattern="No such file or directory",
        sentence="No Postgres listens on this machine's socket. Start Postgres, or name a host in DATABASE_URL.",
        lasts=False,
    ),
    _Cause(
        pattern="timeout expired|timed out|No route to host|Network is unreachable",
        sentence="{place} does not answer. Check the network, or correct DATABASE_URL.",
        lasts=False,
    ),
)

_REFUSALS = {
    psycopg.errors.LockNotAvailable: "Another session holds a lock on a table. Nothing has changed: run this again.",
    psycopg.errors.InsufficientPrivilege: "The database user lacks a right: {said}. Grant it, then run this again.",
    psycopg.errors.ReadOnlySqlTransaction: "The database is read-only. Name the primary server in DATABASE_URL.",
}


@contextmanager
def explained(database_url: str) -> Iterator[None]:
    """Raise `DatabaseError` instead of what the driver raises when the database is away or refuses; faults stay."""
    try:
        yield
    except DBAPIError as error:
        if sentence := _refusal(error.orig):
            raise DatabaseError(sentence, lasts=True) from error
        if _never_reached(error.orig) or db.is_away(error):
            raise _why(error.orig, make_url(database_url)) from error
        raise


def said(error: BaseException) -> str:
    """Return the driver's own words, for a log: they name host, port and user, and neither password nor values."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return str(origin).partition("\n")[0] or type(origin).__name__


def _never_reached(error: BaseException | None) -> bool:
    """Whether libpq gave up before it asked a server, which would have answered with an SQLSTATE."""
    return isinstance(error, psycopg.ProgrammingError) and error.sqlstate is None


def _refusal(error: BaseException | None) -> str | None:
    for kind, sentence in _REFUSALS.items():
        if isinstance(error, kind):
            return sentence.format(said=said(error))
    return None


def _why(error: BaseException | None, url: URL) -> DatabaseError:
    text = str(error)
    place = f"{url.host}:{url.port or _POSTGRES_PORT}" if url.host else "this machine's socket"
    words = {"place": place, "host": url.host, "user": url.username or "of this process"}
    for cause in _CAUSES:
        if match := re.search(cause.pattern, text):
            return DatabaseError(cause.sentence.format(*match.groups(), **words), lasts=cause.lasts)
    unknown = text.partition("\n")[0].rpartition("failed: ")[2]
    return DatabaseError(f"Postgres at {place} cannot be used: {unknown}", lasts=False)
