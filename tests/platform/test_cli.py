"""The command as people type it."""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import make_url, select, text
from sqlalchemy.orm import Session

from app import cli
from app.crypto import Sealer
from app.processes.serving import LOCAL_DATABASE
from app.storage import db, embedded_postgres, schema
from app.storage.models import Installation, NotificationTarget

pytestmark = pytest.mark.slow

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
    "API_CLIENTS": "trusted",
}


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def refusal(*arguments: str, cwd: Path, **environment: str) -> str:
    """The one sentence with which a command ends."""
    outcome = run(*arguments, cwd=cwd, **environment)
    assert outcome.returncode == 1, outcome.stderr
    assert "Traceback" not in outcome.stderr
    *_, last = outcome.stderr.strip().splitlines()
    return last


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs a command within this process, which saves a second for each, in a folder without a `.env`."""
    monkeypatch.chdir(tmp_path)
    return lambda *arguments, **environment: CliRunner(env=environment).invoke(cli.main, arguments)


@contextmanager
def started(*arguments: str, cwd: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process in a group of its own, as a terminal has it; ended whatever happens."""
    process = subprocess.Popen(
        [COMMAND, *arguments], cwd=cwd, env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    with process:
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def read_until(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """The first log line about this event."""
    assert process.stderr
    for line in process.stderr:
        if event in line:
            return dict(json.loads(line))
    raise AssertionError(f"it ended without {event}")


@pytest.fixture
def own_folder() -> Iterator[Path]:
    """A working directory in which the service may start a Postgres of its own, which ends with the test."""
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    embedded_postgres.stop(place / LOCAL_DATABASE)
    shutil.rmtree(place)


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield str(holder.getsockname()[1])


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_every_setting_that_is_missing_is_named(tmp_path: Path, command: str) -> None:
    outcome = run(command, cwd=tmp_path)
    assert outcome.returncode == 1
    for name in ("PUBLIC_URL", "SECRET_KEYS", "EXACT_APPS", "BANQUP_API_URL", "WEBHOOK_SECRETS", "API_ISSUER"):
        assert f"{name} is not set" in outcome.stderr
    assert "cp .env.example .env" in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_migration_needs_the_address_of_the_database_only(
    here: Callable[..., Result], empty_database_url: str
) -> None:
    assert (
        here("migrate", DATABASE_URL=empty_database_url).output == f"The database is at migration {schema.newest()}.\n"
    )
    assert schema.revision_of(empty_database_url) == schema.newest()


def test_a_database_of_a_newer_version_is_left_as_it_is(here: Callable[..., Result], database_url: str) -> None:
    with db.connect_once(database_url).begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    assert here("migrate", DATABASE_URL=database_url).output == "The database is at migration 9999.\n"


def test_keys_are_not_rotated_before_the_migration(here: Callable[..., Result], empty_database_url: str) -> None:
    refused = here("keys", "rotate", **SETTINGS, DATABASE_URL=empty_database_url)
    assert refused.exit_code == 1
    assert refused.output.endswith("Run: banqup-exact migrate\n")


def test_a_secret_whose_key_is_missing_is_counted_and_stays_when_keys_are_rotated(
    here: Callable[..., Result], database_url: str
) -> None:
    sealed = Sealer([b"x" * 32]).seal("secret", row="1")
    with Session(db.connect_once(database_url)) as session, session.begin():
        installation = Installation(partner_space_id=uuid4(), country="be", permissions=[])
        session.add(installation)
        session.flush()
        session.add(NotificationTarget(installation_id=installation.id, url="https://partner.example", secret=sealed))
    rotated = here("keys", "rotate", **SETTINGS, DATABASE_URL=database_url)
    assert rotated.exit_code == 1
    assert "No listed key opens 1: they stay as they were." in rotated.output
    with Session(db.connect_once(database_url)) as session:
        assert session.scalar(select(NotificationTarget.secret)) == sealed


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_database_at_an_old_migration_is_refused(tmp_path: Path, empty_database_url: str, command: str) -> None:
    environment = SETTINGS | {"DATABASE_URL": empty_database_url}
    options = ["--port", free_port()] if command == "serve" else []
    assert "Run: banqup-exact migrate" in refusal(command, *options, cwd=tmp_path, **environment)


def test_a_wrong_database_url_is_explained_to_a_migration_in_one_sentence(
    here: Callable[..., Result], database_url: str
) -> None:
    url = make_url(database_url)
    wrong = url.set(password="hunter2").render_as_string(hide_password=False)
    said = f"Error: Postgres at 127.0.0.1:{url.port} refuses user banqup_exact or the password. Correct DATABASE_URL.\n"
    outcome = here("migrate", DATABASE_URL=wrong)
    assert (outcome.exit_code, outcome.output) == (1, said)


def test_a_malformed_database_url_is_explained_to_a_migration_too(here: Callable[..., Result]) -> None:
    outcome = here("migrate", DATABASE_URL="postgresql://u:hunter2@h:port/x")
    assert outcome.exit_code == 1
    assert "postgresql://user:password@host:5432/database" in outcome.output
    assert "hunter2" not in outcome.output


def test_a_service_does_not_wait_for_a_database_that_waiting_does_not_mend(tmp_path: Path, database_url: str) -> None:
    last = refusal("worker", cwd=tmp_path, **SETTINGS, DATABASE_URL=database_url.rpartition("/")[0] + "/nowhere")
    assert "has no database nowhere" in last


def test_a_database_that_is_away_ends_a_migration_and_not_the_service_which_says_the_cause(
    tmp_path: Path, here: Callable[..., Result]
) -> None:
    port = free_port()
    environment = SETTINGS | {"DATABASE_URL": f"postgresql://u:hunter2@127.0.0.1:{port}/x"}
    said = f"Nothing listens at 127.0.0.1:{port}. Start Postgres, or correct DATABASE_URL."
    assert here("migrate", **environment).output == f"Error: {said}\n"
    with started("serve", "--port", free_port(), cwd=tmp_path, **environment) as service:
        assert read_until(service, "database_away")["cause"] == said
        later = read_until(service, "database_away")["cause"]
        service.terminate()
        assert service.wait(30) == 0
    assert f"port {port} failed: Connection refused" in later


def test_an_outage_is_said_once_for_each_cause_and_its_end_is_said_too(own_folder: Path) -> None:
    url = embedded_postgres.start(own_folder / LOCAL_DATABASE)
    schema.upgrade(url)
    embedded_postgres.stop(own_folder / LOCAL_DATABASE)
    away = []
    with started("worker", cwd=own_folder, **SETTINGS, DATABASE_URL=url) as worker:
        assert worker.stderr
        for line in worker.stderr:
            if "database_back" in line:
                break
            assert "database_away" in line
            away.append(json.loads(line))
            if len(away) == 2:
                assert embedded_postgres.start(own_folder / LOCAL_DATABASE) == url, "it comes back at its port"
    assert [line["logger"] for line in away[:2]] == ["app.processes.serving", "app.processes.outage"]
    causes = [line["cause"] for line in away]
    assert len(causes) == len(set(causes))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_service_answers_and_stops_when_it_is_told_to(
    tmp_path: Path, database_url: str, number: signal.Signals
) -> None:
    environment = SETTINGS | {"DATABASE_URL": database_url}
    with started("serve", "--port", "0", cwd=tmp_path, **environment) as service:
        [address] = read_until(service, "listening")["at"]
        assert httpx.get(f"{address}/readyz").status_code == 200
        os.killpg(service.pid, number)
        assert service.wait(30) == 0


def test_a_second_ctrl_c_does_not_wait_for_a_request_that_is_open(tmp_path: Path, database_url: str) -> None:
    environment = SETTINGS | {"DATABASE_URL": database_url}
    half = b"POST /webhooks/banqup/messages HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n"
    with started("api", "--port", "0", cwd=tmp_path, **environment) as service:
        [address] = read_until(service, "listening")["at"]
        url = httpx.URL(address)
        with socket.create_connection((url.host, url.port or 0)) as caller:
            caller.sendall(half)
            assert b"100 Continue" in caller.recv(1000), "the service waits for the body"
            os.killpg(service.pid, signal.SIGINT)
            read_until(service, "Waiting for connections to close")
            os.killpg(service.pid, signal.SIGINT)
            assert service.wait(10) == -signal.SIGINT


def test_a_port_that_is_none_is_refused(tmp_path: Path) -> None:
    outcome = run("serve", "--port", "99999", cwd=tmp_path, **SETTINGS)
    assert outcome.returncode == 2
    assert "99999 is not in the range" in outcome.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_a_taken_port_is_named_before_anything_starts(tmp_path: Path, command: str, taken: str) -> None:
    options, setting = (["--port", taken], {}) if command != "worker" else ([], {"WORKER_PORT": taken})
    last = refusal(command, *options, cwd=tmp_path, **SETTINGS, **setting)
    option = "WORKER_PORT" if setting else "--port"
    assert last == (
        f"Error: Port {taken} on 127.0.0.1 is taken. Stop what listens there, or choose another port with {option}."
    )
    assert not (tmp_path / ".data").exists()


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / ".data").write_text("in the way")
    options = ["--port", "0"] if command == "serve" else []
    last = refusal(command, *options, cwd=tmp_path, **SETTINGS)
    assert f"cannot use {tmp_path}/.data/postgres: " in last
    assert "DATABASE_URL" in last


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, here: Callable[..., Result]) -> None:
    (tmp_path / "openapi.yaml").mkdir()
    assert here("openapi").output == "Error: openapi.yaml cannot be used: Is a directory.\n"


