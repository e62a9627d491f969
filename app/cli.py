"""The command `banqup-exact`."""

import difflib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import log
from app.processes import doctor as examination
from app.processes import openapi, serving
from app.processes.serving import Part
from app.settings import SettingsError, load
from app.storage import schema
from app.storage.embedded_postgres import EmbeddedPostgresError

OPENAPI = Path("openapi.yaml")
THEIRS = {"ignore_unknown_options": True, "help_option_names": []}


class DatabaseSettings(BaseSettings):
    """All that a migration must be told."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    database_url: SecretStr | None = None


def _address(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--port", default=8000, show_default=True, help="Port to listen on.")(command)
    return click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")(command)


@click.group()
@click.version_option(package_name="banqup-exact")
def main() -> None:
    """Exports approved and sent Banqup documents to Exact Online as Peppol BIS Billing 3.0 UBL."""


@main.command()
@_address
def serve(host: str, port: int) -> None:
    """Run API and worker in one process."""
    _run(serving.api(host, port), serving.lanes)


@main.command()
@_address
def api(host: str, port: int) -> None:
    """Run the API; the worker runs elsewhere."""
    _run(serving.api(host, port))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where WORKER_PORT is opened.")
def worker(host: str) -> None:
    """Run a worker; any number of them share one database."""
    _run(serving.lanes, serving.worker_health(host))


@main.command()
def migrate() -> None:
    """Bring the database to the newest migration."""
    with _explained():
        schema.upgrade(serving.database_url(DatabaseSettings().database_url))
    click.echo(f"The database is at migration {schema.newest()}.")


@main.command()
def doctor() -> None:
    """Look over settings, database and remote hosts, and say what to do."""
    with _explained():
        settings = load()
        database_url = serving.database_url(settings.database_url)
    click.echo("✓ Settings: complete")
    findings = list(examination.examine(settings, database_url))
    for finding in findings:
        click.echo(f"{'✗' if finding.advice else '✓'} {finding.subject}: {finding.seen}")
        if finding.advice:
            click.echo(f"  → {finding.advice}")
    sys.exit(1 if any(finding.advice for finding in findings) else 0)


@main.command("openapi")
@click.option("--check", is_flag=True, help="Only compare openapi.yaml with the code.")
def describe(*, check: bool) -> None:
    """Write openapi.yaml from the code."""
    rendered = openapi.rendered()
    if not check:
        OPENAPI.write_text(rendered)
        return
    written = OPENAPI.read_text() if OPENAPI.exists() else ""
    if written != rendered:
        click.echo("".join(difflib.unified_diff(written.splitlines(True), rendered.splitlines(True), "file", "code")))
        raise click.ClickException("openapi.yaml is out of step with the code. Run: banqup-exact openapi")


@main.command(context_settings=THEIRS)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def sandbox(arguments: tuple[str, ...]) -> None:
    """Run the stand-ins of Exact Online and Banqup; --help tells their options."""
    _become("sandbox", arguments)


@main.command(context_settings=THEIRS)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def demo(arguments: tuple[str, ...]) -> None:
    """Show the whole way of documents from Banqup to Exact; --help tells the options."""
    _become("sandbox.demo", arguments)


def _run(*parts: Part) -> None:
    log.configure()
    with _explained():
        serving.run(load(), *parts)


def _become(module: str, arguments: tuple[str, ...]) -> NoReturn:
    """Another program, since the service and its stand-ins do not import each other."""
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - our own program, no shell


@contextmanager
def _explained() -> Iterator[None]:
    """Say what is missing instead of showing a traceback."""
    try:
        yield
    except (SettingsError, EmbeddedPostgresError) as error:
        raise click.ClickException(str(error)) from error
