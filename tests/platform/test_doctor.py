"""What `banqup-exact doctor` finds."""

import base64
import re
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from app.processes import doctor
from app.settings import Settings
from tests.configuration import settings_of

DEAD = "http://127.0.0.1:9"
KEY = base64.b64encode(bytes(32)).decode()


class LateByAnHour(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return super().date_time_string(time.time() - 3600)

    def log_message(self, *arguments: Any) -> None:
        return


@pytest.fixture
def late_host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), LateByAnHour) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def settings(**changes: Any) -> Settings:
    values = {
        "public_url": "https://connector.example",
        "secret_keys": KEY,
        "exact_apps": {"be": {"client_id": "a", "client_secret": "b"}},
        "exact_base_url": DEAD,
        "banqup_api_url": DEAD,
        "banqup_client_id": "a",
        "banqup_client_secret": "b",
        "webhook_secrets": f"whsec_{KEY},whsec_{KEY}",
        "api_issuer": "a",
        "api_audience": "b",
        "api_jwks_url": DEAD,
    }
    return settings_of(values | changes)


def found(settings: Settings, database_url: str) -> dict[str, doctor.Finding]:
    return {finding.subject: finding for finding in doctor.examine(settings, database_url)}


def test_a_migrated_database_and_whole_settings_need_nothing(database_url: str) -> None:
    findings = found(settings(), database_url)
    right = {subject for subject, finding in findings.items() if not finding.advice}
    assert right == {"Database", "Migrations", "Clock", "Redirect address", "Webhook messages"}
    assert "2 secret(s)" in findings["Webhook messages"].seen


def test_an_empty_database_is_told_to_migrate(empty_database_url: str) -> None:
    assert found(settings(), empty_database_url)["Migrations"].advice == "Run: banqup-exact migrate"


def test_a_database_that_is_away_is_the_only_finding_about_it(database_url: str) -> None:
    findings = found(settings(), database_url.rpartition("/")[0] + "/nowhere")
    assert "DATABASE_URL" in findings["Database"].advice
    assert "Migrations" not in findings


def test_a_host_that_does_not_answer_is_named_with_its_setting(database_url: str) -> None:
    findings = found(settings(), database_url)
    assert "EXACT_BASE_URL" in findings["Exact Online be"].advice
    assert "BANQUP_API_URL" in findings["Banqup's API"].advice
    assert "API_JWKS_URL" in findings["Keys of the API's callers"].advice


def test_a_clock_that_is_off_is_seen_by_what_others_say(database_url: str, late_host: str) -> None:
    clock = found(settings(exact_base_url=late_host), database_url)["Clock"]
    assert re.fullmatch(r"\+36\d\d s from Exact Online be", clock.seen)
    assert "NTP" in clock.advice


def test_a_plain_public_url_is_not_for_the_world(database_url: str) -> None:
    finding = found(settings(public_url="http://connector.example"), database_url)["Redirect address"]
    assert "https" in finding.advice
    assert "http://connector.example/oauth/exact-online/callback" in finding.seen
