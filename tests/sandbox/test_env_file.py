"""`banqup-exact sandbox --env`: a `.env` with which the service works against the sandbox."""

import base64
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import settings
from app.processes import doctor
from app.settings import Settings
from sandbox import env_file
from sandbox.env_file import EnvFileError

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "sandbox", "--env", "--exact-port", "0", "--banqup-port", "0"]
ROOT = Path(__file__).parents[2]
MADE = {
    "EXACT_BASE_URL": "http://127.0.0.1:8011",
    "EXACT_APPS": '{"be": {"client_id": "a b"}}',
    "PUBLIC_URL": "http://x",
}


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Settings]:
    """The settings of a service beside a sandbox that was started in this folder."""
    environment = {name: value for name, value in os.environ.items() if name not in MADE} | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [*COMMAND, *options], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        said = "".join(iter(process.stdout.readline, "All is in memory. Ctrl-C ends it.\n"))
        try:
            assert "make run" in said
            yield settings.load(folder / ".env")
        finally:
            process.terminate()


def test_the_service_lacks_nothing_and_the_doctor_finds_nothing_to_do(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with started(tmp_path) as written:
        findings = list(doctor.examine(written, database_url))
        assert {finding.subject: finding.advice for finding in findings if finding.advice} == {}
    assert written.notifications_to_private
    assert written.public_url == "http://127.0.0.1:8000"
    assert stat.S_IMODE((tmp_path / ".env").stat().st_mode) == 0o600


def test_a_second_start_writes_the_same_secrets(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        pass
    with started(tmp_path) as second:
        pass
    assert (first.secret_keys, first.webhook_secrets) == (second.secret_keys, second.webhook_secrets)
    assert first.exact_apps == second.exact_apps
    assert first.exact_base_url != second.exact_base_url, "the ports are other ones"


def test_the_listener_says_where_the_service_is(tmp_path: Path) -> None:
    with started(tmp_path, "--listener", "http://127.0.0.1:9000/webhooks/banqup") as written:
        assert written.public_url == "http://127.0.0.1:9000"


def keys(path: Path) -> dict[str, str]:
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_a_key_is_made_once_and_what_was_added_by_hand_stays(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    env_file.write(path, MADE)
    key = keys(path)["SECRET_KEYS"]
    assert len(base64.b64decode(key)) == 32
    path.write_text(path.read_text() + "# mine\nWORKER_LANES=3\n")
    env_file.write(path, MADE | {"PUBLIC_URL": "http://y"})
    assert keys(path) | {"EXACT_APPS": ""} == MADE | {
        "EXACT_APPS": "",
        "SECRET_KEYS": key,
        "PUBLIC_URL": "http://y",
        "WORKER_LANES": "3",
    }
    assert "# mine" in path.read_text()


def test_a_shell_reads_the_file_as_the_service_does(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    env_file.write(path, MADE)
    command = ["sh", "-c", '. "$0"; printf %s "$EXACT_APPS"', str(path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == MADE["EXACT_APPS"]


def test_a_file_that_cannot_be_written_is_named_with_the_cause(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(EnvFileError, match=r"/file/\.env cannot be written: Not a directory\."):
        env_file.write(tmp_path / "file" / ".env", MADE)


def test_an_env_file_that_the_sandbox_did_not_write_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("PUBLIC_URL=https://production.example\n")
    with pytest.raises(EnvFileError, match=r"Move it away first: mv \.env \.env\.own"):
        env_file.write(path, MADE)
    assert path.read_text() == "PUBLIC_URL=https://production.example\n"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--env", "--only", "exact"], "--env needs both"),
        (["--webhook-secret", "hunter2"], "whsec_ and 24 to 64 bytes in base64"),
        (["--exact-port", "99999"], "is not in the range"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path: Path, options: list[str], said: str) -> None:
    outcome = refused(tmp_path, *options)
    assert outcome.returncode == 2
    assert said in outcome.stderr
    assert not (tmp_path / ".env").exists()


def test_a_taken_port_is_named_with_its_option_and_nothing_is_written(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        outcome = refused(tmp_path, "--env", "--exact-port", "0", "--banqup-port", port)
    assert outcome.returncode == 1
    assert outcome.stderr == (
        f"Error: Cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another with --banqup-port.\n"
    )
    assert not (tmp_path / ".env").exists()


def refused(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sandbox", *options]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=60)
