"""The guide of docs/sandbox.md, followed step by step: sandbox, service and partner in three terminals."""

import json
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import settings
from sandbox.demo import browser
from sandbox.demo.processes import free_port
from tests.platform.test_cli import COMMAND

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "sandbox.md").read_text().split("## The service against the sandbox")[1].split("\n## ")[0]
SECONDS = 60.0
pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@contextmanager
def terminal(*arguments: str, cwd: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([COMMAND, *arguments], cwd=cwd, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_for(url: str) -> None:
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{url} is not ready")


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)
    yield place
    subprocess.run([COMMAND, "database", "stop", "--force"], cwd=place, check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(place)


def answers(script: str) -> list[Any]:
    """The JSON that each call answers."""
    outcome = subprocess.run(["sh", "-ec", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in outcome.stdout.splitlines() if line]


@pytest.fixture
def addresses(folder: Path) -> Iterator[str]:
    """The first line of the guide, with the addresses of a sandbox and a service that run."""
    port = str(free_port())
    ports = ["--exact-port=0", "--banqup-port=0", f"--listener=http://127.0.0.1:{port}/webhooks/banqup"]
    with terminal("sandbox", "--env", *ports, cwd=folder) as sandbox:
        assert sandbox.stdout
        assert any("In another terminal: make run" in line for line in sandbox.stdout)
        with terminal("serve", "--port", port, cwd=folder):
            written = settings.load(folder / ".env")
            wait_for(f"{written.public_url}/readyz")
            yield f"API={written.public_url} EXACT={written.exact_base_url} BANQUP={written.banqup_api_url}"


async def test_a_document_travels_by_the_guide(addresses: str) -> None:
    begin, follow = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)
    begin = f"{addresses}\n{begin.partition(chr(10))[2]}"
    assignments, calls = begin.split("\n\n")

    installed, sign_in = answers(f"{assignments}\n{calls}")
    assert installed["active"] is True
    _, page = await browser.sign_in(sign_in["authorization_url"], user="anna")
    assert any("connected" in line for line in page.lines)

    deliver, look = follow.split("sleep 2\n")
    activated, _ = answers(f"{assignments}\n{deliver}")
    assert activated["company"]["code"] == "2"
    until = time.monotonic() + SECONDS
    while True:
        exports, arrived = answers(f"{assignments}\n{look}")
        statuses = [export["status"] for export in exports["exports"]]
        if statuses not in ([], ["queued"]) or time.monotonic() > until:
            break
    assert statuses == ["ready_to_process"]
    assert [document["company_name"] for document in arrived] == ["Bakkerij Janssens BV"]
