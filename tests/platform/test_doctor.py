"""What `banqup-exact doctor` finds."""

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url, text
from sqlalchemy.orm import Session

from app.crypto import Sealer
from app.processes import doctor
from app.processes.doctor import Finding
from app.settings import Settings
from app.storage import db
from app.storage.models import Installation, NotificationTarget
from sandbox.running import Sandbox, running
from tests.api.issuing import rsa, weak_rsa
from tests.configuration import settings_of

pytestmark = pytest.mark.slow

DEAD = "http://127.0.0.1:9"
KEY, OTHER_KEY = bytes(32), bytes(range(32))
CALLERS, BANQUP, EXACT = "Keys of the API's callers", "Banqup", "Exact Online be"
Serve = Callable[..., str]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running(redirect_uris=["https://connector.example/oauth/exact-online/callback"]) as sandbox:
        yield sandbox


@contextmanager
def host(status: int, body: bytes, *, late: float = 0.0) -> Iterator[str]:
    """A host that answers every request like this, with a clock that is this many seconds late."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.do_GET()

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(time.time() - late)

        def log_message(self, *arguments: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts hosts that end with the test."""
    with ExitStack() as stack:
        yield lambda status, body=b"", **more: stack.enter_context(host(status, body, **more))


def settings(sandbox: Sandbox, **changes: Any) -> Settings:
    values: dict[str, Any] = {name.lower(): value for name, value in sandbox.environment().items()}
    values |= {"exact_apps": json.loads(values["exact_apps"]), "database_url": "postgresql:///named"}
    values |= {"public_url": "https://connector.example", "secret_keys": base64.b64encode(KEY).decode()}
    return settings_of(values | changes)


def found(settings: Settings, database_url: str) -> dict[str, Finding]:
    return {finding.subject: finding for finding in doctor.examine(settings, database_url)}


def advice(settings: Settings, database_url: str, subject: str) -> str:
    """What is to be done about this subject, which must be the only one with something to do."""
    to_do = {finding.subject: finding for finding in found(settings, database_url).values() if finding.advice}
    assert list(to_do) == [subject]
    return f"{to_do[subject].seen} → {to_do[subject].advice}"


def test_where_all_is_right_there_is_nothing_to_do(sandbox: Sandbox, database_url: str) -> None:
    findings = found(settings(sandbox), database_url)
    assert {subject: finding.advice for subject, finding in findings.items() if finding.advice} == {}
    subjects = {
        "Database",
        "Migrations",
        "Secrets at rest",
        "Redirect address",
        "Webhook messages",
        "Whose client it is",
        "Clock",
    }
    assert findings.keys() == subjects | {EXACT, BANQUP, CALLERS}
    assert findings[BANQUP].seen.endswith("issued a token")
    assert findings[CALLERS].seen.startswith("1 key at ")


# The database


def test_an_empty_database_has_to_be_migrated(sandbox: Sandbox, empty_database_url: str) -> None:
    said = advice(settings(sandbox), empty_database_url, "Migrations")
    assert said.startswith("at none, not at ")
    assert said.endswith(" → Run: banqup-exact migrate")


def test_an_empty_database_of_our_own_is_migrated_by_the_service(sandbox: Sandbox, empty_database_url: str) -> None:
    findings = found(settings(sandbox, database_url=None), empty_database_url)
    assert findings["Migrations"] == Finding("Migrations", "at none; the service migrates it at its start")


def test_a_database_that_cannot_be_reached_is_the_only_finding_about_it(sandbox: Sandbox, database_url: str) -> None:
    nowhere = database_url.rpartition("/")[0] + "/nowhere"
    assert "has no database nowhere" in advice(settings(sandbox), nowhere, "Database")
    assert "Migrations" not in found(settings(sandbox), nowhere)


def test_a_database_with_another_encoding_is_refused(
    sandbox: Sandbox, database_url: str, postgres: psycopg.Connection[tuple[object, ...]]
) -> None:
    url = make_url(database_url)
    name = sql.Identifier(f"{url.database}_ascii")
    command = "create database {} template template0 encoding 'SQL_ASCII' locale 'C'"
    postgres.execute(sql.SQL(command).format(name))
    try:
        wrong = url.set(database=f"{url.database}_ascii").render_as_string(hide_password=False)
        seen = found(settings(sandbox), wrong)["Database"]
    finally:
        postgres.execute(sql.SQL("drop database {} with (force)").format(name))
    assert "encoding SQL_ASCII" in seen.seen
    assert "UTF8" in seen.advice