PRESS_CTRL_C_DURING_AN_IMPORT = """
import os, signal, sys
awaited = sys.argv[1]
class Press:
    def find_spec(self, name, path=None, target=None):
        if name == awaited:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Press())
from app.__main__ import main
sys.argv[1:] = ["serve"]
main()
"""


@pytest.mark.parametrize("module", ["app.cli", "uvicorn"])
def test_ctrl_c_while_it_imports_is_one_line_and_status_130(tmp_path: Path, module: str) -> None:
    command = [sys.executable, "-c", PRESS_CTRL_C_DURING_AN_IMPORT, module]
    outcome = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (130, "", "\nInterrupted.\n")


def test_ctrl_c_while_the_database_starts_leaves_none_behind(own_folder: Path) -> None:
    unfinished = own_folder / LOCAL_DATABASE / "server" / "cluster.unfinished"
    with started("serve", "--port", "0", cwd=own_folder, **SETTINGS) as service:
        while not unfinished.exists():
            assert service.poll() is None
        os.killpg(service.pid, signal.SIGINT)
        assert service.stderr
        said = service.stderr.read()
        assert service.wait(30) == 130, said
    assert "Traceback" not in said
    assert said.endswith("Interrupted.\n")
    assert embedded_postgres.running_port(own_folder / LOCAL_DATABASE) is None


