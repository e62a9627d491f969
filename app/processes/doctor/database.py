"""The database: reached, fit for us, migrated, and with secrets that our keys open."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from app.crypto import Sealer
from app.exact.sealed_pair import SEALED_FOR_COLUMN
from app.processes.doctor.finding import Finding, clock
from app.queries.sealed import BY_KEY
from app.storage import db, reach, schema
from app.storage.reach import DatabaseError

_OLDEST = 140_000  # Postgres 14, as the server numbers it
_STEP = text("select exists (select from completed_step where name = :step)")
_SERVER = """select current_setting('server_version_num')::int, current_setting('server_version'),
    current_setting('server_encoding'), current_setting('transaction_read_only'), now()"""


def check(url: str, *, is_own: bool, sealer: Sealer) -> Iterator[Finding]:
    """Check the database; of one that cannot be reached, report just that."""
    try:
        with reach.explained(url), db.connect_once(url).connect() as connection:
            yield from _reached(connection, is_own=is_own, sealer=sealer)
    except DatabaseError as error:
        cause, _, advice = str(error).partition(". ")
        yield Finding("Database", cause, advice or "Correct DATABASE_URL; without it the service starts its own.")


def _reached(connection: Connection, *, is_own: bool, sealer: Sealer) -> Iterator[Finding]:
    number, version, encoding, read_only, now = connection.execute(text(_SERVER)).one()
    yield _server(number, version, encoding, read_only)
    revision = schema.current(connection)
    yield _migrations(revision, is_own=is_own)
    if not schema.is_behind(revision):
        yield _secrets(connection, sealer)
        yield from _outstanding_step(connection)
    yield clock("the database", now)


def _server(number: int, version: str, encoding: str, read_only: str) -> Finding:
    seen = f"reachable, Postgres {version}, encoding {encoding}"
    if number < _OLDEST:
        return Finding("Database", seen, "Upgrade to Postgres 14 or newer.")
    if encoding != "UTF8":
        return Finding("Database", seen, "Create it with the encoding UTF8: names on invoices need it.")
    if read_only == "on":
        return Finding("Database", f"{seen}, read-only", "Name the primary server in DATABASE_URL, not a replica.")
    return Finding("Database", seen)


def _migrations(revision: str | None, *, is_own: bool) -> Finding:
    if not schema.is_behind(revision):
        return Finding("Migrations", f"at {revision}")
    seen = f"at {revision or 'none'}"
    if is_own:
        return Finding("Migrations", f"{seen}; the service migrates it at its start")
    return Finding("Migrations", f"{seen}, not at {schema.newest()}", "Run: banqup-exact migrate")


def _outstanding_step(connection: Connection) -> Iterator[Finding]:
    """Name the step of the upgrade that only the operator can complete."""
    if connection.scalar(_STEP, {"step": SEALED_FOR_COLUMN}):
        return
    seen = "tokens are still sealed so that the previous version can open them"
    yield Finding("Upgrade", seen, "Once all processes of that version have stopped, run: banqup-exact keys rotate")


def _secrets(connection: Connection, sealer: Sealer) -> Finding:
    """Compare the IDs of the keys that sealed with those that SECRET_KEYS lists."""
    counts = connection.execute(text(BY_KEY)).all()
    lost = sum(count for key_id, count in counts if not sealer.knows(key_id))
    if lost:
        seen = f"{lost} {'is' if lost == 1 else 'are'} sealed with a key that SECRET_KEYS does not list"
        return Finding("Secrets at rest", seen, "Put that key back into SECRET_KEYS and restart; nothing is lost.")
    return Finding("Secrets at rest", f"SECRET_KEYS opens all {sum(count for _, count in counts)}")