def test_a_database_that_is_read_only_is_refused(sandbox: Sandbox, database_url: str) -> None:
    replica = make_url(database_url).update_query_dict({"options": "-c default_transaction_read_only=on"})
    said = advice(settings(sandbox), replica.render_as_string(hide_password=False), "Database")
    assert "read-only" in said
    assert "primary" in said


def test_secrets_that_no_listed_key_opens_are_counted(sandbox: Sandbox, database_url: str) -> None:
    sealed = Sealer([OTHER_KEY]).seal("secret", row="1")
    with Session(db.connect_once(database_url)) as session, session.begin():
        installation = Installation(partner_space_id=uuid4(), country="be", permissions=[])
        session.add(installation)
        session.flush()
        session.add(NotificationTarget(installation_id=installation.id, url="https://partner.example", secret=sealed))
    assert advice(settings(sandbox), database_url, "Secrets at rest").startswith(
        "1 is sealed with a key that SECRET_KEYS does not list → "
    )
    both = ",".join(base64.b64encode(key).decode() for key in (KEY, OTHER_KEY))
    assert not found(settings(sandbox, secret_keys=both), database_url)["Secrets at rest"].advice


def test_the_step_that_ends_an_upgrade_is_mentioned_until_it_is_taken(sandbox: Sandbox, database_url: str) -> None:
    with db.connect_once(database_url).begin() as connection:
        connection.execute(text("delete from completed_step"))
    assert "banqup-exact keys rotate" in advice(settings(sandbox), database_url, "Upgrade")


# The hosts


def test_a_wrong_secret_at_banqup_is_found(sandbox: Sandbox, database_url: str) -> None:
    said = advice(settings(sandbox, banqup_client_secret="wrong"), database_url, BANQUP)
    assert "BANQUP_CLIENT_ID" in said
    assert "BANQUP_CLIENT_SECRET" in said
    assert "wrong" not in said


@pytest.mark.parametrize(("status", "body"), [(404, b"nothing here"), (200, b"<html>"), (200, b"{}"), (503, b"")])
def test_a_host_that_issues_no_token_is_not_taken_for_banqup(
    sandbox: Sandbox, database_url: str, serve: Serve, status: int, body: bytes
) -> None:
    url = serve(status, body)
    said = advice(settings(sandbox, banqup_api_url=url), database_url, BANQUP)
    assert url in said
    assert "BANQUP_API_URL" in said


@pytest.mark.parametrize("setting", ["api_jwks_url", "webhook_jwks_url"])
@pytest.mark.parametrize(
    ("status", "body", "seen"),
    [
        (404, b"{}", "answered 404"),
        (200, b"<html>", "no key set"),
        (200, b"[]", "no key set"),
        (200, b'{"keys": []}', "no usable key"),
        (200, b'{"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}', "no usable key"),
        (200, b'{"keys": [{"kty": "RSA", "n": "x"}]}', "no usable key"),
    ],
)
def test_an_address_without_keys_is_found(
    sandbox: Sandbox, database_url: str, serve: Serve, setting: str, status: int, body: bytes, seen: str
) -> None:
    url = serve(status, body)
    changes = {"webhook_auth": "jwt", "webhook_jwks_url": sandbox.jwks_url} | {setting: url}
    subject = CALLERS if setting == "api_jwks_url" else "Keys of the webhook messages"
    said = advice(settings(sandbox, **changes), database_url, subject)
    assert seen in said
    assert url in said
    assert setting.upper() in said


def test_keys_that_come_over_plain_http_from_elsewhere_are_not_trusted(sandbox: Sandbox, database_url: str) -> None:
    finding = found(settings(sandbox, api_jwks_url="http://192.0.2.1:9/keys"), database_url)[CALLERS]
    assert "https" in finding.advice


def test_an_app_that_exact_does_not_know_is_found(sandbox: Sandbox, database_url: str) -> None:
    apps = {"be": {"client_id": "stranger", "client_secret": "x"}}
    said = advice(settings(sandbox, exact_apps=apps), database_url, EXACT)
    assert "EXACT_APPS" in said


def test_a_redirect_address_that_is_not_registered_is_found(sandbox: Sandbox, database_url: str) -> None:
    said = advice(settings(sandbox, public_url="https://other.example"), database_url, EXACT)
    assert "register https://other.example/oauth/exact-online/callback" in said


@pytest.mark.parametrize("status", [404, 500])
def test_a_host_that_is_not_exact_is_found(sandbox: Sandbox, database_url: str, serve: Serve, status: int) -> None:
    url = serve(status)
    said = advice(settings(sandbox, exact_base_url=url), database_url, EXACT)
    assert f"{url} answered {status}" in said
    assert "EXACT_BASE_URL" in said