def test_the_database_that_a_service_leaves_behind_is_named_and_stopped_by_a_command(
    own_folder: Path, here: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(own_folder)
    none = here("database", "status")
    assert (none.exit_code, none.output) == (3, "No Postgres runs in .data/postgres.\n")
    with started("serve", "--port", "0", cwd=own_folder, **SETTINGS) as service:
        [address] = read_until(service, "listening")["at"]
        assert httpx.get(f"{address}/readyz").status_code == 200
        assert "Stop the service first" in here("database", "stop").output
        service.terminate()
        assert service.stderr
        assert service.stderr.read().endswith("To stop it: banqup-exact database stop\n")
    assert "Postgres runs in .data/postgres on 127.0.0.1:" in here("database", "status").output
    assert here("database", "stop").output == "Stopped. The data stay in .data/postgres.\n"
    assert here("database", "status").exit_code == 3
    assert here("database", "stop").output == "No Postgres runs in .data/postgres.\n"


def help_of(*command: str) -> str:
    """What the command says of itself on a narrow terminal."""
    shown = CliRunner().invoke(cli.main, [*command, "--help"], prog_name="banqup-exact", terminal_width=80)
    assert shown.exit_code == 0
    return shown.stdout


def test_no_summary_of_a_command_is_cut_at_80_columns() -> None:
    summaries = help_of().partition("Commands:")[2]
    assert len(summaries.splitlines()) == 1 + len(cli.main.commands)
    assert "..." not in summaries


@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_the_programs_behind_the_command_go_by_its_name(tmp_path: Path, command: str) -> None:
    outcome = run(command, "--help", cwd=tmp_path, COLUMNS="80")
    assert outcome.returncode == 0
    assert outcome.stdout.startswith(f"Usage: banqup-exact {command} [OPTIONS]\n")
