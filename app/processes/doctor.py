"""Looks over an installation of the service: what must be right, and what to do where it is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import psycopg

from app.settings import Settings
from app.storage import schema

# Webhooks are refused at five minutes; a clock this far off is about to matter.
TOLERATED_SKEW = timedelta(seconds=30)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `advice` is empty where it is right."""

    subject: str
    seen: str
    advice: str = ""


def examine(settings: Settings, database_url: str) -> Iterator[Finding]:
    """Look at everything, the most basic first; nothing is changed."""
    yield from _database(database_url)
    yield _public_url(settings)
    yield _webhooks(settings)
    for country in settings.exact_apps:
        yield from _remote(f"Exact Online {country}", settings.exact_host(country), "EXACT_BASE_URL")
    yield from _remote("Banqup's API", settings.banqup_api_url, "BANQUP_API_URL")
    yield from _remote("Keys of the API's callers", settings.api_jwks_url, "API_JWKS_URL")


def _database(database_url: str) -> Iterator[Finding]:
    try:
        plain_url = database_url.replace("+psycopg", "", 1)
        with psycopg.connect(plain_url, connect_timeout=5) as connection:
            there = connection.execute("select now()").fetchone()
    except psycopg.Error as error:
        advice = "Start Postgres, or correct DATABASE_URL; without it the service starts its own."
        yield Finding("Database", f"not reachable ({type(error).__name__})", advice)
        return
    yield Finding("Database", "reachable")
    yield _migrations(database_url)
    assert there, "now() is always one row"
    yield _clock("the database", there[0])


def _migrations(database_url: str) -> Finding:
    revision = schema.revision_of(database_url)
    if schema.is_behind(revision):
        return Finding("Migrations", f"at {revision or 'none'}, not at {schema.newest()}", "Run: banqup-exact migrate")
    return Finding("Migrations", f"at {revision}")


def _public_url(settings: Settings) -> Finding:
    advice = "" if settings.public_url.startswith("https://") else "Exact and Banqup call from outside: use https."
    return Finding("Redirect address", f"{settings.oauth_redirect_uri} (register exactly this with Exact)", advice)


def _webhooks(settings: Settings) -> Finding:
    if settings.webhook_auth == "jwt":
        return Finding("Webhook messages", f"verified as JWT with the keys at {settings.webhook_jwks_url}")
    return Finding("Webhook messages", f"verified with {len(settings.webhook_secrets)} secret(s)")


def _remote(subject: str, url: str, setting: str) -> Iterator[Finding]:
    try:
        answer = httpx.get(url, timeout=10)
    except httpx.HTTPError as error:
        advice = f"Check {setting} and whether this machine may reach that host."
        yield Finding(subject, f"{url} does not answer ({type(error).__name__})", advice)
        return
    yield Finding(subject, f"{url} answers")
    if "date" in answer.headers:
        yield _clock(subject, parsedate_to_datetime(answer.headers["date"]))


def _clock(whose: str, there: datetime) -> Finding:
    skew = datetime.now(UTC) - there
    seen = f"{skew.total_seconds():+.0f} s from {whose}"
    return Finding("Clock", seen, "Set this machine's clock by NTP." if abs(skew) > TOLERATED_SKEW else "")