def test_a_host_that_does_not_answer_is_named_with_the_cause_and_its_setting(
    sandbox: Sandbox, database_url: str
) -> None:
    dead = settings(sandbox, exact_base_url=DEAD, banqup_api_url=DEAD, api_jwks_url=DEAD)
    findings = found(dead, database_url)
    for subject, setting in ((EXACT, "EXACT_BASE_URL"), (BANQUP, "BANQUP_API_URL"), (CALLERS, "API_JWKS_URL")):
        assert findings[subject].seen == f"{DEAD} does not answer: Connection refused"
        assert setting in findings[subject].advice


def test_a_host_without_a_trusted_certificate_is_named_with_the_cause(
    sandbox: Sandbox, database_url: str, serve: Serve
) -> None:
    url = serve(200).replace("http://", "https://")
    finding = found(settings(sandbox, exact_base_url=url), database_url)[EXACT]
    assert re.search("does not answer: .*(SSL|TLS)", finding.seen)


def test_a_clock_that_is_off_is_seen_by_what_others_say(sandbox: Sandbox, database_url: str, serve: Serve) -> None:
    url = serve(200, late=3600)
    findings = doctor.examine(settings(sandbox, exact_base_url=url), database_url)
    [clock] = [finding for finding in findings if finding.subject == "Clock" and finding.advice]
    assert re.fullmatch(rf"\+36\d\d s from {url.removeprefix('http://')}", clock.seen)
    assert "NTP" in clock.advice


# Where we are


def test_a_plain_public_url_is_not_for_the_world(sandbox: Sandbox, database_url: str) -> None:
    finding = found(settings(sandbox, public_url="http://connector.example"), database_url)["Redirect address"]
    assert "https" in finding.advice
    assert "http://connector.example/oauth/exact-online/callback" in finding.seen


def test_a_plain_public_url_on_loopback_is_right_beside_the_sandbox_only(sandbox: Sandbox, database_url: str) -> None:
    beside = settings(sandbox, public_url="http://127.0.0.1:8000")
    assert not found(beside, database_url)["Redirect address"].advice
    real = settings(sandbox, public_url="http://127.0.0.1:8000", exact_base_url=None)
    findings = doctor.examine(real, database_url)
    assert "https" in next(one.advice for one in findings if one.subject == "Redirect address")


def test_webhook_secrets_are_counted_and_not_shown(sandbox: Sandbox, database_url: str) -> None:
    two = f"{sandbox.webhook_secret},whsec_{base64.b64encode(KEY).decode()}"
    assert found(settings(sandbox, webhook_secrets=two), database_url)["Webhook messages"].seen == (
        "verified with 2 secrets"
    )


def test_what_a_messages_token_must_say_is_shown(sandbox: Sandbox, database_url: str) -> None:
    finding = found(settings(sandbox, webhook_auth="jwt"), database_url)["Webhook messages"]
    assert f"issuer {sandbox.issuer}, audience banqup-exact-webhooks, typ webhook+jwt" in finding.seen
    assert not finding.advice


def test_a_type_that_any_token_may_have_is_called_weak(sandbox: Sandbox, database_url: str) -> None:
    said = advice(settings(sandbox, webhook_auth="jwt", webhook_typ="JWT"), database_url, "Webhook messages")
    assert "WEBHOOK_TYP is weak" in said


def test_a_weak_key_of_an_issuer_is_named(sandbox: Sandbox, database_url: str, serve: Serve) -> None:
    published = [rsa("good").as_dict(private=False), weak_rsa("short", bits=1024).as_dict(private=False)]
    url = serve(200, json.dumps({"keys": published}).encode())
    changes = {"webhook_auth": "jwt", "webhook_jwks_url": url}
    said = advice(settings(sandbox, **changes), database_url, "Keys of the webhook messages")
    assert "short is RSA with 1024 bits" in said
    assert "WEBHOOK_JWKS_URL" in said


def test_nothing_is_changed(sandbox: Sandbox, empty_database_url: str, tmp_path: Path) -> None:
    found(settings(sandbox), empty_database_url)
    with db.connect_once(empty_database_url).connect() as connection:
        assert connection.execute(text("select count(*) from pg_tables where schemaname = 'public'")).scalar() == 0


def test_trusting_every_caller_is_called_by_name(sandbox: Sandbox, database_url: str) -> None:
    trusting = settings(sandbox, banqup_clients=False, api_clients="trusted")
    said = advice(trusting, database_url, "Whose client it is")
    assert "BANQUP_CLIENTS" in said
    assert "API_CLIENTS_CLAIM" in said
