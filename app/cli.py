"""The command `banqup-exact`."""

import asyncio
import difflib
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn
from uuid import UUID

import click
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import log
from app.crypto import Sealer
from app.processes import doctor as examination
from app.processes import openapi, releasing, resealing, serving
from app.processes.ports import PortError
from app.processes.serving import LOCAL_DATABASE, Part, StartError
from app.settings import ENV_FILE, HIGHEST_PORT, PostgresUrl, SettingsError, explain, load, trusted
from app.storage import embedded_postgres, reach, schema
from app.storage.embedded_postgres import EmbeddedPostgresError
from app.storage.reach import DatabaseError

OPENAPI = Path("openapi.yaml")
THEIRS = {"ignore_unknown_options": True, "help_option_names": []}
NOT_RUNNING = 3  # as pg_ctl and systemctl say it
EXPLAINED = (SettingsError, DatabaseError, EmbeddedPostgresError, PortError, StartError)


class DatabaseSettings(BaseSettings):
    """All that a migration needs to know."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    database_url: PostgresUrl | None = None


def _address(command: Callable[..., None]) -> Callable[..., None]:
    port = click.option(
        "--port",
        type=click.IntRange(0, HIGHEST_PORT),
        default=8000,
        show_default=True,
        help="Port; 0 takes a free one.",
    )
    host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
    return host(port(command))


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="banqup-exact")
def main() -> None:
    """Export approved and sent Banqup documents to Exact Online as Peppol BIS Billing 3.0 UBL."""


def run() -> int:
    """Run the command line and return its exit status; raise KeyboardInterrupt on Ctrl-C."""
    try:
        return int(main(prog_name="banqup-exact", standalone_mode=False) or 0)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        error.show()
        return error.exit_code


@main.command()
@_address
def serve(host: str, port: int) -> None:
    """Run API and worker in one process."""
    _run(serving.api(host, port), serving.lanes)


@main.command()
@_address
def api(host: str, port: int) -> None:
    """Run the API alone."""
    _run(serving.api(host, port))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address for health and metrics on WORKER_PORT.")
def worker(host: str) -> None:
    """Run a worker; any number of them share one database."""
    _run(serving.lanes, serving.worker_health(host))


@main.command()
def migrate() -> None:
    """Migrate the database to the newest revision."""
    with _explained():
        named = _database_url()
        url = serving.database_url(named)
        with reach.explained(url):
            schema.upgrade(url)
            click.echo(f"The database is at migration {schema.revision_of(url)}.")
    _mention_own_database(named)


@main.command()
def doctor() -> None:
    """Check settings, database and remote hosts, and say what to do.

    The exit status is 0 if nothing needs doing.
    """
    with _explained():
        settings = load()
        database_url = serving.database_url(settings.database_url)
    click.echo("✓ Settings: complete")
    findings = []
    for finding in examination.examine(settings, database_url):
        findings.append(finding)
        click.echo(f"{'✗' if finding.advice else '✓'} {finding.subject}: {finding.seen}")
        if finding.advice:
            click.echo(f"  → {finding.advice}")
    _mention_own_database(settings.database_url)
    sys.exit(1 if any(finding.advice for finding in findings) else 0)


@main.group()
def keys() -> None:
    """Manage the keys that seal stored secrets."""


@keys.command()
def rotate() -> None:
    """Seal every stored secret with the first key of SECRET_KEYS.

    Run it while the service runs. The exit status is 1 if a secret could not be opened; it stays as it was.
    """
    with _explained():
        settings = load()
        url = serving.database_url(settings.database_url)
        with reach.explained(url):
            serving.expect_migrated(schema.revision_of(url))
            count = asyncio.run(resealing.reseal(url, Sealer(settings.sealing_keys)))
    click.echo(f"The first key of SECRET_KEYS seals {count.done} stored secrets.")
    if count.unopened:
        click.echo(f"No listed key opens {count.unopened}: they stay as they were. Put their key back, then run again.")
        sys.exit(1)


@main.group()
def database() -> None:
    """Show or stop the local Postgres.

    It runs in .data/postgres if DATABASE_URL is not set, and outlives the service.
    """


@database.command()
def status() -> None:
    """Show whether it runs; the exit status is 3 if it does not."""
    with _explained():
        port = embedded_postgres.running_port(LOCAL_DATABASE)
    if port is None:
        click.echo(f"No Postgres runs in {LOCAL_DATABASE}.")
        sys.exit(NOT_RUNNING)
    click.echo(f"Postgres runs in {LOCAL_DATABASE} on 127.0.0.1:{port}.")


@database.command()
@click.option("--force", is_flag=True, help="Stop it under a running service, which starts it again.")
def stop(*, force: bool) -> None:
    """Stop it; the data stay."""
    with _explained():
        if not force and (count := embedded_postgres.open_connections(LOCAL_DATABASE)):
            raise click.ClickException(f"It has {count} connections. Stop the service first, or add --force.")
        ran = embedded_postgres.stop(LOCAL_DATABASE)
    click.echo(f"Stopped. The data stay in {LOCAL_DATABASE}." if ran else f"No Postgres runs in {LOCAL_DATABASE}.")


@main.group()
def clients() -> None:
    """Correct which Partner Space has a client."""


@clients.command()
@click.argument("business_space_id", type=click.UUID)
def release(business_space_id: UUID) -> None:
    """End the client's activation, so that another Partner Space can activate it.

    Its queued documents are recorded as not exported, and the release in the audit log.
    """
    with _explained():
        url = serving.database_url(_database_url())
        with reach.explained(url):
            partner_space_id = asyncio.run(releasing.release_client(url, business_space_id))
    if partner_space_id is None:
        raise click.ClickException(f"The client {business_space_id} is not active.")
    click.echo(f"Released the client {business_space_id} from the Partner Space {partner_space_id}.")


@main.command("openapi")
@click.option("--check", is_flag=True, help="Only compare openapi.yaml with the code.")
def describe(*, check: bool) -> None:
    """Write openapi.yaml from the code."""
    rendered = openapi.rendered()
    with _explained():
        if not check:
            OPENAPI.write_text(rendered)
            return
        written = OPENAPI.read_text() if OPENAPI.exists() else ""
    if written != rendered:
        click.echo("".join(difflib.unified_diff(written.splitlines(True), rendered.splitlines(True), "file", "code")))
        raise click.ClickException("openapi.yaml does not match the code. Run: banqup-exact openapi")


@main.command(context_settings=THEIRS)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def sandbox(arguments: tuple[str, ...]) -> None:
    """Run stand-ins for Exact Online and Banqup."""
    _become("sandbox", arguments)


@main.command(context_settings=THEIRS)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def demo(arguments: tuple[str, ...]) -> None:
    """Show documents on their way from Banqup to Exact."""
    _become("sandbox.demo", arguments)


def _run(*parts: Part) -> None:
    log.configure()
    with _explained():
        settings = load()
        try:
            serving.run(settings, *parts)
        finally:
            _mention_own_database(settings.database_url)


def _database_url() -> SecretStr | None:
    try:
        return DatabaseSettings(_env_file=trusted(ENV_FILE)).database_url  # type: ignore[call-arg]
    except ValidationError as error:
        raise SettingsError(explain(error)) from None


def _mention_own_database(named: SecretStr | None) -> None:
    if named is None and embedded_postgres.running_port(LOCAL_DATABASE):
        click.echo(f"Postgres still runs in {LOCAL_DATABASE}. To stop it: banqup-exact database stop", err=True)


def _become(module: str, arguments: tuple[str, ...]) -> NoReturn:
    """Replace this process by another program, since the service and its sandbox do not import each other."""
    if importlib.util.find_spec("sandbox") is None:
        raise click.ClickException(
            "The sandbox and the demo are not installed here: they come with a checkout of the project."
        )
    with _explained():
        os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - our own program, no shell


@contextmanager
def _explained() -> Iterator[None]:
    """Say what is wrong instead of showing a traceback."""
    try:
        yield
    except EXPLAINED as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'This'} cannot be used: {error.strerror}.") from error
