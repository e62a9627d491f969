"""The command as people type it."""

import base64
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from app.storage import schema

COMMAND = Path(sys.executable).with_name("banqup-exact")
KEY = base64.b64encode(bytes(32)).decode()
DEAD = "http://127.0.0.1:9"
SETTINGS = {
    "PUBLIC_URL": "http://127.0.0.1",
    "SECRET_KEYS": KEY,
    "EXACT_APPS": '{"be": {"client_id": "a", "client_secret": "b"}}',
    "EXACT_BASE_URL": DEAD,
    "BANQUP_API_URL": DEAD,
    "BANQUP_CLIENT_ID": "a",
    "BANQUP_CLIENT_SECRET": "b",
    "WEBHOOK_SECRETS": f"whsec_{KEY}",
    "API_ISSUER": "a",
    "API_AUDIENCE": "b",
    "API_JWKS_URL": DEAD,
}


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_every_setting_that_is_missing_is_named(tmp_path: Path) -> None:
    outcome = run("worker", cwd=tmp_path)
    assert outcome.returncode == 1
    for name in ("PUBLIC_URL", "SECRET_KEYS", "EXACT_APPS", "BANQUP_API_URL", "API_ISSUER"):
        assert f"{name} is not set" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_migration_needs_the_address_of_the_database_only(tmp_path: Path, empty_database_url: str) -> None:
    outcome = run("migrate", cwd=tmp_path, DATABASE_URL=empty_database_url)
    assert outcome.stdout == f"The database is at migration {schema.newest()}.\n"
    assert schema.revision_of(empty_database_url) == schema.newest()


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_at_an_old_migration_is_refused(tmp_path: Path, empty_database_url: str, command: str) -> None:
    outcome = run(command, cwd=tmp_path, DATABASE_URL=empty_database_url, **SETTINGS)
    assert outcome.returncode == 1
    assert "Run: banqup-exact migrate" in outcome.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_answers_and_stops_when_it_is_told_to(
    tmp_path: Path, database_url: str, number: signal.Signals
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {**SETTINGS, "DATABASE_URL": database_url}
    command = [str(COMMAND), "serve", "--port", str(port)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE) as service:
        assert service.stderr
        for line in service.stderr:
            if b"Uvicorn running" in line:
                break
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
        os.kill(service.pid, number)
        rest = service.stderr.read()
    assert service.returncode == 0, rest


def test_the_sandbox_takes_arguments_of_its_own(tmp_path: Path) -> None:
    outcome = run("sandbox", "--help", cwd=tmp_path)
    assert outcome.returncode == 0
    assert "--exact-port" in outcome.stdout
